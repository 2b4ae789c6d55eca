"""What can be chosen for each part of a question: people, things and colleagues whom the asker may know of."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy

from orgs.models import Member
from workspaces.queries.access import things
from workspaces.queries.access.questions import Question, explainable, kinds, value_of
from workspaces.queries.access.things import Thing

PEOPLE = 12  # that are shown before more of the name is said


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: following `url` chooses it."""

    name: str
    beside: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the question: what is chosen, and where it is chosen anew; the choices where it is open.

    `hidden` are the other parts, for the search; `groups` holds (label, choices, whether there are more).
    """

    part: str
    label: str
    name: str = ""
    beside: str = ""
    icon: str = ""
    change: str = ""
    open: bool = False
    text: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    groups: tuple[tuple[str, tuple[Choice, ...], bool], ...] = ()


_LABELS: dict[str, Any] = {
    "who": gettext_lazy("Person"),
    "on": gettext_lazy("On what"),
    "mate": gettext_lazy("Through the mate"),
    "place": gettext_lazy("Where"),
    "with": gettext_lazy("Compare with"),
}


def slots(actor: Member, question: Question, find: str, text: str) -> tuple[Slot, ...]:
    """The parts of a question as they are chosen; open is the one that is looked for, else the first that is missing.

    At most a query a kind of thing.
    """
    named = ["who", *(part for part in question.parts if kinds(question, part) != ("organization",))]
    missing = next((part for part in named[1:] if getattr(question, part) is None), "")
    at = find if find in named else missing
    return tuple(_slot(actor, question, part, part == at, text if part == find else "") for part in named)


def beside(actor: Member, question: Question, find: str, text: str) -> Slot | None:
    """With whom an answer is compared; None where nobody else can be asked about. At most one query."""
    if not others_can_be_asked_about(actor):
        return None
    return _slot(actor, question, "with", find == "with", text if find == "with" else "")


def others_can_be_asked_about(actor: Member) -> bool:
    """Whether there is anybody beside themselves whom `actor` may ask about. One query where they do not administer."""
    return actor.administers or explainable(actor).exclude(pk=actor.pk).exists()


def _slot(actor: Member, question: Question, part: str, is_open: bool, text: str) -> Slot:
    chosen = _chosen(question, part)
    can_change = part != "who" or others_can_be_asked_about(actor)
    slot = Slot(part, str(_LABELS[part]), change=question.url(find=part) if can_change else "", **chosen)
    if not is_open or not can_change:
        return slot
    hidden = (*((name, value) for name, value in _pairs(question) if name != part), ("find", part))
    groups = _people(actor, question, part, text) if part in ("who", "with") else _things(actor, question, part, text)
    return replace(slot, open=True, text=text, hidden=hidden, groups=groups)


def _pairs(question: Question) -> list[tuple[str, str]]:
    parts = [("who", str(question.who.pk)), ("action", question.action)]
    parts += [(name, value_of(getattr(question, name))) for name in ("on", "mate", "place")]
    parts += [("with", str(question.beside.pk) if question.beside else "")]
    return [(name, value) for name, value in parts if value]


def _chosen(question: Question, part: str) -> dict[str, Any]:
    if part in ("who", "with"):
        member = question.who if part == "who" else question.beside
        return {"name": str(member), "beside": member.user.email} if member else {}
    found: Thing | None = getattr(question, part)
    if found is None:
        return {}
    kind = found.label if found.label != found.name else ""
    return {"name": found.name, "beside": " · ".join(filter(None, (kind, found.beside))), "icon": found.icon}


def _people(
    actor: Member, question: Question, part: str, text: str
) -> tuple[tuple[str, tuple[Choice, ...], bool], ...]:
    """The first of those who can be asked about whose name or address holds each word. One query."""
    found = explainable(actor).filter(removed_at=None)
    for word in text.lower().split():
        found = found.filter(listed_as__contains=word)
    if part == "with":
        found = found.exclude(pk=question.who.pk)
    first = list(found.order_by("listed_as", "id")[: PEOPLE + 1])
    choices = tuple(Choice(str(m), m.user.email, "", question.url(**{part: m.pk})) for m in first[:PEOPLE])
    return (("", choices, len(first) > PEOPLE),) if choices else ()


def _things(
    actor: Member, question: Question, part: str, text: str
) -> tuple[tuple[str, tuple[Choice, ...], bool], ...]:
    groups = things.offered(actor, kinds(question, part), text)
    return tuple(
        (
            group.label,
            tuple(Choice(t.name, t.beside, t.icon, question.url(**{part: t.value})) for t in group.things),
            group.more,
        )
        for group in groups
    )
