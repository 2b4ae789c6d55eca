"""Everybody whom a policy is about, as it looks at them: counted and told apart by what decides, not one by one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from orgs.models import Kind, Member, Organization, Role, TeamGrant
from policies.engine import Person, Policy


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member, as far as policies and lists of people need them."""

    who: Person
    name: str
    email: str
    department: int
    team: int

    def __str__(self) -> str:
        return self.name or self.email


def everybody(org: Organization, *, department: int = 0) -> list[Somebody]:
    """The members that were not removed, in the order of their names; of one `department` alone. 2 queries."""
    found = Member.objects.filter(org=org, removed_at=None)
    if department:
        found = found.filter(department=department)
    leads = set(TeamGrant.objects.filter(content_object__org=org).values_list("user_id", flat=True))
    read = ("pk", "role", "department_id", "team_id", "kind", "user_id", "user__name", "user__email")
    return [
        Somebody(
            Person(pk, role, in_department or 0, team or 0, user in leads, kind == Kind.GUEST),
            name,
            email,
            in_department or 0,
            team or 0,
        )
        for pk, role, in_department, team, kind, user, name, email in found.order_by("listed_as", "pk").values_list(
            *read
        )
    ]


def classes(people: Iterable[Somebody], policies: Collection[Policy]) -> dict[Person, list[Somebody]]:
    """People whom `policies` cannot tell apart, together: the first of them stands for all. No query."""
    named = frozenset(id_ for policy in policies for group in policy.groups for id_ in group.members)
    found: dict[tuple[object, ...], list[Somebody]] = {}
    for one in people:
        who = one.who
        key = (who.role, who.department, who.team, who.lead, who.guest, who.id if who.id in named else 0)
        found.setdefault(key, []).append(one)
    return {alike[0].who: alike for alike in found.values()}


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
