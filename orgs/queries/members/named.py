"""Members by the names that machines know them by: an e-mail address, the identity provider's id, or Steward's."""

from collections.abc import Iterable

from django.db.models import QuerySet

from orgs.ids import LARGEST
from orgs.models import FormerAddress, Member, Organization


def by_text(org: Organization, texts: Iterable[str]) -> dict[str, Member]:
    """Text → the member of `org` it names: by e-mail (one from before, unless it is somebody's now), external id or id.

    At most 4 queries, however many.
    """
    wanted = {text for text in texts if can_be_asked(text)}
    found: dict[str, Member] = {}
    for find_some in (_by_address, _by_former_address, _by_external_id, _by_id):
        rest = wanted - found.keys()
        found |= find_some(Member.objects.filter(org=org).select_related("user"), rest) if rest else {}
    return found


def _by_address(members: QuerySet[Member], texts: set[str]) -> dict[str, Member]:
    addresses = {text.lower(): text for text in texts if "@" in text}
    rows = {member.user.email.lower(): member for member in members.filter(user__email__in=addresses)}
    return {text: rows[text.lower()] for text in texts if text.lower() in rows}


def _by_former_address(members: QuerySet[Member], texts: set[str]) -> dict[str, Member]:
    addresses = {text.lower() for text in texts if "@" in text}
    if not addresses:
        return {}
    former = FormerAddress.objects.filter(email__in=addresses, user__in=members.values("user")).order_by("until")
    people = {address.lower(): user_id for address, user_id in former.values_list("email", "user")}
    rows = {member.user_id: member for member in members.filter(user__in=people.values())}
    return {text: rows[people[text.lower()]] for text in texts if text.lower() in people}


def _by_external_id(members: QuerySet[Member], texts: set[str]) -> dict[str, Member]:
    return {member.external_id: member for member in members.filter(external_id__in=texts)}


def _by_id(members: QuerySet[Member], texts: set[str]) -> dict[str, Member]:
    return {str(pk): member for pk, member in members.in_bulk(ids(texts)).items()}


def can_be_asked(text: str) -> bool:
    """Whether a database can be asked for it: no row has a longer name, and PostgreSQL takes no NUL."""
    return 0 < len(text) <= 254 and "\0" not in text


def ids(texts: Iterable[str]) -> list[int]:
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20]
    return [number for number in numbers if number <= LARGEST]
