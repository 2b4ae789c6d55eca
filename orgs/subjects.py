"""Compiled subjects: all that the engine must know of who asks, loaded once per `access_version`.

What changes by the clock (a guest's end, the day from which a second factor is required) is kept as a time and
compared at each question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import Any

from django.db.models import F

from orgs import adapter, grants
from orgs.actors import Actor, Directory, Support, sign
from orgs.models import FeatureOverride, Kind, Member, Organization, ServiceKey, TrainingModule, features_of

NOTHING: Mapping[int, str] = MappingProxyType({})
NO_MODULE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    name: str
    org_id: int = 0
    org_name: str = ""
    org_suspended: bool = False
    cost_visible_to: str = ""
    member_id: int = 0
    user_active: bool = True
    address_verified: bool = True
    second_factor: bool = False
    second_factor_from: datetime | None = None
    role: str = ""
    plan: str = ""
    guest: bool = False
    guests_allowed: bool = True
    external_sharing: bool = True
    suspended: bool = False
    removed: bool = False
    ends_at: datetime | None = None
    features: frozenset[str] = frozenset()
    # Feature → title of the required training module that keeps it closed until it is passed.
    untrained: Mapping[str, str] = field(default_factory=lambda: NO_MODULE)
    grants: Mapping[int, str] = field(default_factory=lambda: NOTHING)
    delegated: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    budget_stopped_until: datetime | None = None
    budget_spent_nanos: int | None = None
    budget_nanos: int | None = None
    # What `orgs.access` worked out once for this subject: action → its row and the layers with a word on it.
    asked: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


# Per process: member id → (access_version, subject). Bounded; the oldest entry goes first.
_compiled: dict[int, tuple[int, Subject]] = {}
_LIMIT = 200_000
_evicting = Lock()


def of(actor: Actor) -> Subject:
    """The compiled subject of `actor`.

    A member's `org` must have been read in this request or transaction: its `access_version` decides whether what
    this process keeps is still true. 0 queries when it is, else 6.
    """
    if isinstance(actor, Member):
        kept = _compiled.get(actor.id)
        if kept is not None and kept[0] == actor.org.access_version:
            return kept[1]
        return _keep(actor, compile_member(actor))
    return _other(actor)


def raise_version_everywhere(user_id: int) -> None:
    """Make compiled subjects stale in each organization of a person whose account changed. One query."""
    Organization.objects.filter(members__user=user_id).update(access_version=F("access_version") + 1)


def _other(actor: Actor) -> Subject:
    match actor:
        case ServiceKey():
            return _key(actor)
        case Support():
            who = actor.user
            return Subject(kind="support", name=str(who), user_active=who.is_active and who.is_staff)
        case Directory():
            org = actor.org
            return Subject(
                kind="directory",
                name=actor.name,
                org_id=org.pk,
                org_name=org.name,
                org_suspended=org.suspended_at is not None,
            )
        case _:
            signature = sign(actor)
            return Subject(kind=signature.kind, name=signature.name)


def _keep(member: Member, subject: Subject) -> Subject:
    if len(_compiled) >= _LIMIT:
        with _evicting:
            _compiled.pop(next(iter(_compiled)), None)
    _compiled[member.pk] = (member.org.access_version, subject)
    return subject


def compile_member(member: Member) -> Subject:
    """Read a member's facts from the database as they are now; nothing is kept."""
    org: Organization = member.org
    rows = FeatureOverride.objects.in_force(org).filter(plan=member.plan).values_list("plan", "feature", "enabled")
    return Subject(
        kind="member",
        name=str(member.user),
        org_id=org.pk,
        org_name=org.name,
        org_suspended=org.suspended_at is not None,
        cost_visible_to=org.cost_visible_to,
        member_id=member.pk,
        user_active=member.user.is_active,
        address_verified=adapter.has_verified_address(member.user),
        second_factor=adapter.has_second_factor(member.user),
        second_factor_from=org.second_factor_from,
        role=member.role,
        plan=member.plan,
        guest=member.kind == Kind.GUEST,
        guests_allowed=org.guests_allowed,
        external_sharing=org.external_sharing,
        suspended=member.suspended_at is not None,
        removed=member.removed_at is not None,
        ends_at=member.ends_at,
        features=features_of(member.plan, {(plan, feature): enabled for plan, feature, enabled in rows}),
        untrained=MappingProxyType(TrainingModule.objects.closes_to(member)),
        grants=MappingProxyType(grants.levels(member)),
        delegated=grants.delegated(member),
        budget_stopped_until=org.budget_stopped_until,
        budget_spent_nanos=org.budget_spent_nanos,
        budget_nanos=org.budget_nanos,
    )


def _key(key: ServiceKey) -> Subject:
    return Subject(
        kind="service key",
        name=key.name,
        org_id=key.org_id,
        org_name=key.org.name,
        org_suspended=key.org.suspended_at is not None,
        removed=key.revoked_at is not None,
        ends_at=key.ends_at,
        scopes=frozenset(key.scopes),
    )
