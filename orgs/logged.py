"""What the log knows of the request or task at hand, for the rows that it leaves behind."""

from structlog.contextvars import get_contextvars


def request_id() -> str:
    """The id of the request that all this comes from, also in a task that it kicked; empty where it comes from none."""
    return str(get_contextvars().get("request_id") or "")[:64]
