"""What the pages of tools show: the list, one of them, and the integrations of a room. Never a secret."""

from dataclasses import dataclass
from datetime import datetime

from orgs.access import Action, check
from orgs.models import Member
from orgs.queries import pages, refusals
from workspaces.models import Mate, MateTool, Room, Tool
from workspaces.queries.levels import Levels, levels, mates_with, mine
from workspaces.queries.mates import narrowed


@dataclass(frozen=True, slots=True)
class Row:
    """A tool in the list. `mine` is what it is to the reader, in a word (empty: seen by role alone)."""

    id: int
    name: str
    description: str
    integration: str
    owner: str
    team: str
    mine: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of tools by name. `previous` and `next` are the names to page from (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    previous: str
    next: str
    may_create: bool
    why_not_create: str


@dataclass(frozen=True, slots=True)
class Page:
    """A tool and the mates that it is attached to: name → id of those that the reader may know, and how many more.

    `address` is shown to whoever may configure or grant it; `secret_set_at` says that there is a secret, and no more.
    """

    tool: Tool
    levels: Levels
    address: str
    has_secret: bool
    secret_set_at: datetime | None
    mates: dict[str, int]
    hidden_mates: int


def listed(actor: Member, *, text: str = "", view: str = "", before: str = "", after: str = "") -> Listed:
    """The tools that `actor` may know of, by name. 2 queries beside the actor's subject, at any size."""
    found = narrowed(Tool.objects.visible_to(actor), actor, text, view)
    rows, previous, following = pages.by_name(found.select_related("owner__user", "team"), before=before, after=after)
    create = check(actor, Action.TOOL_CREATE, actor.org)
    return Listed(
        rows=tuple(_row(actor, tool) for tool in rows),
        total=found.count(),
        previous=previous,
        next=following,
        may_create=create.allowed,
        why_not_create=refusals.why_not(actor, create),
    )


def _row(actor: Member, tool: Tool) -> Row:
    return Row(
        id=tool.pk,
        name=tool.name,
        description=tool.description,
        integration=tool.integration,
        owner=str(tool.owner),
        team=tool.team.name if tool.team else "",
        mine=mine(actor, tool),
    )


def page(actor: Member, tool: Tool) -> Page:
    """One tool. 4 queries beside the actor's subject."""
    shown = levels(actor, tool)
    names, hidden = mates_with(actor, tool)
    knows = shown.may_manage or shown.may_grant
    return Page(
        tool=tool,
        levels=shown,
        address=tool.url if knows else "",
        has_secret=bool(tool.sealed),
        secret_set_at=tool.secret_set_at,
        mates=names,
        hidden_mates=hidden if knows else 0,
    )


# ---------------------------------------------------------------- in a room


@dataclass(frozen=True, slots=True)
class Integration:
    """A tool that mates of the room's workspace have: through which of them, and whether it is switched on there."""

    id: int
    name: str
    description: str
    mates: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class Integrations:
    room: Room
    rows: tuple[Integration, ...]
    may_switch: bool


def integrations(actor: Member, room: Room) -> Integrations:
    """The tools attached to mates of the room's workspace, as the reader may know. 3 queries beside their subject."""
    known, added = Mate.objects.visible_to(actor), MateTool.objects.filter(mate__added__workspace=room.workspace_id)
    through: dict[int, list[str]] = {}
    pairs = added.filter(mate__in=known.values("pk")).order_by("mate__name").values_list("tool_id", "mate__name")
    for pk, mate in pairs:
        through.setdefault(pk, []).append(mate)
    on = set(room.switched_on.values_list("tool_id", flat=True))
    tools = Tool.objects.visible_to(actor).filter(pk__in=added.values("tool_id")).order_by("name")
    rows = (Integration(t.pk, t.name, t.description, tuple(through.get(t.pk, ())), t.pk in on) for t in tools)
    return Integrations(room, tuple(rows), check(actor, Action.ROOM_MANAGE, room).allowed)
