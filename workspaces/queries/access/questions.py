"""A question about somebody as a URL carries it: who, which action, on what; and what can be chosen for each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import subjects
from orgs.access import FEATURES, Action
from orgs.ids import written
from orgs.models import Feature, Member
from workspaces import uses
from workspaces.queries.access import things
from workspaces.queries.access.things import Thing

# Actions through a mate: what they are about, the mate they go through where that is another thing, and where.
THROUGH = {Action.MATE_USE.value: ("on", "place"), Action.TOOL_USE.value: ("on", "mate", "place")}
PLACES = ("chat", "workspace", "room")
PARTS = ("on", "mate", "place", "case")  # of a question, beside person and action


@dataclass(frozen=True, slots=True)
class Question:
    """May `who` do `action` to `on`? `mate` and `place`: through which mate, and where, for what is used so.

    `case`: for which use case of the policy; none in particular where it is empty. `beside`: a colleague to compare
    with. Parts that are not chosen yet are empty.
    """

    who: Member
    action: str = ""
    on: Thing | None = None
    mate: Thing | None = None
    place: Thing | None = None
    case: Thing | None = None
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
        context = {"use_case": self.case.id} if self.case else {}
        if self.action in THROUGH:
            mate = self.mate if self.action == Action.TOOL_USE else self.on
            tool = self.on if self.action == Action.TOOL_USE else None
            return uses.of(_row(mate), _row(self.place), _row(tool)), context
        if self.on is not None and self.on.kind == "model":
            return None, {"model": self.on.id} | context
        return _row(self.on), {"door": "console"} if self.action == Action.CONSOLE_OPEN else context

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """How a URL says this question, with some parts changed; an empty one is left out."""
        said = {"who": self.who.pk, "action": self.action}
        said |= {name: value_of(getattr(self, name)) for name in PARTS}
        said["with"] = self.beside.pk if self.beside else ""
        return [(name, str(value)) for name, value in (said | changes).items() if value]

    def said(self, **changes: Any) -> str:
        """The same as a query string."""
        return urlencode(self.pairs(**changes))

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

    Without a person it is about the asker; what is not chosen is what there is one of, the organization or a personal
    chat. A part that the action has nothing to do with is left out. At most 5 queries, and those that load a subject.
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
        chosen: dict[str, Any] = {part: found or _begun(actor, question, part)}
        question = replace(question, **chosen)
    case = said.get("case", "") if action else ""
    if case and cases(question):
        question = replace(question, case=next((one for one in cases(question) if one.value == case), None))
    return None if case and not question.case and cases(question) else question


def _person(actor: Member, text: str) -> Member | None:
    if not text or text == str(actor.pk):
        return actor
    number = written(text)
    found: Member | None = explainable(actor).filter(pk=number).first() if number else None
    return found


def _part(actor: Member, question: Question, part: str, value: str) -> Thing | None:
    able = kinds(question, part)
    whole = value == "organization" and part == "on" and not things.rule_of(question.action).level
    if whole or able == ("organization",):
        return things.alone(actor, "organization")
    return things.named(actor, value) if value.partition(":")[0] in able else None


def _begun(actor: Member, question: Question, part: str) -> Thing | None:
    """What a part is before anything is chosen: what there is one of, among what can be."""
    kind = next((kind for kind in kinds(question, part) if kind in ("organization", "chat")), "")
    return things.alone(actor, kind) if kind else None


def cases(question: Question) -> tuple[Thing, ...]:
    """The use cases that the policy names to `who`, where what is asked uses the platform. No query beside the
    subject's."""
    if not question.action or not things.rule_of(question.action).spends:
        return ()
    known = subjects.of(question.who).policies
    named = (
        {}
        if known is None
        else {c.id: c for a in known.policies_at(timezone.now()) for c in a.policy.use_cases.values()}
    )
    return tuple(Thing("use_case", case.id, case.id, case.description) for case in named.values())


def kinds(question: Question, part: str) -> tuple[str, ...]:
    """The kinds of things that can be chosen for a part."""
    return {"mate": ("mate",), "place": PLACES}.get(part) or things.about(question.action)


# ---------------------------------------------------------------- actions

# What actions are about, as they are chosen: group → the words that their names begin with, those asked most first.
_GROUPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (gettext_lazy("Conversations and models"), frozenset({"message", "file", "conversation", "link", "model"})),
    (gettext_lazy("Workspaces and rooms"), frozenset({"workspace", "room"})),
    (gettext_lazy("Mates"), frozenset({"mate"})),
    (gettext_lazy("Tools"), frozenset({"tool"})),
    (gettext_lazy("Features of the plans"), frozenset(FEATURES)),
    (gettext_lazy("Members"), frozenset({"member", "ownership", "delegation"})),
    (gettext_lazy("Guests"), frozenset({"guest"})),
    (gettext_lazy("Newcomers"), frozenset({"provisioning", "setup_guide", "training", "introduction"})),
    (
        gettext_lazy("Accounts and sign-in"),
        frozenset({"account", "session", "second_factor", "recovery", "sso", "domain"}),
    ),
    (gettext_lazy("Departments and teams"), frozenset({"department", "team"})),
    (gettext_lazy("Requests"), frozenset({"request", "join"})),
    (gettext_lazy("Policies"), frozenset({"policy", "exception", "catalogue", "limit", "rollout"})),
    (gettext_lazy("Usage and monitoring"), frozenset({"usage", "ingest", "monitoring"})),
    (gettext_lazy("Access and audit"), frozenset({"access", "audit"})),
    (gettext_lazy("Plans & billing"), frozenset({"plans", "billing", "seats", "budget"})),
    (gettext_lazy("The organization"), frozenset({"console", "organization", "announcement", "key"})),
)
OFTEN = ("message.send", "model.use", "file.upload", "workspace.view", "mate.use", "usage.view")  # asked


def actions_offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action that can be asked about, as groups of (name, meaning) by what it is about."""
    asked = [(name.partition(".")[0], name) for name in things.askable()]
    found = ((str(label), [(name, meaning(name)) for word, name in asked if word in words]) for label, words in _GROUPS)
    return [(label, rows) for label, rows in found if rows]


def often(question: Question) -> list[tuple[str, str]]:
    """What is asked about most, as (meaning, address of the question about the same person)."""
    return [(meaning(action), question.url(action=action)) for action in OFTEN]


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
    named = () if question.action in THROUGH else question.parts
    found = [getattr(question, part) for part in (*named, "case")]
    return [part.name if part.name == part.label else f"{part.label} {part.name}" for part in found if part is not None]
