"""What a process keeps in memory under a bound."""

from collections import deque
from typing import Any


class Keeper:
    """At most `most` answers, among however many dictionaries they lie; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._places: deque[tuple[dict[Any, Any], Any]] = deque()

    def keep(self, among: dict[Any, Any], key: Any, answer: Any) -> None:
        among[key] = answer
        self._places.append((among, key))
        if len(self._places) > self.most:
            oldest_among, oldest = self._places.popleft()
            oldest_among.pop(oldest, None)
