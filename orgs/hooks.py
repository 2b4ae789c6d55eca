"""What else happens when something below happens: settings name it under `HOOKS`, this calls it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _named(name: str) -> tuple[Any, ...]:
    return tuple(import_string(path) for path in settings.HOOKS.get(name, ()))


def call(name: str, *args: Any, **kwargs: Any) -> list[Any]:
    """Run every function that settings name for `name`, in their order, in the caller's transaction.

    Returns what each gave. An exception of one ends the rest and the caller's transaction.
    """
    return [function(*args, **kwargs) for function in _named(name)]
