"""A mate that is asked somewhere, perhaps to call one of its tools: what `mate.use` and `tool.use` are about."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

from workspaces.models import Mate, Room, Tool, Workspace


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
    workspace = place.workspace if isinstance(place, Room) else place
    return Use(
        mate,
        place,
        tool,
        added=workspace is None or workspace.added.filter(mate=mate).exists(),
        attached=tool is None or mate.attached.filter(tool=tool).exists(),
        switched_on=tool is None or not isinstance(place, Room) or place.switched_on.filter(tool=tool).exists(),
    )
