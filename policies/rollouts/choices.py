"""An audience rule as words of a form and back: `leads`, `role:admin`, `team:12`."""

from collections.abc import Iterable, Mapping
from typing import Any

_NAMED = {"role": "roles", "group": "groups", "department": "departments", "team": "teams"}


def audience(words: Iterable[str]) -> dict[str, Any]:
    """An audience rule from what was chosen."""
    rule: dict[str, Any] = {}
    for word in words:
        kind, colon, value = word.partition(":")
        if not colon:
            rule[kind] = True
        else:
            rule.setdefault(_NAMED[kind], []).append(int(value) if kind in ("department", "team") else value)
    return rule


def chosen(rule: Mapping[str, Any]) -> list[str]:
    """What was chosen for an audience rule."""
    named = [f"{kind}:{value}" for kind, key in _NAMED.items() for value in rule.get(key, ())]
    return [key for key, value in rule.items() if value is True] + named
