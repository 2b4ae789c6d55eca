"""What is set up against itself: settings that contradict each other, each with its repair (product.md 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs import asking
from orgs.access import Action, require
from orgs.models import Feature, Kind, Member, Organization, Plan, Role, Team
from orgs.models.members import MemberQuerySet
from workspaces.queries.access import linter_policies as policies
from workspaces.queries.access import linter_rollouts as rollouts
from workspaces.queries.access.findings import NAMED, Finding, Named, url


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, and what was looked at and is in order."""

    findings: tuple[Finding, ...]
    in_order: tuple[str, ...]


Check = Callable[[Organization, datetime], Finding | None]


def linted(actor: Member, now: datetime) -> Linted:
    """Everything that contradicts itself in the actor's organization. At most 2 queries a rule and 4 for
    all of those about policies, at any size, 4 more for rollouts.

    Raises:
        Denied: the actor does not administer it.
    """
    require(actor, Action.ACCESS_LINT, actor.org)
    published = policies.Published(actor.org, now)
    found = [(label, check(actor.org, now)) for label, check in CHECKS]
    found += [(label, check(published)) for label, check in OF_POLICIES]
    findings = tuple(finding for _label, finding in found if finding is not None)
    return Linted(findings, tuple(str(label) for label, finding in found if finding is None))


# ---------------------------------------------------------------- people and teams


def _here(org: Organization) -> MemberQuerySet:
    return Member.objects.filter(org=org, removed_at=None)


def _away_from_their_department(org: Organization, now: datetime) -> Finding | None:
    found = _here(org).filter(team__isnull=False).exclude(department=F("team__department"))
    found |= _here(org).filter(team__isnull=False, department=None)
    return _about(
        found.select_related("user", "org", "team__department", "department"),
        _two_departments,
        title=lambda n: ngettext(
            "%(n)s member is in a team outside their department.",
            "%(n)s members are in a team outside their department.",
            n,
        ),
        means=_("The policy and the figures of their department are not those of their team's."),
        repair=_("Place them anew"),
        page=lambda first: url("member", org, first.pk),
    )


def _two_departments(member: Member) -> str:
    own = member.department or _("no department")
    if member.team is None:
        return str(own)
    facts = {"team": member.team, "theirs": member.team.department, "own": own}
    return _("in the team %(team)s of %(theirs)s, and in %(own)s") % facts


def _leads_without_workspaces(org: Organization, now: datetime) -> Finding | None:
    plans = [plan for plan, had in asking.features_by_plan(org).items() if Feature.WORKSPACE_ACCESS not in had]
    led = Team.objects.filter(org=org).values("leads__user_id")
    return _about(
        _here(org)
        .filter(user_id__in=led, plan__in=plans, role__in=[Role.USER, Role.VIEWER])
        .select_related("user", "org"),
        lambda member: str(Plan(member.plan).label),
        title=lambda n: ngettext(
            "%(n)s lead has a plan that opens no workspace.", "%(n)s leads have a plan that opens no workspace.", n
        ),
        means=_("They look after their team's workspaces and cannot take part in any."),
        repair=_("Open the cell of the plan"),
        page=lambda first: f"{url('plans', org)}#cell-{first.plan}.{Feature.WORKSPACE_ACCESS}",
    )


def _viewers_on_the_least_plan(org: Organization, now: datetime) -> Finding | None:
    found = _here(org).filter(role=Role.VIEWER, plan=Plan.ESSENTIAL, suspended_at=None).select_related("user", "org")
    return _about(
        found,
        lambda member: member.user.email,
        title=lambda n: ngettext(
            "%(n)s Viewer is on Essential, and can use none of it.",
            "%(n)s Viewers are on Essential, and can use none of it.",
            n,
        ),
        means=_("Viewers send nothing, and Essential gives personal chats alone: each holds a seat for nothing."),
        repair=_("See them"),
        page=lambda first: f"{url('members', org)}?role=viewer&plan=essential",
    )


def _guests_past_their_end(org: Organization, now: datetime) -> Finding | None:
    found = _here(org).filter(kind=Kind.GUEST, ends_at__lte=now).select_related("user", "org")
    return _about(
        found,
        lambda member: member.user.email,
        title=lambda n: ngettext(
            "%(n)s guest is past their last day and still holds a seat.",
            "%(n)s guests are past their last day and still hold a seat.",
            n,
        ),
        means=_("They are refused everything. Extend their stay, or remove them to free the seat."),
        repair=_("See the guests whose stay has ended"),
        page=lambda first: f"{url('guests', org)}?ends=ended",
    )


def _a_single_owner(org: Organization, now: datetime) -> Finding | None:
    owners = list(Member.objects.filter(org=org, role=Role.OWNER).active(now).select_related("user", "org")[:2])
    if len(owners) != 1:
        return None
    return Finding(
        title=_("%(name)s is the only active Owner.") % {"name": owners[0]},
        means=_("Nobody else can bill, secure or hand over the organization on the day they are away."),
        count=1,
        first=(_member(owners[0], owners[0].user.email),),
        repair=_("Make somebody else an Owner, too"),
        url=f"{url('members', org)}?role=admin",
    )


def _about(
    found: QuerySet[Member],
    beside: Callable[[Member], str],
    *,
    title: Callable[[int], str],
    means: str,
    repair: str,
    page: Callable[[Member], str],
) -> Finding | None:
    """What is wrong with some members; None where it is with nobody. `page`: where it is put right, by the first of
    them. At most 2 queries."""
    first = list(found.order_by("listed_as", "id")[: NAMED + 1])
    if not first:
        return None
    count = len(first) if len(first) <= NAMED else found.order_by().count()
    named = tuple(_member(member, beside(member)) for member in first[:NAMED])
    return Finding(title(count) % {"n": count}, means, count, named, repair, page(first[0]))


def _member(member: Member, beside: str) -> Named:
    return Named(str(member), beside, url("member", member.org, member.pk))


# What is looked at, as it is called where it is in order.
CHECKS: list[tuple[Any, Check]] = [
    (gettext_lazy("More than one active Owner"), _a_single_owner),
    (gettext_lazy("Everybody's team is in their department"), _away_from_their_department),
    (gettext_lazy("Every lead's plan opens workspaces"), _leads_without_workspaces),
    (gettext_lazy("No Viewer is on Essential"), _viewers_on_the_least_plan),
    (gettext_lazy("No guest is past their last day"), _guests_past_their_end),
]
OF_POLICIES: list[tuple[Any, Callable[[policies.Published], Finding | None]]] = [
    (gettext_lazy("Nobody is in two exclusive groups of a policy"), policies.exclusive_twice),
    (gettext_lazy("No blocked use case has an exception"), policies.blocked_and_excepted),
    (gettext_lazy("No department's policy is wider than the organization's"), policies.wider_departments),
    (gettext_lazy("Everybody is in a group that names models"), policies.in_no_group),
    (gettext_lazy("Every group names models"), policies.groups_without_models),
    (gettext_lazy("Somebody may use each model"), policies.unreachable_models),
    (gettext_lazy("No rollout leaves something to nobody"), rollouts.reaching_nobody),
]
