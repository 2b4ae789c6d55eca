"""Who is in a workspace or a room, a page at a time, and who could be let in."""

from dataclasses import dataclass, replace
from math import ceil

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from orgs import grants
from orgs.access import Action, check
from orgs.models import Kind, Member, Role, Status
from orgs.models.members import MemberQuerySet
from workspaces.models import Room, Workspace
from workspaces.roles import counting

PAGE = 50
MANAGES = {Workspace: Action.WORKSPACE_MANAGE, Room: Action.ROOM_MANAGE}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a place. `levels` are the roles that they can be given there."""

    id: int
    name: str
    email: str
    level: str
    status: str
    status_label: str
    guest: bool
    owner: bool
    myself: bool
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """A page of the people of a workspace or a room, by name. `leads`: who looks after it beside them."""

    rows: tuple[Person, ...]
    total: int
    page: int
    pages: int
    leads: tuple[str, ...]
    may_manage: bool


def listed(actor: Member, place: Workspace | Room, *, text: str = "", role: str = "", page: int = 1) -> People:
    """Those who were given a role in `place`, the removed left out; of a room that follows its workspace, its.

    2 queries, 2 more where it belongs to a team.
    """
    if isinstance(place, Room) and not place.narrowed:
        return replace(listed(actor, place.workspace, text=text, role=role, page=page), may_manage=False)
    found = grants.holding(place)
    for word in text.lower().split():
        found = found.filter(listed_as__contains=word)
    if role:
        held, reads = Q(codename=place.LEVELS[role]), Q(role=Role.VIEWER)
        found = found.filter(held | reads if role == "viewer" else held & ~reads)
    total = found.count()
    may = check(actor, MANAGES[type(place)], place).allowed
    pages = max(1, ceil(total / PAGE))
    page = min(page, pages)
    rows = found.order_by("listed_as", "pk")[(page - 1) * PAGE : page * PAGE]
    return People(
        rows=tuple(_person(actor, place, member, grants.level_of(member)) for member in rows),
        total=total,
        page=page,
        pages=pages,
        leads=_leads(place),
        may_manage=may,
    )


def _person(actor: Member, place: Workspace | Room, member: Member, level: str) -> Person:
    reads = member.role == Role.VIEWER
    return Person(
        id=member.pk,
        name=str(member),
        email=member.user.email,
        level=counting(level, member.role),
        status=member.status,
        status_label=str(Status(member.status).label),
        guest=member.kind == Kind.GUEST,
        owner=isinstance(place, Workspace) and member.pk == place.owner_id,
        myself=member.pk == actor.pk,
        levels=("viewer",) if reads else ("admin", "user", "viewer"),
    )


def _leads(place: Workspace | Room) -> tuple[str, ...]:
    """Who leads the team that it belongs to, by name. 2 queries, none where it belongs to none."""
    team = place.within.team
    if team is None:
        return ()
    return tuple(sorted(str(member) for member, _level in grants.holders([team])[team.pk]))


def belonging(actor: Member) -> MemberQuerySet:
    """The members of the organization, the removed left out. For a query."""
    return Member.objects.filter(org_id=actor.org_id, removed_at=None).select_related("user", "org")


def addressed(actor: Member, emails: list[str]) -> dict[str, Member]:
    """Address in lower case → the member of the organization who has it, not removed. One query."""
    found = belonging(actor).alias(address=Lower("user__email")).filter(address__in=emails)
    return {member.user.email.lower(): member for member in found}


@dataclass(frozen=True, slots=True)
class Outside:
    """Addresses of nobody in the organization; where the reader invites them, or asks that they are invited (empty:
    they may not)."""

    emails: tuple[str, ...]
    invite: str
    ask: str


def outside(actor: Member, place: Workspace | Room, emails: list[str]) -> Outside:
    """What the reader can do for people who are no members. No query beside the actor's subject."""
    invite = ask = ""
    if check(actor, Action.MEMBER_INVITE, actor.org, role=Role.USER).allowed:
        invite = reverse("invitations_new", args=[actor.org.slug])
    elif check(actor, Action.WORKSPACE_MANAGE, place.within).allowed:
        ask = reverse("workspaces_people_ask", args=[actor.org.slug, place.within.pk])
    return Outside(tuple(emails), invite, ask)


def sees(actor: Member, place: Workspace | Room) -> bool:
    """Whether the reader sees the place at all, after a deed that may have changed it. No query beside theirs."""
    view = Action.WORKSPACE_VIEW if isinstance(place, Workspace) else Action.ROOM_VIEW
    return check(actor, view, place).allowed
