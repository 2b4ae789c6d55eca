"""A question about somebody as a URL carries it: who, which action, on what; and what can be chosen for each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import FEATURES, Action
from orgs.models import Feature, Member
from workspaces import uses
from workspaces.queries.access import things
from workspaces.queries.access.things import Thing

_NO_CONTEXT: Mapping[str, Any] = {}
# Actions through a mate: what they are about, the mate they go through where that is another thing, and where.
THROUGH = {Action.MATE_USE.value: ("on", "place"), Action.TOOL_USE.value: ("on", "mate", "place")}
PLACES = ("chat", "workspace", "room")


@dataclass(frozen=True, slots=True)
class Question:
    """May `who` do `action` to `on`? `mate` and `place`: through which mate, and where, for what is used so.

    `beside`: a colleague to compare with. Parts that are not chosen yet are empty.
    """

    who: Member
    action: str = ""
    on: Thing | None = None
    mate: Thing | None = None
    place: Thing | None = None
    beside: Member | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """What must be chosen beside person and action."""
        if not self.action:
            return ()
        return THROUGH.get(self.action) or (("on",) if things.about(self.action) else ())

    @property
    def whole(self) -> bool:
        return bool(self.action) and all(getattr(self, part) is not None for part in self.parts)

    @property
    def feature(self) -> bool:
        return self.action in FEATURES

    def asked(self) -> tuple[Any, dict[str, Any]]:
        """Target and context for the engine, of a whole question. At most 3 queries."""
        if self.action in THROUGH:
            mate = self.mate if self.action == Action.TOOL_USE else self.on
            tool = self.on if self.action == Action.TOOL_USE else None
            return uses.of(_row(mate), _row(self.place), _row(tool)), {}
        if self.on is not None and self.on.kind == "model":
            return None, {"model": self.on.id}
        return _row(self.on), {"door": "console"} if self.action == Action.CONSOLE_OPEN else {}

    def said(self, **changes: Any) -> str:
        """The query string of this question, with some parts changed; an empty one is left out."""
        parts = {"who": self.who.pk, "action": self.action}
        parts |= {name: value_of(getattr(self, name)) for name in ("on", "mate", "place")}
        parts["with"] = self.beside.pk if self.beside else ""
        chosen = {name: value for name, value in (parts | changes).items() if value}
        return urlencode(chosen)

    def url(self, page: str = "access", **changes: Any) -> str:
        return f"{reverse(page, args=[self.who.org.slug])}?{self.said(**changes)}"


def _row(part: Thing | None) -> Any:
    return None if part is None else part.row


def value_of(part: Thing | None) -> str:
    """How a URL names a part; empty where it is not chosen."""
    return "" if part is None else part.value


# ---------------------------------------------------------------- reading one


def explainable(actor: Member) -> Any:
    """Whom `actor` may ask about, as rows: those that they see. For one query."""
    return Member.objects.visible_to(actor).select_related("user", "org", "team", "department")


def read(actor: Member, said: Mapping[str, str]) -> Question | None:
    """The question that a URL asks; None where it names somebody or something that `actor` may not know of.

    Without a person it is about the asker. A part that the action has nothing to do with is left out. At most 5
    queries.
    """
    who, beside = _person(actor, said.get("who", "")), _person(actor, said.get("with", ""))
    action = said.get("action", "")
    if who is None or beside is None or (action and action not in things.askable()):
        return None
    question = Question(who, action, beside=beside if said.get("with") and beside != who else None)
    for part in question.parts:
        value = said.get(part, "")
        found = _part(actor, question, part, value)
        if value and found is None and value.partition(":")[0] in kinds(question, part):
            return None
        chosen: dict[str, Any] = {part: found}
        question = replace(question, **chosen)
    return question


def _person(actor: Member, text: str) -> Member | None:
    if not text or text == str(actor.pk):
        return actor
    known = text.isascii() and text.isdecimal() and len(text) < 20
    found: Member | None = explainable(actor).filter(pk=int(text)).first() if known else None
    return found


def _part(actor: Member, question: Question, part: str, value: str) -> Thing | None:
    able = kinds(question, part)
    whole = value == "organization" and part == "on" and not things.rule_of(question.action).level
    if whole or able == ("organization",):
        return things.alone(actor, "organization")
    return things.named(actor, value) if value.partition(":")[0] in able else None


def kinds(question: Question, part: str) -> tuple[str, ...]:
    """The kinds of things that can be chosen for a part."""
    return {"mate": ("mate",), "place": PLACES}.get(part) or things.about(question.action)


# ---------------------------------------------------------------- actions

_GROUPS: Mapping[str, Any] = {
    "organization": gettext_lazy("The organization"),
    "member": gettext_lazy("Members"),
    "team": gettext_lazy("Teams"),
    "workspace": gettext_lazy("Workspaces"),
    "room": gettext_lazy("Rooms"),
    "conversation": gettext_lazy("Conversations and messages"),
    "chat": gettext_lazy("Conversations and messages"),
    "mate": gettext_lazy("Mates"),
    "tool": gettext_lazy("Tools"),
    "model": gettext_lazy("Models"),
    "": gettext_lazy("What a plan gives"),
}
_ORDER = ("workspace", "room", "conversation", "mate", "tool", "model", "", "member", "team", "organization")


def actions_offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action that can be asked about, as groups of (name, meaning) by what it is about."""
    groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _ORDER}
    for action in things.askable():
        kind = next(iter(things.about(action)), "")
        groups["conversation" if kind == "chat" else kind].append((action, meaning(action)))
    return [(str(_GROUPS[kind]), rows) for kind, rows in groups.items()]


def meaning(action: str) -> str:
    """What an action is, as it is chosen: `See a workspace`."""
    text = str(Feature(action).label) if action in FEATURES else things.rule_of(action).meaning
    return text[0].upper() + text[1:]


def verb(action: str) -> str:
    """What an action is, inside a sentence: `see a workspace`."""
    return things.rule_of(action).meaning


def sentence(question: Question, reader: Member) -> str:
    """A whole question in words: `May Mika ask the mate Scout in the room Q4?`"""
    facts: dict[str, Any] = {"who": question.who, "what": verb(question.action)}
    if question.action in THROUGH:
        facts |= {"what": _through(question)}
    asked = _("May you %(what)s?") if question.who == reader else _("May %(who)s %(what)s?")
    return asked % facts


def _through(question: Question) -> str:
    """What is used, and where: `use the tool CRM through the mate Scout in a personal chat`."""
    facts = {"on": question.on, "mate": question.mate, "where": _where(question.place)}
    if question.mate is None:
        return _("ask the mate %(on)s %(where)s") % facts
    return _("use the tool %(on)s through the mate %(mate)s %(where)s") % facts


def _where(place: Thing | None) -> str:
    if place is None or place.row is None:
        return _("in a personal chat")
    if place.kind == "room":
        return _("in the room %(name)s") % {"name": place}
    return _("in the workspace %(name)s") % {"name": place}


def about_words(question: Question) -> Sequence[str]:
    """What the question is about, part by part, unless its sentence names that: `Workspace Den`."""
    if question.action in THROUGH:
        return []
    found = [getattr(question, part) for part in question.parts]
    return [part.name if part.name == part.label else f"{part.label} {part.name}" for part in found if part is not None]
