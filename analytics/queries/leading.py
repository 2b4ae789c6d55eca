"""What somebody who looks after a team has before them beside its figures: what waits for them, and its rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from analytics.queries.scopes import Scope
from orgs.models import Member
from orgs.queries import needs
from orgs.queries.needs import Group
from policies.queries import limits_near
from policies.queries.limits_near import Row as Near
from workspaces.models import Milestone, Progress, Room

SHOWN = 30  # rooms; those at risk come first
TONES = {Progress.AT_RISK: "orange", Progress.ON_TRACK: "blue", Progress.DONE: "green"}


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room and how far it is: `share` is the mean of its milestones, None where it has none; `next` is the first
    that is not reached, `late` whether its day is past."""

    name: str
    workspace: str
    url: str
    progress: str
    label: str
    tone: str
    note: str
    share: float | None
    next: str
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Leading:
    """`waiting` is there for whoever sees their teams alone: everybody else has it in the top bar. `near`: who of the
    team has used 80 % of a limit, who has used most first."""

    waiting: tuple[Group, ...]
    near: tuple[Near, ...]
    rooms: tuple[RoomLine, ...]


def leading(actor: Member, scope: Scope, now: datetime) -> Leading | None:
    """What stands above the figures of a team; None for anything else. 6 queries, and those of what waits."""
    if scope.kind != "team":
        return None
    waiting = needs.needs(actor, now).groups if scope.leads else ()
    near = tuple(limits_near.of_team(actor, scope.target.pk, now))
    return Leading(waiting, near, _rooms(actor, scope, now.astimezone(actor.org.zone).date()))


def _rooms(actor: Member, scope: Scope, today: date) -> tuple[RoomLine, ...]:
    """The rooms of the team's workspaces that are open, those at risk first, those done last. 2 queries."""
    found = Room.objects.visible_to(actor).filter(
        workspace__team=scope.target.pk, archived_at=None, workspace__archived_at=None
    )
    order = list(TONES)
    rooms = sorted(
        found.select_related("workspace").prefetch_related("milestones"),
        key=lambda room: (order.index(Progress(room.progress)), room.name),
    )
    return tuple(_room(actor, room, list(room.milestones.all()), today) for room in rooms[:SHOWN])


def _room(actor: Member, room: Room, milestones: Sequence[Milestone], today: date) -> RoomLine:
    ahead = next((milestone for milestone in milestones if milestone.percent < 100), None)  # by day, then title
    return RoomLine(
        name=room.name,
        workspace=room.workspace.name,
        url=reverse("workspaces_room", args=[actor.org.slug, room.pk]),
        progress=room.progress,
        label=room.get_progress_display(),
        tone=TONES[Progress(room.progress)],
        note=room.note,
        share=sum(one.percent for one in milestones) / len(milestones) / 100 if milestones else None,
        next=ahead.title if ahead else "",
        due=ahead.due_on if ahead else None,
        late=bool(ahead and ahead.due_on and ahead.due_on < today),
    )
