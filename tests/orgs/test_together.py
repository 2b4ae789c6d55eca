"""Requests that wait for the same read share it; none is told what was read before it asked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from orgs.together import Together


class Slow:
    """A read that takes until it is let go, of a version that others raise meanwhile."""

    def __init__(self):
        self.version, self.asked = 1, []
        self.begun, self.may_end = Event(), Event()

    def __call__(self, names):
        self.asked.append(set(names))
        found = dict.fromkeys(names, self.version)
        self.begun.set()
        assert self.may_end.wait(10)
        return found


def waiting(together, number):
    """Until that many have joined the next read."""
    while len(together._next.asked) < number:
        pass


def test_whoever_asks_during_a_read_is_told_by_the_next_one_and_all_of_them_by_one():
    slow = Slow()
    together = Together(slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(together.ask, "a")
        slow.begun.wait(10)
        slow.version = 2
        later = [threads.submit(together.ask, name) for name in "abc"]
        waiting(together, 3)
        slow.may_end.set()

        assert first.result() == 1
        assert [one.result() for one in later] == [2, 2, 2]

    assert slow.asked == [{"a"}, {"a", "b", "c"}]


def test_what_there_is_not_is_nothing():
    assert Together(lambda names: {}).ask("a") is None


def test_a_read_that_breaks_breaks_for_those_it_was_for_and_not_for_the_next():
    turns = iter([ConnectionError("gone"), {"a": 1}])

    def read(names):
        found = next(turns)
        if isinstance(found, Exception):
            raise found
        return found

    together = Together(read)

    with pytest.raises(ConnectionError):
        together.ask("a")

    assert together.ask("a") == 1
