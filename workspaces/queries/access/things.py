"""What can be asked about: kinds of things, the actions that are about each, and those that the asker may know of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import FEATURES, TABLE, Action, Rule
from orgs.ids import written
from orgs.models import Member
from workspaces import resources
from workspaces.models import Conversation, Room
from workspaces.queries import mates
from workspaces.queries.lookup import SOURCES, Source

OFFERED = 8  # things of a kind that are shown before more of the name is said
LONGEST = 100  # of a model's name


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a question is about. `row` is what the engine is asked about; None where it is about none."""

    kind: str
    id: str
    name: str
    beside: str
    row: Any = None

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> str:
        """How a URL names it: `workspace:42`, `model:gpt`, `organization`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


_CONVERSATIONS = Source(
    gettext_lazy("Conversations"),
    "messages",
    lambda actor: Conversation.objects.visible_to(actor).placed(),
    lambda talk: str(talk.place or _("Personal chat")),
    "workspaces_conversation",
    "title",
)
ROWS: Mapping[str, Source] = {
    **dict(zip(("member", "team", "workspace", "room", "mate", "tool"), SOURCES, strict=True)),
    "conversation": _CONVERSATIONS,
}
ICONS = {kind: source.icon for kind, source in ROWS.items()}
ICONS |= {"organization": "building", "chat": "messages", "model": "api", "use_case": "list-check"}
LABELS: Mapping[str, Any] = {
    "organization": gettext_lazy("The organization"),
    "member": gettext_lazy("Member"),
    "team": gettext_lazy("Team"),
    "workspace": gettext_lazy("Workspace"),
    "room": gettext_lazy("Room"),
    "conversation": gettext_lazy("Conversation"),
    "chat": gettext_lazy("Personal chat"),
    "mate": gettext_lazy("Mate"),
    "tool": gettext_lazy("Tool"),
    "model": gettext_lazy("Model"),
    "use_case": gettext_lazy("Use case"),
}

# ---------------------------------------------------------------- which actions are about what


def rule_of(action: str) -> Rule:
    """The row of an action, or of using a feature of the plans."""
    return FEATURES[action] if action in FEATURES else TABLE[Action(action)]


def about(action: str) -> tuple[str, ...]:
    """The kinds of things that an action is about; none for using a feature of the plans."""
    if action in FEATURES:
        return ()
    alone = ("chat",) if TABLE[Action(action)].alone_feature else ()
    return (*alone, *resources.types_of(action))


def askable() -> tuple[str, ...]:
    """Every action that a person can have, in the order of the table; then the features of the plans."""
    return (*(action.value for action in TABLE if resources.types_of(action)), *FEATURES)


# ---------------------------------------------------------------- finding one, offering some


def rows(actor: Member, kind: str) -> QuerySet[Any]:
    """The rows of a kind that `actor` may know of, with what the engine looks at. For one query."""
    found = ROWS[kind].rows(actor)
    if kind == "room":
        found = Room.objects.visible_to(actor).select_related("org", "workspace__org")
    return found if kind == "conversation" else found.select_related("org")


def named(actor: Member, value: str) -> Thing | None:
    """The thing that a URL names, as far as `actor` may know of it; None as well where there is none. One query."""
    kind, _colon, id_ = value.partition(":")
    if kind in ("organization", "chat"):
        return None if id_ else alone(actor, kind)
    if kind == "model":
        return model(id_) if 0 < len(id_) <= LONGEST else None
    number = written(id_)
    if kind not in ROWS or not number:
        return None
    able = Member.objects.visible_to(actor).select_related("user", "org") if kind == "member" else rows(actor, kind)
    found = able.filter(pk=number).first()
    return None if found is None else thing(kind, found)


def thing(kind: str, row: Any) -> Thing:
    """A row as a question is about it."""
    return Thing(kind, str(row.pk), str(row), ROWS[kind].beside(row), row)


def model(name: str) -> Thing:
    return Thing("model", name, name, "")


def alone(actor: Member, kind: str) -> Thing:
    """What there is one of: the organization, and a personal chat of whoever is asked about."""
    return Thing(kind, "", str(actor.org) if kind == "organization" else str(LABELS[kind]), "", _only(actor, kind))


def _only(actor: Member, kind: str) -> Any:
    return actor.org if kind == "organization" else None


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind that can be chosen; `more`: there are others."""

    label: str
    things: tuple[Thing, ...]
    more: bool


def offered(actor: Member, kinds: Sequence[str], text: str) -> tuple[Group, ...]:
    """Those of `kinds` that `actor` may know of whose name holds `text`, a few of each. One query a kind."""
    groups = (_group(actor, kind, text) for kind in kinds)
    return tuple(group for group in groups if group.things)


def _group(actor: Member, kind: str, text: str) -> Group:
    label = str(ROWS[kind].label if kind in ROWS else LABELS[kind])
    if kind in ("organization", "chat"):
        return Group(label, () if text else (alone(actor, kind),), False)
    if kind == "model":
        return _models(actor, label, text)
    name = ROWS[kind].name
    found = rows(actor, kind).filter(**{f"{name}__icontains": text}) if text else rows(actor, kind)
    first = list(found.order_by(name, "pk")[: OFFERED + 1])
    return Group(label, tuple(thing(kind, row) for row in first[:OFFERED]), len(first) > OFFERED)


def _models(actor: Member, label: str, text: str) -> Group:
    """Models by their names: all for those who administer, else those they may use; and what was typed."""
    every = resources.models_of(actor.org) if actor.administers else mates.models(actor)
    known = [name for name in every if text.lower() in name.lower()]
    names = dict.fromkeys([*known[:OFFERED], *([text] if text else [])])
    return Group(label, tuple(model(name) for name in names), len(known) > OFFERED)
