"""What a member can ask for, who may grant it, how long a grant lasts: told on pages and before a deed alike."""

from datetime import datetime
from hashlib import blake2b

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs import hooks
from orgs.layers import MANAGES
from orgs.models import AccessRequest, Feature, FeatureOverride, Kind, Member, Organization, Plan, Role, features_of
from orgs.templatetags.ui import ending

EXCEPTION = "exception"  # what is wanted of a use case
_RISING = (Role.VIEWER, Role.USER, Role.ADMIN, Role.OWNER)
_NOT_FOR_GUESTS = frozenset({Feature.CREATE_WORKSPACES.value})


def roles_above(member: Member) -> tuple[Role, ...]:
    """The roles that `member` can ask for: those above their own; a guest is never more than a User."""
    above = _RISING[_RISING.index(Role(member.role)) + 1 :]
    return tuple(role for role in above if member.kind == Kind.MEMBER or role == Role.USER)


def grantors(member: Member, kind: str, wanted: str) -> tuple[str, ...]:
    """The roles that may grant `member` this: an Admin only to, and only what, an Admin manages (product.md 1)."""
    touched = {"role": {member.role, wanted}, "plan": {member.role}}.get(kind, set())
    return tuple(role for role in (Role.OWNER, Role.ADMIN) if touched <= MANAGES[role])


def grantable_by(actor: Member) -> Q:
    """The same as a condition on requests: those that `actor`, who decides on requests, may grant."""
    manages, kinds = MANAGES[actor.role], AccessRequest.Kind
    touched = Q(kind=kinds.PLAN) | Q(kind=kinds.ROLE, wanted__in=manages)
    return Q(kind__in=(kinds.WORKSPACE, kinds.INVITATION, kinds.USE_CASE)) | touched & Q(member__role__in=manages)


def features_by_plan(org: Organization) -> dict[str, frozenset[str]]:
    """What each plan gives in an organization, the least plan first. One query."""
    rows = FeatureOverride.objects.in_force(org).values_list("plan", "feature", "enabled")
    overrides = {(plan, feature): enabled for plan, feature, enabled in rows}
    return {plan: features_of(plan, overrides) for plan in Plan.values}


def plans_above(member: Member) -> tuple[Plan, ...]:
    """The plans that open something which `member`'s own does not, the next better one first. One query.

    What a guest never does, whatever the plan (product.md 1: they create no workspaces), opens nothing to them.
    """
    plans, in_order = features_by_plan(member.org), list(Plan)
    own = in_order.index(Plan(member.plan))
    never = _NOT_FOR_GUESTS if member.kind == Kind.GUEST else frozenset()
    more = [plan for plan in in_order if plans[plan] - plans[member.plan] - never]
    return tuple(sorted(more, key=lambda plan: (in_order.index(plan) < own, in_order.index(plan))))


def levels_for(member: Member) -> tuple[Role, ...]:
    """What `member` can ask to be in a workspace: a guest takes part there and looks after nothing."""
    return (Role.VIEWER, Role.USER) if member.kind == Kind.GUEST else (Role.VIEWER, Role.USER, Role.ADMIN)


def levels_outside() -> tuple[Role, ...]:
    """What somebody from outside can be asked in as: whoever looks after a workspace is a member already."""
    return (Role.USER, Role.VIEWER)


def least_plan_with(org: Organization, feature: str) -> str:
    """The least plan that gives `feature`; empty where none does. One query."""
    return next((plan for plan, features in features_by_plan(org).items() if feature in features), "")


def looked_after(member: Member, workspace_id: int) -> str:
    """The name of the workspace, where `member` administers it; empty otherwise. The queries of the hook."""
    return "".join(hooks.call("workspace_looked_after", member, workspace_id))


def use_cases_for(member: Member) -> list[str]:
    """The use cases for which `member` can ask for an exception. The queries of the hook."""
    return [use_case for part in hooks.call("use_cases_asked_for", member) for use_case in part]


def excepted(member: Member, use_case: str) -> str:
    """The use case, where `member` can ask for an exception for it; empty otherwise. As `use_cases_for`."""
    return use_case if use_case in use_cases_for(member) else ""


def number_of(use_case: str) -> int:
    """What tells open requests for use cases apart: 62 bits of the word's digest."""
    return int.from_bytes(blake2b(use_case.encode(), digest_size=8).digest()) >> 2


def no_longer(request: AccessRequest, now: datetime) -> str:
    """Why an invitation is not sent any more that somebody asked for; empty where they may still ask for it."""
    member = request.member
    if member.is_active(now) and looked_after(member, request.target_id):
        return ""
    text = _("%(name)s does not look after %(workspace)s any more. Decline the request.")
    return text % {"name": member, "workspace": request.target_name}


def until(request: AccessRequest) -> str:
    """Until when a grant lasts, by the organization's clock; empty where it has no end."""
    if request.ends_at is None:
        return ""
    return ending(request.ends_at, request.org.zone)
