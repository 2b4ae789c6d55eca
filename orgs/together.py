"""One read for all who ask at the same time: a busy process goes to the database once for many requests."""

from collections.abc import Callable
from threading import Lock


class _Round:
    """What is asked together, and what the one read of it found or broke on."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.found: dict[str, int] | None = None
        self.error: Exception | None = None


class Together:
    """Ask `read` about one name at a time from many threads; it is asked about those who wait in one go.

    Nobody is given what was read before they asked: whoever comes while a read is on its way waits for the next one.
    Where a read breaks, it broke for all whom it was for.
    """

    def __init__(self, read: Callable[[set[str]], dict[str, int]]) -> None:
        self._read = read
        self._joining, self._reading = Lock(), Lock()
        self._next = _Round()

    def ask(self, name: str) -> int | None:
        """What `read` finds on `name`; None where it finds nothing."""
        with self._joining:
            mine = self._next
            mine.asked.add(name)
        with self._reading:
            if mine is self._next:
                self._go(mine)
        if mine.error is not None:
            raise mine.error
        return (mine.found or {}).get(name)

    def _go(self, mine: _Round) -> None:
        with self._joining:
            self._next = _Round()
        try:
            mine.found = self._read(mine.asked)
        except Exception as error:
            mine.error = error
