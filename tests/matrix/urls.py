"""Every door that the resolver knows, whoever made it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver


@dataclass(frozen=True, slots=True)
class Door:
    """One URL pattern: its full name, its route as written, the names in it, and what answers there."""

    name: str
    route: str
    params: tuple[str, ...]
    view: Callable[..., Any]


def doors() -> list[Door]:
    return list(_walk(get_resolver(), "", (), ()))


def _walk(resolver: Any, prefix: str, namespaces: tuple[str, ...], params: tuple[str, ...]) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        route, names = prefix + str(pattern.pattern), (*params, *_params(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield Door(":".join((*namespaces, pattern.name or "")), route, names, pattern.callback)
        else:
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, route, inside, names)


def _params(pattern: Any) -> tuple[str, ...]:
    return tuple(pattern.converters) or tuple(pattern.regex.groupindex)
