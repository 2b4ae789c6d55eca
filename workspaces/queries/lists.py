"""The lists of mates and of tools: those that one may know of, by name, and what each is to the reader."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from orgs import grants
from orgs.access import Action, check
from orgs.models import Member, Team
from orgs.queries import pages, refusals
from workspaces.models import Mate, MateTool, Tool
from workspaces.queries.levels import mine


@dataclass(frozen=True, slots=True)
class Row:
    """A mate with its model and its tools, or a tool with its integration.

    `mine` is what it is to the reader, in a word (empty: seen by role alone).
    """

    id: int
    name: str
    description: str
    owner: str
    team: str
    mine: str
    model: str = ""
    tools: tuple[str, ...] = ()
    integration: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of mates or of tools by name. `previous` and `next` are the names to page from (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    previous: str
    next: str
    may_create: bool
    why_not_create: str
    may_onboard: bool


def mates(actor: Member, **asked: str) -> Listed:
    """The mates that `actor` may know of. 3 queries beside the actor's subject, at any size."""
    seen = Tool.objects.visible_to(actor).values("pk")
    attached = MateTool.objects.filter(tool__in=seen).select_related("tool").order_by("tool__name")
    found = Mate.objects.visible_to(actor).prefetch_related(Prefetch("attached", attached))
    return _listed(actor, found, Action.MATE_CREATE, **asked)


def tools(actor: Member, **asked: str) -> Listed:
    """The tools that `actor` may know of. 2 queries beside the actor's subject, at any size."""
    return _listed(actor, Tool.objects.visible_to(actor), Action.TOOL_CREATE, **asked)


def _listed(
    actor: Member,
    found: QuerySet[Any],
    creating: Action,
    *,
    text: str = "",
    view: str = "",
    before: str = "",
    after: str = "",
) -> Listed:
    found = _narrowed(found, actor, text, view)
    rows, previous, following = pages.by_name(found.select_related("owner__user", "team"), before=before, after=after)
    create = check(actor, creating, actor.org)
    return Listed(
        rows=tuple(_row(actor, thing) for thing in rows),
        total=found.count(),
        previous=previous,
        next=following,
        may_create=create.allowed,
        why_not_create=refusals.why_not(actor, create),
        may_onboard=check(actor, Action.MATE_ONBOARD, actor.org).allowed,
    )


def _narrowed(found: QuerySet[Any], actor: Member, text: str, view: str) -> QuerySet[Any]:
    """Those whose name or description has `text`: the reader's own, their teams', or all."""
    if text:
        found = found.filter(Q(name__icontains=text) | Q(description__icontains=text))
    if view == "mine":
        return found.filter(Q(owner=actor) | Q(pk__in=grants.held(actor, found.model)))
    if view == "team":
        return found.filter(Q(team__in=grants.held(actor, Team)) | Q(team=actor.team_id or 0))
    return found


def _row(actor: Member, thing: Mate | Tool) -> Row:
    common: dict[str, Any] = {"id": thing.pk, "name": thing.name, "description": thing.description}
    common |= {"owner": str(thing.owner), "team": thing.team.name if thing.team else "", "mine": mine(actor, thing)}
    if isinstance(thing, Mate):
        names = tuple(link.tool.name for link in thing.attached.all())
        return Row(**common, model=thing.model, tools=names)
    return Row(**common, integration=thing.integration)
