"""A database that is busy: somebody else has the lock, and asking again later helps."""

from django.db import DatabaseError

_CODES = {
    "55P03",  # lock_not_available: lock_timeout passed
    "57014",  # query_canceled: statement_timeout passed
    "40P01",  # deadlock_detected
    "40001",  # serialization_failure
}


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's code of an error, from Django or from psycopg itself; None for others."""
    state: str | None = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return state


def is_busy(error: BaseException) -> bool:
    """Whether `error` says that the database could not answer in time: SQLite locked, a timeout on PostgreSQL."""
    return state_of(error) in _CODES or (isinstance(error, DatabaseError) and "database is locked" in str(error))
