"""Two at once without threads: somebody else's deed, done between what ours has read and its transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(deed: Callable[[], Any], *, before: str = "SAVEPOINT") -> Iterator[None]:
    """Has `deed` done once, right before the next transaction begins, or the next statement that begins like `before`.

    Whatever was read up to there is old by then.
    """
    waiting = [deed]

    def first(execute: Any, sql: str, *rest: Any) -> Any:
        if waiting and sql.startswith(before):
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(first):
        yield
    assert not waiting, f"nothing began with {before}"
