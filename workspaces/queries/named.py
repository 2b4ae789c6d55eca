"""Pages of what has a name of its own: fifty rows by name, from a name on or back."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

PAGE = 50


class Slice(NamedTuple):
    """A page of rows. `previous` and `next` are the names to page from (empty: nothing there)."""

    rows: list[Any]
    previous: str
    next: str


def page(found: QuerySet[Any], before: str, after: str) -> Slice:
    """Fifty rows by their names, which no two share. One query."""
    if before:
        rows = list(found.filter(name__lt=before).order_by("-name")[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return Slice(rows, rows[0].name if more else "", rows[-1].name if rows else "")
    rows = list((found.filter(name__gt=after) if after else found).order_by("name")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Slice(rows, rows[0].name if after and rows else "", rows[-1].name if more else "")
