"""What views of lists have in common: the address that tells what is seen, and the rows that were ticked."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404

from orgs.web import ConsoleRequest

Rows = TypeVar("Rows", bound=QuerySet[Any])


def tidy(request: ConsoleRequest) -> str:
    """The address of this page without the filters that are not set: what a reader copies is what they see."""
    said = [(name, value) for name, values in request.GET.lists() for value in values if value]
    return f"{request.path}?{urlencode(said)}" if said else request.path


def ticked(seen: Rows, ids: Sequence[int]) -> Rows:
    """Those of `seen` with these ids. One that cannot be seen is as good as none: 404. One query."""
    found = seen.filter(pk__in=ids)
    if found.count() != len(ids):
        raise Http404
    return found
