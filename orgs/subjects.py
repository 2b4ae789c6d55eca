"""Compiled subjects: all that the engine must know of who asks, loaded once per `access_version`.

What changes by the clock (a guest's end, the day from which a second factor is required) is kept as a time and
compared at each question. What members use is read anew of those who have used up what they may.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import F, prefetch_related_objects

from orgs import adapter, grants, hooks
from orgs.actors import Actor, Directory, Support, sign
from orgs.models import FeatureOverride, Kind, Member, Organization, ServiceKey, TrainingModule, features_of

K = TypeVar("K")
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
    # What the floor above knows of a member (hook "policies_of"): its layers read it, nothing below does but whether
    # something is `used_up`: then it is asked how much by now (hook "policies_as_used").
    policies: Any = None
    # What `orgs.access` worked out once for this subject: action → its row and the layers with a word on it.
    asked: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


# Per process: member id → (access_version, subject). Bounded; the oldest entry goes first.
_compiled: dict[int, tuple[int, Subject]] = {}
_LIMIT = 200_000
_evicting = Lock()
_AT_ONCE = 2_000  # members that are compiled with one set of queries: SQLite binds 32,766 values a query


def of(actor: Actor) -> Subject:
    """The compiled subject of `actor`.

    A member's `org` must have been read in this request or transaction: its `access_version` decides whether what
    this process keeps is still true. 0 queries when it is, else 6; one more for each `actor` that was read where they
    have used up what they may.
    """
    if isinstance(actor, Member):
        kept, version = _compiled.get(actor.id), actor.org.access_version
        if kept is not None and kept[0] == version:
            subject = kept[1]
        else:
            subject = _keep(actor.id, version, compile_member(actor))
        policies = subject.policies  # as `_used_up`, which costs a tenth of all this to call
        return _as_read(actor, subject) if policies is not None and policies.used_up else subject
    return _other(actor)


def _as_read(actor: Member, subject: Subject) -> Subject:
    """With what they used when `actor` was first asked about since it was read, with its `org`: pages ask many times
    about their reader."""
    kept: tuple[Organization, Subject, Subject] | None = actor.__dict__.get("_as_used")
    if kept is None or kept[0] is not actor.org or kept[1] is not subject:
        kept = actor.org, subject, as_used(actor.org, {actor.pk: subject})[actor.pk]
        actor.__dict__["_as_used"] = kept
    return kept[2]


def _used_up(subject: Subject) -> bool:
    return subject.policies is not None and bool(subject.policies.used_up)


def as_used(org: Organization, found: dict[K, Subject]) -> dict[K, Subject]:
    """Subjects of `org` with what they have used by now. One query where any has used up what they may, else none."""
    moving = {key: subject for key, subject in found.items() if _used_up(subject)}
    if not moving:
        return found
    known = {subject.member_id: subject.policies for subject in moving.values()}
    now = ChainMap(*hooks.call("policies_as_used", org, known))
    return found | {key: replace(subject, policies=now[subject.member_id]) for key, subject in moving.items()}


def kept(org: Organization, member_id: int) -> Subject | None:
    """The subject of a member of `org` that this process keeps, where it is still true but for what they used.

    No query.
    """
    found = _compiled.get(member_id)
    return found[1] if found is not None and found[0] == org.access_version and found[1].org_id == org.pk else None


def of_many(org: Organization, members: Sequence[Member]) -> dict[int, Subject]:
    """Member id → compiled subject of each of `members`, all of `org`.

    `org` must have been read in this request or transaction, with the members or before them. 0 queries for those
    whom this process keeps; those whom it does not cost what `compile_members` costs, and all what `as_used` costs.
    """
    found = {member.pk: subject for member in members if (subject := kept(org, member.pk)) is not None}
    missing = [member for member in members if member.pk not in found]
    for pk, subject in compile_members(org, missing).items():
        found[pk] = _keep(pk, org.access_version, subject)
    return as_used(org, found)


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


def _keep(member_id: int, version: int, subject: Subject) -> Subject:
    if len(_compiled) >= _LIMIT:
        with _evicting:
            _compiled.pop(next(iter(_compiled)), None)
    _compiled[member_id] = (version, subject)
    return subject


def compile_member(member: Member) -> Subject:
    """Read a member's facts from the database as they are now; nothing is kept. At most 6 queries."""
    return compile_members(member.org, [member])[member.pk]


def compile_members(org: Organization, members: Sequence[Member]) -> dict[int, Subject]:
    """Member id → what the database has on each of `members`, all of `org`, now; nothing is kept.

    6 queries for every 2,000 of them, one where their `user` was not read with them, and what the floor above asks.
    """
    found: dict[int, Subject] = {}
    for start in range(0, len(members), _AT_ONCE):
        found |= _compile(org, members[start : start + _AT_ONCE])
    return found


def _compile(org: Organization, members: Sequence[Member]) -> dict[int, Subject]:
    prefetch_related_objects(members, "user")
    user_ids = [member.user_id for member in members]
    proven, guarded = adapter.with_verified_address(user_ids), adapter.with_second_factor(user_ids)
    cells = FeatureOverride.objects.in_force(org).by_cell()
    features = {plan: features_of(plan, cells) for plan in {member.plan for member in members}}
    closed = TrainingModule.objects.closes_to(members)
    held, delegated = grants.levels_of(members), grants.delegated_to(members)
    leads = {pk for pk, levels in held.items() if "lead" in levels.values()}
    policies = ChainMap(*hooks.call("policies_of", org, members, leads))
    return {
        member.pk: Subject(
            **_facts_of(member),
            **_common(org),
            address_verified=member.user_id in proven,
            second_factor=member.user_id in guarded,
            features=features[member.plan],
            untrained=MappingProxyType(closed[member.pk]),
            grants=MappingProxyType(held[member.pk]),
            delegated=delegated[member.pk],
            policies=policies.get(member.pk),
        )
        for member in members
    }


def _facts_of(member: Member) -> dict[str, Any]:
    return {
        "kind": "member",
        "name": str(member.user),
        "member_id": member.pk,
        "user_active": member.user.is_active,
        "role": member.role,
        "plan": member.plan,
        "guest": member.kind == Kind.GUEST,
        "suspended": member.suspended_at is not None,
        "removed": member.removed_at is not None,
        "ends_at": member.ends_at,
    }


def _common(org: Organization) -> dict[str, Any]:
    """What an organization's members have in common."""
    return {
        "org_id": org.pk,
        "org_name": org.name,
        "org_suspended": org.suspended_at is not None,
        "cost_visible_to": org.cost_visible_to,
        "second_factor_from": org.second_factor_from,
        "guests_allowed": org.guests_allowed,
        "external_sharing": org.external_sharing,
        "budget_stopped_until": org.budget_stopped_until,
        "budget_spent_nanos": org.budget_spent_nanos,
        "budget_nanos": org.budget_nanos,
    }


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
