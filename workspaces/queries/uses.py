"""May they use it? The engine's whole answer on a mate, and on a tool through it, in a place (product.md 3 and 5)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orgs.access import Action, check
from orgs.decision import to_themself
from orgs.models import Member
from workspaces import uses
from workspaces.models import Mate, Room, Tool, Workspace

OFFERED = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A rule's word: `verdict` is grants, passes or refuses. The deciding one made the answer what it is."""

    verdict: str
    reason: str
    deciding: bool


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    allowed: bool
    reason: str
    fix: str
    steps: tuple[Step, ...]


def answer(actor: Member, mate: Mate, who: Member, place: Workspace | Room | None, tool: Tool | None) -> Answer:
    """Whether `who` may ask `mate` in `place`, or use `tool` through it. 3 queries, and those that load their subject.

    Raises nothing: whom the reader may ask about is said by whoever calls.
    """
    action = Action.MATE_USE if tool is None else Action.TOOL_USE
    decision = check(who, action, uses.of(mate, place, tool), trace=True)
    fix = decision.deciding.fix

    def said(text: str) -> str:
        return to_themself(text, str(who)) if who.pk == actor.pk else text

    return Answer(
        question=question(mate, who, place, tool),
        allowed=decision.allowed,
        reason=said(decision.reason),
        fix=said(fix.text) if fix and not decision.allowed else "",
        steps=tuple(Step(str(s.verdict), said(s.reason), s == decision.deciding) for s in decision.steps),
    )


def question(mate: Mate, who: Member, place: Workspace | Room | None, tool: Tool | None) -> str:
    """What is asked, as a sentence."""
    facts = {"who": who, "mate": mate, "tool": tool, "where": _where(place)}
    if tool is None:
        return _("May %(who)s ask the mate %(mate)s %(where)s?") % facts
    return _("May %(who)s use the tool %(tool)s through the mate %(mate)s %(where)s?") % facts


def _where(place: Workspace | Room | None) -> str:
    if place is None:
        return _("in a personal chat")
    if isinstance(place, Room):
        return _("in the room %(room)s") % {"room": place}
    return _("in the workspace %(workspace)s") % {"workspace": place}


def places(actor: Member, mate: Mate) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where one may ask about, as groups of (word, name): where the mate was added, rooms there, a hundred others.

    3 queries.
    """
    seen, rooms = Workspace.objects.visible_to(actor).order_by("name"), Room.objects.visible_to(actor)
    added = seen.filter(added__mate=mate)
    inside: Any = rooms.filter(workspace__added__mate=mate).select_related("workspace").order_by("name")
    named = [(f"r{room.pk}", f"{room} ({room.workspace})") for room in inside[:OFFERED]]
    groups = [
        (_("Where it was added"), [(f"w{one.pk}", one.name) for one in added[:OFFERED]]),
        (_("Rooms there"), named),
        (_("Elsewhere"), [(f"w{one.pk}", one.name) for one in seen.exclude(added__mate=mate)[:OFFERED]]),
    ]
    return [(label, rows) for label, rows in groups if rows]
