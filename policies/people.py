"""Everybody whom a policy is about, as it looks at them: counted and told apart by what decides, not one by one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nsmallest
from itertools import chain
from typing import NamedTuple

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Min, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from orgs.keeping import Keeper
from orgs.models import Kind, Member, Organization, Role, TeamGrant
from orgs.models.members import MemberQuerySet
from policies.engine import Person, Policy

NAMED = 5  # as many as a page names of any number of people


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member, as far as policies and lists of people need them. `status`: active, suspended, or ended, which guests
    past their end and closed accounts are."""

    who: Person
    name: str
    email: str
    department: int
    team: int
    status: str

    def __str__(self) -> str:
        return self.name or self.email


class First(NamedTuple):
    """Somebody who is named, with their place among all who were counted."""

    place: int
    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Some:
    """How many people who are active, and the first of them by name; and how many more are suspended."""

    count: int = 0
    first: tuple[First, ...] = ()
    suspended: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.first)

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def together(parts: Iterable[Some]) -> Some:
    """All of them: no two of `parts` count the same person."""
    found = list(parts)
    first = nsmallest(NAMED, chain.from_iterable(one.first for one in found))
    return Some(sum(one.count for one in found), tuple(first), sum(one.suspended for one in found))


# Per process: (organization, department, members who count on their own) → (access_version, until when, kinds of
# people). Whatever gives somebody another name, role or place raises the version; the end of a guest comes by itself.
_kept: dict[tuple[int, int, frozenset[int]], tuple[int, datetime | None, Mapping[Person, Some]]] = {}
_keeper = Keeper(100)


def kinds(org: Organization, policies: Collection[Policy], *, department: int = 0) -> Mapping[Person, Some]:
    """Who stands for all whom `policies` cannot tell apart → how many they are; of one `department` alone.

    `org` must have been read in this request. No query where this process keeps them under its access version, else
    one, at any size.
    """
    key = (org.pk, department, named_in(policies))
    now = timezone.now()
    version, until, found = _kept.get(key, (0, None, {}))
    if version != org.access_version or (until is not None and until <= now):
        until, found = _counted(org, department, key[2], now)
        _keeper.keep(_kept, key, (org.access_version, until, found))
    return found


# What tells people apart, in the order of `_person`.
_APART = ("alone", "role", "department_id", "team_id", "lead", "kind")


def _counted(
    org: Organization, department: int, alone: frozenset[int], now: datetime
) -> tuple[datetime | None, Mapping[Person, Some]]:
    """The database counts them: what comes back is the first of each kind, in the order of their names; and when the
    next of them comes to an end."""
    by = (*_APART, "suspended")
    rows = (
        counting(_members(org, department), now)
        .annotate(
            alone=Case(When(pk__in=alone, then="pk"), default=0),
            lead=ExpressionWrapper(Q(user__in=leading(org)), BooleanField()),
            suspended=ExpressionWrapper(Q(suspended_at__isnull=False), BooleanField()),
        )
        .annotate(
            count=Window(Count("pk"), partition_by=by),
            place=Window(RowNumber(), partition_by=by, order_by=("listed_as", "pk")),
            until=Window(Min("ends_at")),
        )
        .filter(place__lte=NAMED)
        .order_by("listed_as", "pk")
        .values_list(*_APART, "until", "suspended", "count", "pk", F("user__name"), F("user__email"))
    )
    found: dict[Person, Some] = {}
    ends: datetime | None = None
    for place, (*apart, until, suspended, count, pk, name, email) in enumerate(rows):
        ends = until
        who = _person(*apart)
        had = found.get(who, Some())
        named = replace(had, count=count, first=(*had.first, First(place, pk, name or email, email)))
        found[who] = replace(had, suspended=count) if suspended else named
    return ends, found


def counting(members: MemberQuerySet, now: datetime) -> MemberQuerySet:
    """Whom policies count: who is active, and apart from them who is suspended; no guest past the end, nobody whose
    account is closed."""
    return members.filter(Q(ends_at=None) | Q(ends_at__gt=now), removed_at=None, user__is_active=True)


def _person(alone: int, role: str, department: int | None, team: int | None, lead: bool, kind: str) -> Person:
    return Person(alone, role, department or 0, team or 0, lead, kind == Kind.GUEST)


def named_in(policies: Iterable[Policy]) -> frozenset[int]:
    """The members whom a group names: each of them is told apart from everybody."""
    return frozenset(id_ for policy in policies for group in policy.groups for id_ in group.members)


def _members(org: Organization, department: int) -> MemberQuerySet:
    found = Member.objects.filter(org=org, removed_at=None)
    return found.filter(department=department) if department else found


def leading(org: Organization) -> QuerySet[TeamGrant, int]:
    """Whoever leads a team."""
    return TeamGrant.objects.filter(content_object__org=org).values_list("user_id", flat=True)


def everybody(org: Organization, *, department: int = 0) -> list[Somebody]:
    """The members that were not removed, in the order of their names; of one `department` alone. 2 queries."""
    found = _members(org, department)
    leads = set(leading(org))
    now = timezone.now()
    read = ("pk", "role", "department_id", "team_id", "kind", "user_id", "user__name", "user__email")
    stands = ("suspended_at", "ends_at", "user__is_active")
    return [
        Somebody(
            Person(pk, role, in_department or 0, team or 0, user in leads, kind == Kind.GUEST),
            name,
            email,
            in_department or 0,
            team or 0,
            _status(now, *standing),
        )
        for pk, role, in_department, team, kind, user, name, email, *standing in found.order_by(
            "listed_as", "pk"
        ).values_list(*read, *stands)
    ]


def _status(now: datetime, suspended_at: datetime | None, ends_at: datetime | None, open_: bool) -> str:
    if not open_ or (ends_at is not None and ends_at <= now):
        return "ended"
    return "suspended" if suspended_at else "active"


def uses_models(who: Person) -> bool:
    """Can they use a model at all? A Viewer sends nothing (product.md 1)."""
    return who.role != Role.VIEWER


def models_for(who: Person, policies: Mapping[int, Policy], available: frozenset[str]) -> frozenset[str]:
    """The models that are left to `who`: what their organization's policy and their department's both name.

    `policies` maps scopes to what was published; with none, all that are `available`.
    """
    left = available
    for scope in dict.fromkeys((0, who.department)):
        if scope in policies:
            left = left & policies[scope].models_of(who)
    return left
