"""What a rollout says: stages as data in, whom it has reached out. Pure: no database, no clock (product.md 4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from policies.engine import Person

EVER = datetime(1970, 1, 1, tzinfo=UTC)
NAMED = ("groups", "roles", "departments", "teams")
MARKED = ("leads", "power_users", "guests", "everyone")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a stage names: any of what is set. `everyone` is everybody of the organization but its guests."""

    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    leads: bool = False
    power_users: bool = False
    guests: bool = False
    everyone: bool = False

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> "Audience":
        said: dict[str, Any] = {key: frozenset(rule.get(key, ())) for key in NAMED}
        return cls(**said | {key: bool(rule.get(key)) for key in MARKED})

    def has(self, person: Person, groups: Collection[str], *, power: bool) -> bool:
        """Whether `person`, who is in these policy groups and perhaps a power user, is named."""
        return (
            not self.groups.isdisjoint(groups)
            or person.role in self.roles
            or person.department in self.departments
            or person.team in self.teams
            or (self.leads and person.lead)
            or (self.power_users and power)
            or (self.guests and person.guest)
            or (self.everyone and not person.guest)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A stage. `starts_at`: by the clock; None: by hand. `free`: nothing holds up the stage after it."""

    name: str
    audience: Audience
    starts_at: datetime | None = None
    begun: bool = False
    free: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """A rollout that was started and did not finish: what of, and its stages in order."""

    id: int
    kind: str
    what: str
    label: str
    name: str
    state: str  # running, paused, discarded
    steps: tuple[Step, ...]

    def begins(self) -> list[datetime | None]:
        """From when on each stage reaches whom it names; None: nothing but a deed, or gates still open, says when."""
        found, free, last = [], True, EVER
        for step in self.steps:
            moment = EVER if step.begun else step.starts_at and max(last, step.starts_at) if free else None
            found.append(moment)
            free, last = moment is not None and step.free, moment or last
        return found


@dataclass(frozen=True, slots=True)
class Fall:
    """A rollout as it falls on one member.

    `since`: from when on they have what it is of; None: nothing says when. `stage` is the one that is to reach them
    (empty: none names them), `stage_at` its date (None: somebody begins it by hand).
    """

    course: Course
    since: datetime | None = None
    stage: str = ""
    stage_at: datetime | None = None


def fall(course: Course, person: Person, groups: Collection[str], *, power: bool, reached: datetime | None) -> Fall:
    """How a rollout falls on somebody. `reached`: when a stage reached them; None: none did, or somebody went back."""
    if course.state == "discarded":
        return Fall(course)
    if reached is not None:
        return Fall(course, reached)
    naming = [
        (step, moment)
        for step, moment in zip(course.steps, course.begins(), strict=True)
        if step.audience.has(person, groups, power=power)
    ]
    if course.state == "paused":
        return _waits(course, [step for step, _moment in naming])
    moments = [moment for _step, moment in naming if moment is not None]
    since = min(moments) if moments else None
    return Fall(course, since) if since == EVER else _waits(course, [step for step, _moment in naming], since)


def _waits(course: Course, steps: Sequence[Step], since: datetime | None = None) -> Fall:
    """The first stage to come that names them; in a pause perhaps one that has begun without them."""
    ahead = next((step for step in steps if not step.begun), next(iter(steps), None))
    return Fall(course, since, ahead.name, ahead.starts_at) if ahead else Fall(course, since)
