"""What the pages of tools show: one of them, and the integrations of a room. Never a secret."""

from dataclasses import dataclass
from datetime import datetime

from orgs.access import Action, check
from orgs.models import Member
from workspaces.models import Mate, MateTool, Room, Tool
from workspaces.queries.levels import Levels, levels, mates_with


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
