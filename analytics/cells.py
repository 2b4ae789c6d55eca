"""From new events to what they add to the totals: additions per cell, in memory, without the database.

Events become sums by scene and by person first, and those become sums by subject: whatever many events share is added
up before it is spread, so that an event costs two additions and not the twenty-five cells that it is in.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, TypeVar

from analytics import subjects
from analytics.models.totals import COUNTS, MEASURES, MemberSplit
from analytics.subjects import INTEGRATION, MODEL, USE_CASE, WORKSPACE

# All measures of a cell live in one integer, 64 bits each: adding two cells is one addition, a third of the time
# that ten take. The limits of analytics.incoming keep every sum of a drain far below 64 bits.
_BITS = 64
_SHIFT = {name: place * _BITS for place, name in enumerate(MEASURES)}
_KIND = {name.removesuffix("s"): 1 << _SHIFT[name] for name in COUNTS}
_UNPACK = struct.Struct(f"<{len(MEASURES)}Q")
_TOKENS_OUT = _SHIFT["tokens_out"] - _SHIFT["tokens_in"]
_COST = _SHIFT["cost_nanos"] - _SHIFT["tokens_in"]
_BYTES = _SHIFT["bytes"] - _SHIFT["tokens_in"]
_SUMS = _SHIFT["tokens_in"]
_TALK = {"message", "response"}
_SPLITS = ("models", "integrations", "hours")  # of a member's day

Key = TypeVar("Key")
Unit = tuple[int, int]  # department, team
Three = tuple[str, str, str]  # model, integration, use case
Parts = Counter[tuple[int, "Person", str | int]]  # day, person, what a member's day is split by


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Who an event is about; member 0 is nobody we know. Compared by identity, like a scene."""

    member: int = 0
    ordinal: int = 0
    unit: Unit = (0, 0)

    def on(self, day: int) -> tuple[int, int, int, int]:
        """The key of this person's day."""
        department, team = self.unit
        return team, day, self.member, department


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What events have in common beside who they are of. Compared by identity: made once per drain."""

    unit: Unit
    workspace: str
    three: Three
    # The subjects that these events are about, the unit's and the member excepted.
    subjects: tuple[str, ...]

    @classmethod
    def of(cls, unit: Unit, workspace: str, model: str, integration: str, use_case: str) -> "Scene":
        named = (("w", workspace), ("m", model), ("i", integration), ("u", use_case))
        found = tuple([f"{letter}:{value}" for letter, value in named if value])
        return cls(unit, workspace, (model, integration, use_case), found)

    def conversing(self) -> tuple[str, ...]:
        """Every subject, the member excepted, that sees a conversation with a message or response of this scene.

        Not the use case: a conversation has one of its own, which `ConversationTotal` keeps beside every subject.
        """
        seeing = self.subjects[:-1] if self.three[2] else self.subjects
        return (*_wide(self.unit), *seeing)


class Fact(NamedTuple):
    """What the totals need of an event. `day` counts from 1970-01-01, `at` is in microseconds since then."""

    id: str
    at: int
    day: int
    hour: int
    kind: str
    person: Person
    scene: Scene
    conversation: str
    tokens_in: int
    tokens_out: int
    cost_nanos: int
    bytes: int


@dataclass(slots=True)
class Touched:
    """What new events say of one conversation."""

    seen: set[tuple[int, Scene, int]] = field(default_factory=set)  # day, scene, member
    # The first event that names a use case: (at, id, use case).
    named: tuple[int, str, str] | None = None


@dataclass(slots=True)
class Cells:
    """What some events add. Keys are those of the models of `analytics.models.totals`, without the organization."""

    usage: dict[tuple[str, str, int, str], int] = field(default_factory=lambda: defaultdict(int))
    hours: dict[tuple[str, int, int], int] = field(default_factory=dict)
    members: dict[tuple[int, int, int, int], int] = field(default_factory=lambda: defaultdict(int))
    splits: dict[tuple[int, int, int, int], MemberSplit] = field(default_factory=lambda: defaultdict(MemberSplit))
    active: dict[tuple[str, str, int], set[int]] = field(default_factory=dict)
    conversations: dict[str, Touched] = field(default_factory=lambda: defaultdict(Touched))


def unpacked(cell: int) -> tuple[int, ...]:
    """The measures of a cell in the order of MEASURES."""
    return _UNPACK.unpack(cell.to_bytes(_UNPACK.size, "little"))


class Tally:
    """What events add up to, told of them piece by piece."""

    def __init__(self) -> None:
        self._days: dict[int, tuple[dict[Scene, int], dict[Person, int]]] = defaultdict(
            lambda: (defaultdict(int), defaultdict(int))
        )
        self._hours: dict[tuple[int, int], list[Scene]] = defaultdict(list)
        self._active: dict[tuple[str, int], dict[Scene, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._splits: tuple[Parts, Parts, Parts] = Counter(), Counter(), Counter()
        self._conversations: dict[str, Touched] = defaultdict(Touched)

    def take(self, facts: Sequence[Fact]) -> None:
        """Add events, none of which was counted before."""
        days, conversations = self._days, self._conversations
        for id_, at, day, _, kind, person, scene, talk, tokens_in, tokens_out, cost, bytes_ in facts:
            cell = _KIND[kind]
            if tokens_in or tokens_out or cost or bytes_:
                cell += (tokens_in | tokens_out << _TOKENS_OUT | cost << _COST | bytes_ << _BYTES) << _SUMS
            scenes, people = days[day]
            scenes[scene] += cell
            people[person] += cell
            if talk:
                touched, use_case = conversations[talk], scene.three[2]
                if kind in _TALK:
                    touched.seen.add((day, scene, person.member))
                if use_case and (touched.named is None or (at, id_) < touched.named[:2]):
                    touched.named = at, id_, use_case
        self._message([fact for fact in facts if fact.kind == "message"])
        self._call([fact for fact in facts if fact.kind == "integration_call" and fact.scene.three[1]])
        answers = ((fact.day, fact.person, fact.scene.three[0]) for fact in facts if fact.kind == "response")
        self._splits[0].update(answers)

    def _message(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self._hours[fact.day, fact.hour].append(fact.scene)
            if fact.person.member:
                self._active["", fact.day][fact.scene].add(fact.person.ordinal)
        self._splits[2].update(map(itemgetter(2, 5, 3), facts))

    def _call(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if fact.person.member:
                self._active[fact.scene.three[1], fact.day][fact.scene].add(fact.person.ordinal)
        self._splits[1].update((fact.day, fact.person, fact.scene.three[1]) for fact in facts)

    def cells(self) -> Cells:
        """The additions, spread to every subject."""
        cells = Cells(conversations=self._conversations)
        for day, (scenes, people) in self._days.items():
            _spread(cells.usage, day, scenes)
            for person, cell in people.items():
                cells.members[person.on(day)] += cell
        self._split(cells.splits)
        for (day, hour), talking in self._hours.items():
            for subject, number in _by_subject(Counter(talking)).items():
                cells.hours[subject, day, hour] = number
        for (integration, day), active in self._active.items():
            for subject, ordinals in _by_subject_in_sets(active).items():
                cells.active[subject, integration, day] = ordinals
        return cells

    def _split(self, splits: dict[tuple[int, int, int, int], MemberSplit]) -> None:
        for name, parts in zip(_SPLITS, self._splits, strict=True):
            for (day, person, value), number in parts.items():
                if value != "":
                    split = getattr(splits[person.on(day)], name)
                    split[value] = split.get(value, 0) + number


def count(facts: Sequence[Fact]) -> Cells:
    """What `facts` add to the totals."""
    tally = Tally()
    tally.take(facts)
    return tally.cells()


def _wide(unit: Unit) -> tuple[str, str, str]:
    """The subjects that every event of a department and team is about."""
    department, team = unit
    return subjects.ORGANIZATION, subjects.department(department), subjects.team(team)


def _spread(usage: dict[tuple[str, str, int, str], int], day: int, scenes: Mapping[Scene, int]) -> None:
    """A day's sums by scene, to every subject and to each way in which it is split."""
    units: dict[tuple[Unit, Three], int] = defaultdict(int)
    workspaces: dict[tuple[str, Three], int] = defaultdict(int)
    found: dict[tuple[Unit, str, str], int] = defaultdict(int)
    for scene, cell in scenes.items():
        units[scene.unit, scene.three] += cell
        found[scene.unit, WORKSPACE, scene.workspace] += cell
        if scene.workspace:
            workspaces[scene.workspace, scene.three] += cell
    alone: dict[Three, int] = defaultdict(int)
    for (_, three), cell in units.items():
        alone[three] += cell
    for (unit, dimension, value), cell in _split(units, found).items():
        for subject in _wide(unit):
            usage[subject, dimension, day, value] += cell
    for (workspace, dimension, value), cell in _split(workspaces, defaultdict(int)).items():
        usage[f"w:{workspace}", dimension, day, value] += cell
    for three, cell in alone.items():
        _spread_named(usage, day, three, cell)


def _split(
    sums: Mapping[tuple[Key, Three], int], found: dict[tuple[Key, str, str], int]
) -> dict[tuple[Key, str, str], int]:
    """Add to `found` the sums of each key, whole and by model, integration and use case."""
    for (key, (model, integration, use_case)), cell in sums.items():
        found[key, "", ""] += cell
        found[key, MODEL, model] += cell
        found[key, INTEGRATION, integration] += cell
        found[key, USE_CASE, use_case] += cell
    return found


def _spread_named(usage: dict[tuple[str, str, int, str], int], day: int, three: Three, cell: int) -> None:
    """What a model, an integration and a use case have in common, to each of them."""
    parts = list(zip("miu", (MODEL, INTEGRATION, USE_CASE), three, strict=True))
    for letter, own, name in parts:
        if name:
            subject = f"{letter}:{name}"
            usage[subject, "", day, ""] += cell
            for _, dimension, value in parts:
                if dimension != own:
                    usage[subject, dimension, day, value] += cell


def _by_subject(scenes: Mapping[Scene, int]) -> dict[str, int]:
    """Numbers by scene as numbers by subject."""
    units: dict[Unit, int] = defaultdict(int)
    found: dict[str, int] = defaultdict(int)
    for scene, number in scenes.items():
        units[scene.unit] += number
        for subject in scene.subjects:
            found[subject] += number
    for unit, number in units.items():
        for subject in _wide(unit):
            found[subject] += number
    return found


def _by_subject_in_sets(scenes: Mapping[Scene, set[int]]) -> dict[str, set[int]]:
    """The same for people, each of whom counts once."""
    units: dict[Unit, set[int]] = defaultdict(set)
    found: dict[str, set[int]] = defaultdict(set)
    for scene, ordinals in scenes.items():
        units[scene.unit] |= ordinals
        for subject in scene.subjects:
            found[subject] |= ordinals
    for unit, ordinals in units.items():
        for subject in _wide(unit):
            found[subject] |= ordinals
    return found
