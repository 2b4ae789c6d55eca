"""A mate that is asked somewhere, perhaps to call one of its tools: what `mate.use` and `tool.use` are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Model

from workspaces.models import Mate, MateTool, Room, RoomTool, Tool, Workspace, WorkspaceMate


@dataclass(frozen=True, slots=True)
class Use:
    """`place` is None in a personal chat. `added`: the mate is in the place's workspace; `attached`: the tool to the
    mate; `switched_on`: the tool in the place (rooms switch tools on; elsewhere what is attached works)."""

    mate: Mate
    place: Workspace | Room | None = None
    tool: Tool | None = None
    added: bool = True
    attached: bool = True
    switched_on: bool = True

    FACTS: ClassVar[Any] = attrgetter(
        *(
            "id",
            "org_id",
            "held_at",
            "team_id",
            "everyone",
            "mate",
            "model",
            "place",
            "tool",
            "added",
            "attached",
            "switched_on",
        )
    )
    LEVELS: ClassVar[dict[str, str]] = Mate.LEVELS
    limited: ClassVar[bool] = False
    word: ClassVar[str] = "mate"

    @property
    def id(self) -> int:
        return self.mate.id

    @property
    def org_id(self) -> int:
        return self.mate.org_id

    @property
    def team_id(self) -> int | None:
        return self.mate.team_id

    @property
    def everyone(self) -> str:
        return self.mate.everyone

    @property
    def model(self) -> str:
        return self.mate.model

    @property
    def held_at(self) -> tuple[int, ...]:
        return self.mate.held_at


def of(mate: Mate, place: Workspace | Room | None = None, tool: Tool | None = None) -> Use:
    """The use of `mate` in `place`, with `tool`, as the tables have it now. At most 3 queries."""
    return of_each([(mate, place, tool)])[0]


def of_each(asked: Sequence[tuple[Mate, Workspace | Room | None, Tool | None]]) -> list[Use]:
    """The uses of mates in places, with tools, as the tables have them now. At most 3 queries, however many."""
    mates, tools = {mate.pk for mate, _, _ in asked}, {tool.pk for _, _, tool in asked if tool is not None}
    workspaces = {_workspace(place) for _, place, _ in asked if place is not None}
    rooms = {place.pk for _, place, _ in asked if isinstance(place, Room)}
    added = _pairs(WorkspaceMate, workspace__in=workspaces, mate__in=mates)
    attached = _pairs(MateTool, mate__in=mates, tool__in=tools)
    switched_on = _pairs(RoomTool, room__in=rooms, tool__in=tools)
    return [
        Use(
            mate,
            place,
            tool,
            added=place is None or (_workspace(place), mate.pk) in added,
            attached=tool is None or (mate.pk, tool.pk) in attached,
            switched_on=tool is None or not isinstance(place, Room) or (place.pk, tool.pk) in switched_on,
        )
        for mate, place, tool in asked
    ]


def _workspace(place: Workspace | Room) -> int:
    return place.workspace_id if isinstance(place, Room) else place.pk


def _pairs(table: type[Model], **among: set[int]) -> set[tuple[int, int]]:
    """The rows of a table between two others as pairs of ids, in the order of `among`; no query where one is empty."""
    if not all(among.values()):
        return set()
    columns = [name.replace("__in", "_id") for name in among]
    return set(table._default_manager.filter(**among).values_list(*columns))
