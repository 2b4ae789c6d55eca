"""Who sat down to which conversation on which day, and what it was about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from config.demo import catalogue
from config.demo.people import Company, Person
from config.demo.shares import apportion
from config.demo.usage.attendance import Attendance, Day, Habit
from config.demo.usage.figures import Figures

OWN_AGAIN, COLLEAGUES = 0.12, 0.16  # shares of sittings that go on with an own or a colleague's conversation
DAYS_KEPT_OPEN = 4
IN_A_WORKSPACE = 0.45
# What a department is likelier to ask for; the rest of the order is chance.
LEANINGS = {
    "Engineering": {"code": 2.2},
    "Research": {"code": 1.0, "research": 2.0, "analysis": 0.6},
    "Marketing": {"content": 2.2, "translation": 0.8},
    "Sales": {"content": 0.9, "analysis": 0.5},
    "Customer Success": {"content": 0.6, "translation": 1.2},
    "Finance": {"analysis": 1.6, "planning": 1.0},
    "Management": {"analysis": 0.8, "planning": 1.5},
    "Operations": {"planning": 1.5, "analysis": 0.6},
    "Commerce": {"content": 1.2},
}


@dataclass(slots=True)
class Conversation:
    """A conversation; `use_case` is empty where the platform could not tell."""

    key: str
    workspace: str
    opener: Person
    last_ago: int
    use_case: str = ""
    settled: bool = False


@dataclass(slots=True)
class Sitting:
    """One person at one conversation on one day; `times` are seconds of the day, one a message."""

    person: Person
    day: Day
    conversation: Conversation
    first: bool
    messages: int = 0
    times: list[int] = field(default_factory=list)
    outcomes: list[int] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """What is still open when a day begins: each person's and each workspace's last conversation."""

    company: Company
    rng: Random
    own: dict[str, Conversation] = field(default_factory=dict)
    shared: dict[str, Conversation] = field(default_factory=dict)
    rooms: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for workspace in self.company.workspaces:
            for email in (workspace.creator, *workspace.users):
                self.rooms.setdefault(email, []).append(workspace.name)

    def sit_down(self, person: Person, day: Day) -> Sitting:
        """Go on with what is open, now and then; else begin something new."""
        roll = self.rng.random()
        found = None
        if roll < OWN_AGAIN:
            found = self.own.get(person.email)
        elif roll < COLLEAGUES and person.email in self.rooms:
            found = self.shared.get(self.rng.choice(self.rooms[person.email]))
        if found is None or found.last_ago - day.ago > DAYS_KEPT_OPEN:
            return self.begin(person, day)
        return self._note(Sitting(person, day, found, first=False))

    def begin(self, person: Person, day: Day) -> Sitting:
        """A conversation that did not exist before; a guest's is always in one of their workspaces."""
        rooms = self.rooms.get(person.email, [])
        inside = rooms and (person.guest or self.rng.random() < IN_A_WORKSPACE)
        workspace = self.rng.choice(rooms) if inside else ""
        key = f"chat-{self.rng.getrandbits(52):013x}"
        return self._note(Sitting(person, day, Conversation(key, workspace, person, day.ago), first=True))

    def _note(self, sitting: Sitting) -> Sitting:
        conversation = sitting.conversation
        conversation.last_ago = sitting.day.ago
        self.own[sitting.person.email] = conversation
        if conversation.workspace:
            self.shared[conversation.workspace] = conversation
        return sitting


def sittings(desk: Desk, habit: dict[str, Habit], book: Attendance, figures: Figures) -> list[Sitting]:
    """One sitting a member-day and as many more as make `figures.conversations` exact, oldest day first."""
    result = [desk.sit_down(person, day) for day, present in book for person in present]
    missing = figures.conversations - len({id(s.conversation) for s in result})
    eager = [habit[s.person.email].keenness ** 0.5 for s in result]
    for sitting in desk.rng.choices(result, eager, k=missing):
        result.append(desk.begin(sitting.person, sitting.day))
    result.sort(key=lambda s: -s.day.ago)
    weights = [habit[s.person.email].talk * desk.rng.lognormvariate(0, 0.7) for s in result]
    for sitting, count in zip(result, apportion(figures.messages, weights, least=1), strict=True):
        sitting.messages = count
    _settle_use_cases(desk.rng, result, figures)
    return result


def _settle_use_cases(rng: Random, result: list[Sitting], figures: Figures) -> None:
    """Name what each conversation was about, so that each use case has its share of all of them."""
    talks = {id(s.conversation): s.conversation for s in result}.values()
    undecided = [c for c in talks if not c.settled]
    for use_case, share in _rarest_first(figures.use_cases):
        already = sum(c.use_case == use_case for c in talks if c.settled)
        wanted = round(share * len(talks)) - already
        undecided.sort(key=lambda c: rng.gauss(0, 1) + _leaning(c, use_case))
        for _ in range(wanted):
            undecided.pop().use_case = use_case
    for conversation in talks:
        conversation.settled = True


def _rarest_first(use_cases: dict[str, float]) -> Iterator[tuple[str, float]]:
    known = {name: use_cases[name] for name in catalogue.USE_CASES if name in use_cases}
    yield from sorted(known.items(), key=lambda item: item[1])


def _leaning(conversation: Conversation, use_case: str) -> float:
    return LEANINGS.get(conversation.opener.department, {}).get(use_case, 0.0)
