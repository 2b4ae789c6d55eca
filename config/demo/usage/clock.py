"""The times of day at which messages are written, by the organization's own curve."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from config.demo.usage.attendance import Habit
from config.demo.usage.sittings import Sitting

FIRST_HOUR = 6
HOUR = 3600
LONGEST = 75 * 60
LAST_SECOND = 24 * HOUR - 300


def set_times(rng: Random, sittings: list[Sitting], habit: dict[str, Habit], curve: tuple[int, ...]) -> None:
    """Give every message its second of the day.

    Early risers come first; sittings are laid along the curve by the messages they hold, so that the hours
    of all days together follow it closely for any number of messages.
    """
    order = sorted(sittings, key=lambda s: habit[s.person.email].lateness + rng.gauss(0, 0.9))
    starts = list(_along(curve, [s.messages for s in order]))
    for sitting, middle in zip(order, starts, strict=True):
        gaps = [25 + rng.expovariate(1 / 130) for _ in range(sitting.messages - 1)]
        pace = min(1.0, LONGEST / (sum(gaps) or 1))
        offsets = list(accumulate((gap * pace for gap in gaps), initial=0.0))
        start = min(max(middle - offsets[-1] / 2, FIRST_HOUR * HOUR), LAST_SECOND - offsets[-1])
        sitting.times = [int(start + offset) for offset in offsets]


def _along(curve: tuple[int, ...], sizes: list[int]) -> Iterator[float]:
    """The second of the day at which the middle of each of `sizes` falls, in their order."""
    scale = sum(curve) / sum(sizes)
    edges = list(accumulate(curve, initial=0))
    hour, done = 0, 0
    for size in sizes:
        place = (done + size / 2) * scale
        while place >= edges[hour + 1]:
            hour += 1
        yield (FIRST_HOUR + hour + (place - edges[hour]) / curve[hour]) * HOUR
        done += size
