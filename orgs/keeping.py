"""What a process keeps in memory under a bound."""

from threading import Lock
from typing import Any


class Keeper:
    """At most `most` answers, among however many dictionaries they lie; the oldest goes first.

    What is kept anew is the newest from then on and counts once, so an answer that took the place of a stale one is
    not let go for it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._places: dict[tuple[int, Any], dict[Any, Any]] = {}  # in the order in which they were kept
        self._lock = Lock()

    def keep(self, among: dict[Any, Any], key: Any, answer: Any) -> None:
        place = id(among), key
        with self._lock:
            self._places.pop(place, None)
            among[key], self._places[place] = answer, among
            if len(self._places) > self.most:
                oldest = next(iter(self._places))
                self._places.pop(oldest).pop(oldest[1], None)
