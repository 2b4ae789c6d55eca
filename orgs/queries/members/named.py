"""Members by the names that machines know them by: an e-mail address, the identity provider's id, or Steward's."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from django.db.models import F, QuerySet

from orgs.ids import written
from orgs.models import Member, Organization

Read = TypeVar("Read")
Reader = Callable[["QuerySet[Member]", Collection[Any]], Iterable[tuple[Any, Read]]]


def by_text(org: Organization, texts: Iterable[str]) -> dict[str, Member]:
    """Text → the member of `org` it names, with their person; see `each`. At most 4 queries, however many."""
    return each(org.pk, texts, _members)


def each(org_id: int, texts: Iterable[str], read: Reader[Read]) -> dict[str, Read]:
    """Text → what `read` makes of the member it names: by e-mail (one from before, unless it is somebody's now),
    external id or id, in this order.

    `read(members, values)` gives those of `members` whose `named` is one of `values`, each after that value. It is
    called at most 4 times, however many texts there are.
    """
    wanted, found = {text for text in texts if can_be_asked(text)}, dict[str, Read]()
    if not wanted:
        return found
    members = Member.objects.filter(org_id=org_id)
    for ordered, field, values, spelled in (
        (members, "user__email", _addresses, str.lower),
        (members.order_by("user__former_addresses__until"), "user__former_addresses__email", _addresses, str.lower),
        (members, "external_id", set, str),
        (members, "pk", ids, str),
    ):
        rest = wanted - found.keys()
        if asked := values(rest):
            rows = {spelled(str(value)): row for value, row in read(ordered.annotate(named=F(field)), asked)}
            found |= {text: rows[spelled(text)] for text in rest if spelled(text) in rows}
    return found


def _members(found: QuerySet[Any], values: Collection[Any]) -> Iterable[tuple[Any, Member]]:
    return ((member.named, member) for member in found.filter(named__in=values).select_related("user"))


def _addresses(texts: Iterable[str]) -> set[str]:
    return {text.lower() for text in texts if "@" in text}


def can_be_asked(text: str) -> bool:
    """Whether a database can be asked for it: no row has a longer name, and PostgreSQL takes no NUL."""
    return 0 < len(text) <= 254 and "\0" not in text


def ids(texts: Iterable[str]) -> list[int]:
    """Those that can be an id."""
    return [number for text in texts if (number := written(text))]
