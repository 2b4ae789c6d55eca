"""Whom a stage names, as a question to the database: the same people as `Audience.has` finds one by one."""

from django.db.models import Q, QuerySet

from orgs import grants
from orgs.models import Kind, Member, Organization, Team
from orgs.models.members import MemberQuerySet
from policies import facts
from policies.engine import EVERYONE, Group, Policy
from policies.models import WHOLE, PowerUser, Reached, Rollout, Stage
from policies.rollouts.stages import Audience

_ALL, _NOBODY = Q(pk__isnull=False), Q(pk__in=())


def everybody(rollout: Rollout) -> MemberQuerySet:
    """Everybody whom a rollout can reach at all, the removed left out. Of a department's policy its people alone."""
    return _within(rollout, Member.objects.filter(org=rollout.org).holding_a_seat())


def to_reach(rollout: Rollout, stage: Stage) -> MemberQuerySet:
    """The members whom a stage names now and no stage reached yet. At most 2 queries before it is read."""
    there = Reached.objects.filter(rollout=rollout).values("member_id")
    return _within(rollout, named(rollout.org, Audience.of(stage.audience))).exclude(pk__in=there)


def losing(rollout: Rollout, stage: Stage) -> MemberQuerySet:
    """Whom a stage reached and no earlier stage names now: by going back they lose it. One query before it is read."""
    here = Reached.objects.filter(rollout=rollout, position=stage.position).values("member_id")
    found = Member.objects.filter(pk__in=here)
    for earlier in before(stage):
        found = found.exclude(pk__in=named(rollout.org, Audience.of(earlier.audience)).values("pk"))
    return found


def before(stage: Stage) -> QuerySet[Stage]:
    return Stage.objects.filter(rollout=stage.rollout_id, position__lt=stage.position).order_by("position")


def _within(rollout: Rollout, members: MemberQuerySet) -> MemberQuerySet:
    version = rollout.version
    return members.filter(department=version.scope) if version is not None and version.scope != WHOLE else members


def named(org: Organization, audience: Audience) -> MemberQuerySet:
    """The members, the removed left out, whom a stage names now. At most 2 queries before it is read."""
    here = Member.objects.filter(org=org).holding_a_seat()
    leads = grants.holding_any(org.pk, Team, "lead") if audience.leads or audience.groups else ()
    found = Q(role__in=audience.roles) | Q(department__in=audience.departments) | Q(team__in=audience.teams)
    if audience.leads:
        found |= Q(user__in=leads)
    if audience.power_users:
        found |= Q(pk__in=PowerUser.objects.filter(org=org).values("member_id"))
    if audience.guests:
        found |= Q(kind=Kind.GUEST)
    if audience.everyone:
        found |= ~Q(kind=Kind.GUEST)
    return here.filter(found | _in_groups(org, audience.groups, leads) if audience.groups else found)


def _in_groups(org: Organization, groups: frozenset[str], leads: object) -> Q:
    """In one of these policy groups by the organization's policy or by their department's."""
    in_force, found = facts.policies_of(org), _NOBODY
    for scope, (policy, _number, _name) in in_force.items():
        inside = _inside(policy, groups, leads)
        found |= inside if scope == WHOLE else Q(department=scope) & inside
    if not in_force and EVERYONE in groups:
        return _ALL
    return found


def _inside(policy: Policy, groups: frozenset[str], leads: object) -> Q:
    """Exclusive groups replace the others for whoever is in one (see `Policy.groups_of`)."""
    exclusive, found = _NOBODY, _NOBODY
    for group in policy.groups:
        if group.exclusive:
            exclusive |= _has(group, leads)
    for group in policy.groups:
        if group.name in groups:
            found |= _has(group, leads) if group.exclusive else _has(group, leads) & ~exclusive
    return found


def _has(group: Group, leads: object) -> Q:
    if group.name == EVERYONE:
        return _ALL
    found = Q(role__in=group.roles) | Q(department__in=group.departments) | Q(team__in=group.teams)
    found |= Q(pk__in=group.members)
    if group.leads:
        found |= Q(user__in=leads)
    return found | Q(kind=Kind.GUEST) if group.guests else found
