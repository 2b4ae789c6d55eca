"""What can be chosen for each part of a question: people, things and colleagues whom the asker may know of."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Member
from workspaces.queries.access import things
from workspaces.queries.access.questions import Question, cases, explainable, kinds
from workspaces.queries.access.things import Thing

PEOPLE = 12  # that are shown before more of the name is said


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: following `url` chooses it."""

    name: str
    beside: str
    icon: str
    url: str


Groups = tuple[tuple[str, tuple[Choice, ...], bool], ...]


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
    groups: Groups = ()


_LABELS: dict[str, Any] = {
    "who": gettext_lazy("Person"),
    "on": gettext_lazy("On what"),
    "mate": gettext_lazy("Through the mate"),
    "place": gettext_lazy("Where"),
    "case": gettext_lazy("For the use case"),
    "with": gettext_lazy("Compare with"),
}


def slots(actor: Member, question: Question, find: str, text: str) -> tuple[Slot, ...]:
    """The parts of a question as they are chosen; open is the one that is looked for, else the first that is missing.

    At most a query a kind of thing.
    """
    named = ["who", *(part for part in question.parts if kinds(question, part) != ("organization",))]
    missing = next((part for part in named[1:] if getattr(question, part) is None), "")
    named += ["case"] if cases(question) else []
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
    hidden = (*question.pairs(**{part: ""}), ("find", part))
    offered = {"who": _people, "with": _people, "case": _cases}.get(part, _things)
    return replace(slot, open=True, text=text, hidden=hidden, groups=offered(actor, question, part, text))


def _chosen(question: Question, part: str) -> dict[str, Any]:
    if part in ("who", "with"):
        member = question.who if part == "who" else question.beside
        return {"name": str(member), "beside": member.user.email} if member else {}
    found: Thing | None = getattr(question, part)
    if found is None:
        return {"name": _("None in particular"), "icon": things.ICONS["use_case"]} if part == "case" else {}
    kind = found.label if found.label != found.name else ""
    return {"name": found.name, "beside": " · ".join(filter(None, (kind, found.beside))), "icon": found.icon}


def _people(actor: Member, question: Question, part: str, text: str) -> Groups:
    """The first of those who can be asked about whose name or address holds each word. One query."""
    found = explainable(actor).filter(removed_at=None)
    for word in text.lower().split():
        found = found.filter(listed_as__contains=word)
    if part == "with":
        found = found.exclude(pk=question.who.pk)
    first = list(found.order_by("listed_as", "id")[: PEOPLE + 1])
    choices = tuple(Choice(str(m), m.user.email, "", question.url(**{part: m.pk})) for m in first[:PEOPLE])
    return (("", choices, len(first) > PEOPLE),) if choices else ()


def _cases(actor: Member, question: Question, part: str, text: str) -> Groups:
    """None in particular, and each use case that the policy names to who is asked about. No query."""
    icon = things.ICONS["use_case"]
    none = [Choice(_("None in particular"), "", icon, question.url(case=""))] if question.case and not text else []
    named = [one for one in cases(question) if text.lower() in one.name.lower()]
    choices = (*none, *(Choice(one.name, one.beside, icon, question.url(case=one.value)) for one in named))
    return (("", choices, False),) if choices else ()


def _things(actor: Member, question: Question, part: str, text: str) -> Groups:
    groups = things.offered(actor, kinds(question, part), text)
    return tuple(
        (
            group.label,
            tuple(Choice(t.name, t.beside, t.icon, question.url(**{part: t.value})) for t in group.things),
            group.more,
        )
        for group in groups
    )
