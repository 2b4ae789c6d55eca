"""What the directory of workspaces shows: one's own, those to discover, all of them, the archived."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from orgs import access, grants, subjects
from orgs.access import Action
from orgs.decision import to_themself
from orgs.models import Feature, Member
from orgs.queries import refusals
from workspaces.models import Room, Visibility, Workspace
from workspaces.roles import counting

PAGE = 50
ROOMS = 50
VIEWS: tuple[tuple[str, Any], ...] = (
    ("mine", gettext_lazy("Mine")),
    ("discover", gettext_lazy("To discover")),
    ("all", gettext_lazy("All")),
    ("archived", gettext_lazy("Archived")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A workspace in the list. `mine` is the role that the reader holds in it: admin, user, viewer or nothing.

    `ask`: where they ask for the plan that would let them join. `led`: they look after it as lead of its team.
    """

    id: int
    name: str
    visibility: str
    visibility_label: str
    archived: bool
    team: str
    owner: str
    people: int
    mine: str
    led: bool
    may_join: bool
    why_not: str
    ask: str


@dataclass(frozen=True, slots=True)
class View:
    """One of the lists that the reader can choose between, with how many are in it."""

    name: str
    label: str
    total: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of one list, by name. `previous` and `next` are the names to page from (empty: nothing there).

    `rooms` are those that the reader was named for without being in their workspace: (id, name, workspace's name).
    `why_closed` says why the reader takes part in no workspace at all (empty: they can), `ask` where they ask for it.
    """

    view: str
    views: tuple[View, ...]
    rows: tuple[Row, ...]
    rooms: tuple[tuple[int, str, str], ...]
    total: int
    previous: str
    next: str
    may_create: bool
    why_not_create: str
    why_closed: str
    ask: str


def listed(actor: Member, *, view: str = "mine", text: str = "", before: str = "", after: str = "") -> Listed:
    """The workspaces that `actor` may know of, by name. 4 queries at any size, one more where a plan closes them;
    and those that load the subject."""
    seen = Workspace.objects.visible_to(actor)
    if text:
        seen = seen.filter(name__icontains=text)
    wheres = _wheres(actor)
    views = _views(actor, seen, wheres)
    view = view if view in [shown.name for shown in views] else "mine"
    found = seen.filter(wheres[view]).select_related("team", "owner__user")
    page, previous, following = _page(found, before, after)
    now, subject = timezone.now(), subjects.of(actor)
    create = access.ask(subject, Action.WORKSPACE_CREATE, actor.org, now, {})
    inside = access.ask(subject, Feature.WORKSPACE_ACCESS, None, now, {})
    ask = "" if inside.allowed else refusals.way_to_ask(actor, inside)
    people = grants.counts(page)
    return Listed(
        view=view,
        views=views,
        rows=tuple(_row(subject, workspace, people.get(workspace.pk, 0), ask) for workspace in page),
        rooms=_rooms(actor, text) if view == "mine" else (),
        total=next(shown.total for shown in views if shown.name == view),
        previous=previous,
        next=following,
        may_create=create.allowed,
        why_not_create=refusals.why_not(actor, create),
        why_closed=refusals.why_not(actor, inside),
        ask=ask,
    )


def _wheres(actor: Member) -> dict[str, Q]:
    """What each view shows of those that the reader can see."""
    opened, own = Q(archived_at=None), Q(pk__in=Workspace.objects.of(actor).values("pk"))
    return {
        "mine": opened & own,
        "discover": opened & Q(visibility=Visibility.PUBLIC) & ~own,
        "all": opened,
        "archived": ~opened,
    }


def _views(actor: Member, seen: QuerySet[Workspace], wheres: dict[str, Q]) -> tuple[View, ...]:
    """The lists that somebody can choose between, with their sizes. One query."""
    totals = seen.aggregate(**{name: Count("pk", filter=where) for name, where in wheres.items()})
    hidden = set() if actor.administers else {"all"}
    hidden |= {"discover"} if subjects.of(actor).guest else set()
    return tuple(View(name, str(label), totals[name]) for name, label in VIEWS if name not in hidden)


def _page(found: QuerySet[Workspace], before: str, after: str) -> tuple[list[Workspace], str, str]:
    """Up to fifty rows after, or before, a name. Private workspaces may share one: those stay on one page."""
    if before:
        rows, more = _whole_names(found.filter(name__lt=before).order_by("-name", "-pk"))
        rows.reverse()
        return rows, (rows[0].name if more else ""), (rows[-1].name if rows else "")
    rows, more = _whole_names((found.filter(name__gt=after) if after else found).order_by("name", "pk"))
    return rows, (rows[0].name if rows and after else ""), (rows[-1].name if more else "")


def _whole_names(found: QuerySet[Workspace]) -> tuple[list[Workspace], bool]:
    """The first fifty rows without those of a name that goes on behind them; whether there are more."""
    rows = list(found[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, False
    beyond = rows.pop().name
    return [row for row in rows if row.name != beyond] or rows, True


def _row(subject: subjects.Subject, workspace: Workspace, people: int, ask: str) -> Row:
    mine = counting(subject.grants.get(workspace.pk, ""), subject.role)
    joining = access.ask(subject, Action.WORKSPACE_JOIN, workspace, None, {})
    public = workspace.visibility == Visibility.PUBLIC and workspace.archived_at is None
    refused = public and not mine and not joining.allowed
    return Row(
        id=workspace.pk,
        name=workspace.name,
        visibility=workspace.visibility,
        visibility_label=workspace.get_visibility_display(),
        archived=workspace.archived_at is not None,
        team=workspace.team.name if workspace.team else "",
        owner=str(workspace.owner),
        people=people,
        mine=mine,
        led=subject.grants.get(workspace.team_id or 0) == "lead",
        may_join=joining.allowed and not mine,
        why_not=to_themself(joining.reason, subject.name) if refused else "",
        ask=ask if refused else "",
    )


def _rooms(actor: Member, text: str) -> tuple[tuple[int, str, str], ...]:
    """The rooms that one was named for without being in their workspace, by name. One query."""
    beyond = Room.objects.read_by(actor).exclude(workspace__in=Workspace.objects.visible_to(actor))
    found = beyond.filter(archived_at=None, name__icontains=text).order_by("name", "pk")
    return tuple(found.values_list("pk", "name", "workspace__name")[:ROOMS])
