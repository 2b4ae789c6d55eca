"""Exact distinct conversations over any range, kept up to date whatever comes late (see `ConversationTotal`).

A conversation seen by a subject on days d1 < d2 < d3 counts once at (d1, none), (d2, d1) and (d3, d2). A day that
comes late between d1 and d2 splits that pair; an earlier event that names a use case moves all of them to it.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from analytics import subjects
from analytics.cells import Scene, Touched

NONE = 0  # 1970-01-01: older than any event that is taken
Key = tuple[str, int, str, int]  # subject, day, use case, previous day
Delta = dict[Key, int]
_decode = msgspec.msgpack.Decoder(dict[str, list[int]]).decode


@dataclass(slots=True)
class State:
    """What is known of a conversation: its use case with the event that named it, and by subject its days in order."""

    use_case: str = ""
    use_case_at: int = 0
    use_case_event: str = ""
    days: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def load(cls, use_case: str, use_case_at: int, use_case_event: str, days: bytes) -> "State":
        return cls(use_case, use_case_at, use_case_event, _decode(bytes(days)))

    def row(self) -> tuple[str, int, str, bytes]:
        return self.use_case, self.use_case_at, self.use_case_event, msgspec.msgpack.encode(self.days)

    def cells(self) -> Iterable[Key]:
        """Where it counts."""
        for subject, days in self.days.items():
            for previous, day in zip([NONE, *days], days, strict=False):
                yield subject, day, self.use_case, previous


def advance(known: Mapping[str, State], touched: Mapping[str, Touched]) -> tuple[dict[str, State], Delta]:
    """The conversations that `touched` changes, as they are afterwards, and what that changes in the totals."""
    delta: Delta = defaultdict(int)
    changed: dict[str, State] = {}
    begun: dict[tuple[int, str], list[str]] = defaultdict(list)
    subjects_of = _Subjects().__getitem__
    for key, news in touched.items():
        state = known.get(key) or State()
        named = _name(state, news, delta)
        days = {day for day, _, _ in news.seen}
        if len(days) == 1 and not state.days:  # what most are: begun today
            (today,) = days
            seeing = set().union(*[subjects_of((scene, member)) for _, scene, member in news.seen])
            state.days = {subject: [today] for subject in seeing}
            begun[today, state.use_case] += seeing
            changed[key] = state
            continue
        seen = {(subject, day) for day, scene, member in news.seen for subject in subjects_of((scene, member))}
        if sum(_see(state, subject, day, delta) for subject, day in seen) or named:
            changed[key] = state
    for (day, use_case), subjects_ in begun.items():
        for subject, number in Counter(subjects_).items():
            delta[subject, day, use_case, NONE] += number
    return changed, {key: number for key, number in delta.items() if number}


class _Subjects(dict[tuple[Scene, int], tuple[str, ...]]):
    """Every subject that sees a conversation with a message or response of this scene and member."""

    def __missing__(self, key: tuple[Scene, int]) -> tuple[str, ...]:
        scene, member = key
        found = self[key] = (*scene.conversing(), subjects.member(member))
        return found


def _name(state: State, news: Touched, delta: Delta) -> bool:
    """Take over an earlier use case; whether there was one."""
    if news.named is None:
        return False
    at, event, use_case = news.named
    if state.use_case and (at, event) >= (state.use_case_at, state.use_case_event):
        return False
    if use_case != state.use_case:
        for subject, day, old, previous in state.cells():
            delta[subject, day, old, previous] -= 1
            delta[subject, day, use_case, previous] += 1
    state.use_case, state.use_case_at, state.use_case_event = use_case, at, event
    return True


def _see(state: State, subject: str, day: int, delta: Delta) -> bool:
    """Let `subject` have seen the conversation on `day`; whether that is new."""
    days = state.days.setdefault(subject, [])
    place = bisect_left(days, day)
    if place < len(days) and days[place] == day:
        return False
    previous = days[place - 1] if place else NONE
    delta[subject, day, state.use_case, previous] += 1
    if place < len(days):
        following = days[place]
        delta[subject, following, state.use_case, previous] -= 1
        delta[subject, following, state.use_case, day] += 1
    days.insert(place, day)
    return True
