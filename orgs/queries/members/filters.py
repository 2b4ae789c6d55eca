"""Which members a list, an export or a bulk deed is about."""

from dataclasses import dataclass
from typing import Any

from orgs import adapter
from orgs.models import Member
from orgs.models.members import MemberQuerySet


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. Without a status: everybody who holds a seat, so all but the removed."""

    q: str = ""
    role: str = ""
    plan: str = ""
    status: str = ""
    kind: str = ""
    team: int = 0
    second_factor: str = ""
    department: int = 0
    placed: str = ""  # `no_department` or `no_team`

    def said(self) -> dict[str, Any]:
        """The filters that are set, under their names in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


def matching(actor: Member, filters: Filters) -> MemberQuerySet:
    """The members that `actor` may see and `filters` describe, in no order.

    Every word that is searched for must occur in the name or the address; with an index of trigrams on PostgreSQL.
    """
    members = Member.objects.visible_to(actor)
    members = members.with_status(filters.status) if filters.status else members.holding_a_seat()
    named = {"role": filters.role, "plan": filters.plan, "kind": filters.kind, "team_id": filters.team}
    named["department_id"] = filters.department
    members = members.filter(**{name: value for name, value in named.items() if value})
    for word in filters.q.lower().split():
        members = members.filter(listed_as__contains=word)
    if filters.placed:
        members = members.filter(**{filters.placed.removeprefix("no_"): None})
    if filters.second_factor == "none":
        members = members.exclude(user_id__in=adapter.people_with_second_factor())
    return members
