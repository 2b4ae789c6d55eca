"""One team, and one department: who is in it, who leads, where they work, what they used."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from orgs import grants, hooks
from orgs.access import Action, check, require
from orgs.models import Department, Kind, Member, Team
from orgs.models.members import MemberQuerySet
from orgs.places import Place as Home
from orgs.queries.members import Filters, Listing, Place, Spot, listing
from orgs.queries.teams.tree import Leaf

FOUND = 20
OFFERED = 100


@dataclass(frozen=True, slots=True)
class Lead:
    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team as its page shows it, with what the reader may do there. `likely` may be made leads, by address."""

    id: int
    name: str
    department_id: int
    department: str
    leads: tuple[Lead, ...]
    list: Listing
    spots: tuple[Spot, ...]
    may_manage: bool
    likely: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """A table of what teams used, as the floor above tells it. A row: a name, a URL, each figure with its head."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """A department: its teams, the members without a team, its leads (those of its teams), what its teams used.

    `usage` is told by the floor above, see the hook `department_used`.
    """

    id: int
    name: str
    members: int
    teams: tuple[Leaf, ...]
    leads: tuple[tuple[Lead, str], ...]
    list: Listing
    usage: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who can be brought into a team, and where they are now."""

    id: int
    name: str
    email: str
    place: str


def team(actor: Member, row: Team, filters: Filters, place: Place) -> TeamPage:
    """A team and a page of its members. 7 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor neither administers nor leads it.
    """
    require(actor, Action.TEAM_VIEW, row)
    manages = check(actor, Action.TEAM_MANAGE, row).allowed
    leads = _leads(grants.holders([row])[row.pk])
    return TeamPage(
        id=row.pk,
        name=row.name,
        department_id=row.department_id,
        department=row.department.name,
        leads=leads,
        list=listing(actor, filters, place),
        spots=tuple(spot for part in hooks.call("team_works_in", actor, row) for spot in part),
        may_manage=manages,
        likely=_likely(row, leads) if manages else (),
    )


def _leads(held: Iterable[tuple[Member, str]]) -> tuple[Lead, ...]:
    return tuple(sorted((_lead(member) for member, _level in held), key=lambda lead: lead.name))


def _lead(member: Member) -> Lead:
    return Lead(member.pk, str(member), member.user.email)


def _likely(row: Team, leads: tuple[Lead, ...]) -> tuple[Lead, ...]:
    """The first hundred of the team who could lead it and do not. One query."""
    able = Member.objects.filter(org=row.org_id, team=row, kind=Kind.MEMBER, removed_at=None)
    others = able.exclude(pk__in=[lead.id for lead in leads]).select_related("user").order_by("listed_as")
    return tuple(_lead(member) for member in others[:OFFERED])


def department(actor: Member, row: Department, filters: Filters, place: Place) -> DepartmentPage:
    """A department, its teams, and a page of its members without a team. About 10 queries, at any size.

    Raises:
        Denied: the actor does not administer.
    """
    require(actor, Action.DEPARTMENT_MANAGE, row)
    teams = list(Team.objects.filter(department=row))
    counts = Member.objects.filter(org=row.org_id, department=row).holding_a_seat().order_by()
    sizes: dict[int | None, int] = dict(counts.values_list("team_id").annotate(n=Count("pk")))
    held = grants.holders(teams)
    leads = [(_lead(member), found.name) for found in teams for member, _level in held[found.pk]]
    names = {found.pk: tuple(sorted(str(member) for member, _level in held[found.pk])) for found in teams}
    return DepartmentPage(
        id=row.pk,
        name=row.name,
        members=sum(sizes.values()),
        teams=tuple(Leaf(found.pk, found.name, sizes.get(found.pk, 0), names[found.pk]) for found in teams),
        leads=tuple(sorted(leads, key=lambda pair: (pair[0].name, pair[1]))),
        list=listing(actor, filters, place),
        usage=tuple(part for parts in hooks.call("department_used", actor, row) for part in parts),
    )


def newcomers(actor: Member, row: Team, text: str) -> tuple[Newcomer, ...]:
    """Up to twenty who are not in the team and whose name or address has every word of `text`. One query."""
    found = Member.objects.visible_to(actor).holding_a_seat().exclude(team=row)
    for word in text.lower().split():
        found = found.filter(listed_as__contains=word)
    rows = found.select_related("user", "team", "department").order_by("listed_as")[:FOUND]
    return tuple(
        Newcomer(m.pk, str(m), m.user.email, " · ".join(str(part) for part in (m.department, m.team) if part))
        for m in rows
    )


def common_place(members: MemberQuerySet) -> Home | None:
    """The one place where all of `members` are; None where they are in several. At most 2 queries."""
    found = list(members.order_by().values_list("department", "team").distinct()[:2])
    if len(found) != 1:
        return None
    first = members.select_related("department", "team__department").first()
    return Home(first.department, first.team) if first else None
