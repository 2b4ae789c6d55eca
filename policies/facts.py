"""What policies know of members: loaded with their compiled subjects, under the same access version.

What changes by the clock (an exception's end, a trial's) is kept as a time and compared at each question.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from orgs.keeping import Keeper
from orgs.models import Kind, Member, Organization
from policies import limits
from policies.engine import EVERYONE, LEVELS, Person, Policy, models_in
from policies.limits import Held, Rules
from policies.models import WHOLE, CatalogueModel, PolicyInForce, Rollout, UseCaseException
from policies.rollouts.courses import courses_of, power_users_among, reached_among
from policies.rollouts.stages import Course, Fall, fall

_AT_ONCE = 5_000  # people asked for in one query: SQLite binds 32,766 values
Published = tuple[Policy, int, str]  # a version: what it says, its number, the name of the department whose it is


@dataclass(frozen=True, slots=True)
class Applied:
    """A policy as it falls on one member: their groups, the models that these name, and where it comes from."""

    policy: Policy
    version: int
    groups: tuple[str, ...]
    models: frozenset[str]
    department: str = ""  # whose policy it is; empty: the organization's
    scope: int = WHOLE


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every name that a model is known by → its own name, and the models that are retired."""

    names: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()


InPolicy = tuple[int, str]  # a group: of whose policy, and its name
ALONE: InPolicy = (WHOLE, "")  # no group


class Given(NamedTuple):
    """An exception as it counts for a member; `group`: who it was given to, with whose policy's it is, or ALONE."""

    use_case: str
    group: InPolicy
    since: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """`policies`: the organization's, then their department's, as far as one was published.

    `newer`: what takes their place, from which moment on, the earliest first, where versions are being rolled out.
    `rollouts`: those of everything else. `limits`: those that hold for them; `used_up`: one of these is, and how much
    is used of it by now is another matter (`as_used`).
    """

    catalogue: Catalogue
    policies: tuple[Applied, ...] = ()
    exceptions: tuple[Given, ...] = ()
    newer: tuple[tuple[datetime, tuple[Applied, ...]], ...] = ()
    rollouts: tuple[Fall, ...] = ()
    limits: tuple[Held, ...] = ()
    used_up: bool = False

    def policies_at(self, now: datetime) -> tuple[Applied, ...]:
        """The policies that count at a moment: which version of each holds for them, nobody decides elsewhere."""
        return next((policies for since, policies in reversed(self.newer) if since <= now), self.policies)

    def excepted(self, use_case: str, at: datetime) -> bool:
        """Whether an exception for it stands at a moment: theirs, or of a group that they are in then."""
        standing = [one for one in self.exceptions if one.use_case == use_case and one.since <= at < one.end]
        return bool(standing) and not {one.group for one in standing}.isdisjoint(
            {ALONE, *_groups(self.policies_at(at))}
        )

    def level_at(self, now: datetime) -> str:
        """The monitoring level of the version on its way that holds for them at a moment; nothing where none does."""
        policies = self.policies_at(now)
        if policies is self.policies:
            return ""  # a department's policy has no level of its own
        return next((one.policy.monitoring_level for one in policies if one.scope == WHOLE), LEVELS[0])


def _groups(policies: Iterable[Applied]) -> set[InPolicy]:
    return {(one.scope, name) for one in policies for name in one.groups}


def of_members(org: Organization, members: Collection[Member], leads: Collection[int]) -> dict[int, Facts]:
    """The facts of members of one organization, by their ids; `leads` names those of them who lead a team.

    What holds for the whole organization is kept under its access version: 0 queries when that is still true, else 6.
    2 more while something is being rolled out, one more where limits are set.
    """
    whole = _whole(org)
    found = _each(whole, [person(member, lead=member.pk in leads) for member in members])
    for pk, mine in limits.of_members(org, whole.limits, members).items():
        found[pk] = replace(found[pk], limits=mine, used_up=any(one.used_up for one in mine))
    return found


def as_used(org: Organization, known: Mapping[int, Facts]) -> dict[int, Facts]:
    """The facts of members, by their ids, with what they have used by now. One query."""
    now = limits.as_used(org, {pk: facts.limits for pk, facts in known.items()})
    return {pk: replace(facts, limits=now[pk]) for pk, facts in known.items()}


def under(
    org: Organization, people: Sequence[Person], scope: int = WHOLE, document: Mapping[str, Any] | None = None
) -> dict[int, Facts]:
    """The facts of `people` as if `document` were the policy of `scope` for everybody (None: as it is), all else as it
    is, but for limits. As `of_members`, for every 5,000 of them.
    """
    whole = _whole(org)
    if document is not None:
        in_force = {**whole.in_force, scope: (Policy.of(document, whole.catalogue.names), 0, "")}
        overtaken = {rollout for rollout, (of, _version) in whole.versions.items() if of == scope}
        whole = replace(whole, in_force=in_force, courses=tuple(c for c in whole.courses if c.id not in overtaken))
    found: dict[int, Facts] = {}
    for start in range(0, len(people), _AT_ONCE):
        found |= _each(whole, people[start : start + _AT_ONCE])
    return found


@dataclass(frozen=True, slots=True)
class _Whole:
    """What policies know of an organization."""

    catalogue: Catalogue
    in_force: Mapping[int, Published]
    exceptions: Collection[UseCaseException]
    courses: tuple[Course, ...] = ()
    versions: Mapping[int, tuple[int, Published]] = field(default_factory=dict)  # rollout → scope, what it is of
    limits: Rules = field(default_factory=dict)
    trials: tuple[tuple[int, datetime], ...] = ()  # versions that run report-only: number, until when


# Per process: organization's id → (access_version, what holds for all of it).
_kept: dict[int, tuple[int, _Whole]] = {}
_keeper = Keeper(1_000)


def _whole(org: Organization) -> _Whole:
    version, found = _kept.get(org.pk, (0, None))
    if found is None or version != org.access_version:
        rules = limits.rules_of(org.pk)
        catalogue = catalogue_of(org)
        courses = courses_of(org, catalogue.names)
        forces = _forces(org)
        trials = tuple((row.trial.number, row.trial_until) for row in forces if row.trial and row.trial_until)
        versions, in_force = versions_of(courses, catalogue.names), _policies(forces, catalogue.names)
        found = _Whole(catalogue, in_force, exceptions_of(org), courses, versions, rules, trials)
        _keeper.keep(_kept, org.pk, (org.access_version, found))
    return found


def limits_set(org: Organization) -> Rules:
    """Every limit of `org`, which was read in this request. No query where it is kept, else 6."""
    return _whole(org).limits


def trials(org: Organization) -> tuple[tuple[int, datetime], ...]:
    """The versions that run report-only, with the moments that end it; kept as `of_members` keeps it."""
    return _whole(org).trials


def person(member: Member, *, lead: bool) -> Person:
    """A member as policies look at them. No query."""
    guest = member.kind == Kind.GUEST
    return Person(member.pk, member.role, member.department_id or 0, member.team_id or 0, lead, guest)


def _each(whole: _Whole, people: Sequence[Person]) -> dict[int, Facts]:
    """The facts of each, without their limits. At most 2 queries; none where nothing is being rolled out."""
    ids = [who.id for who in people]
    reached, power = reached_among(whole.courses, ids), power_users_among(whole.courses, ids)
    return {who.id: _facts(whole, who, reached.get(who.id, {}), power=who.id in power) for who in people}


def _facts(whole: _Whole, who: Person, reached: Mapping[int, datetime], *, power: bool) -> Facts:
    scopes = dict.fromkeys((WHOLE, who.department))
    applied = {scope: apply(who, *whole.in_force[scope], scope) for scope in scopes if scope in whole.in_force}
    inside = {name for one in applied.values() for name in one.groups} or {EVERYONE}
    falls = [fall(one, who, inside, power=power, reached=reached.get(one.id)) for one in whole.courses]
    newer = _newer(whole, who, applied, falls)
    groups = _groups(applied.values()).union(*(_groups(policies) for _since, policies in newer))
    mine = [e for e in whole.exceptions if e.member_id == who.id or (e.scope, e.group) in groups]
    excepted = tuple(Given(e.use_case, (e.scope, e.group), e.granted_at, e.ended_at or e.ends_at) for e in mine)
    others = tuple(one for one in falls if one.course.kind != Rollout.Kind.POLICY)
    return Facts(whole.catalogue, tuple(applied.values()), excepted, newer, others)


def _newer(
    whole: _Whole, who: Person, applied: Mapping[int, Applied], falls: Collection[Fall]
) -> tuple[tuple[datetime, tuple[Applied, ...]], ...]:
    """The versions that are being rolled out, in place of those in force, from when each reaches them.

    A department's says nothing to anybody outside of it.
    """
    there = ((one.since, *whole.versions[one.course.id]) for one in falls if one.course.id in whole.versions)
    reaching = [(since, scope, of) for since, scope, of in there if since and scope in (WHOLE, who.department)]
    found, held = [], dict(applied)
    for since, scope, version in sorted(reaching, key=itemgetter(0, 1)):
        held[scope] = apply(who, *version, scope)
        found.append((since, tuple(held[scope] for scope in sorted(held))))
    return tuple(found)


def apply(who: Person, policy: Policy, version: int, department: str = "", scope: int = WHOLE) -> Applied:
    """A policy as it falls on `who`. No query."""
    groups = policy.groups_of(who)
    return Applied(policy, version, tuple(group.name for group in groups), models_in(groups), department, scope)


def policies_of(org: Organization, models: Mapping[str, str] | None = None) -> dict[int, Published]:
    """What is in force: scope → (policy, version, department's name or nothing). One query.

    `models`: every name of a model → its own name, as the catalogue has it.
    """
    return _policies(_forces(org), models)


def _forces(org: Organization) -> list[PolicyInForce]:
    rows = PolicyInForce.objects.filter(org=org).select_related("version", "trial")
    return sorted(rows, key=attrgetter("scope"))


def _policies(forces: Iterable[PolicyInForce], models: Mapping[str, str] | None) -> dict[int, Published]:
    versions = [row.version for row in forces if row.version is not None]
    return {row.scope: (Policy.of(row.document, models), row.number, row.scope_name) for row in versions}


def versions_of(courses: Collection[Course], models: Mapping[str, str]) -> dict[int, tuple[int, Published]]:
    """Rollout → whose version it is of, and the version. One query; none where no version is being rolled out."""
    ids = [one.id for one in courses if one.kind == Rollout.Kind.POLICY]
    rows = Rollout.objects.filter(pk__in=ids).select_related("version") if ids else ()
    found = ((row.pk, row.version) for row in rows if row.version is not None)
    return {pk: (row.scope, (Policy.of(row.document, models), row.number, row.scope_name)) for pk, row in found}


def judging(org: Organization, models: Mapping[str, str] | None = None) -> list[tuple[int, Published]]:
    """The policies that judge somebody, each with its scope: those in force, and versions that are being rolled out.

    2 queries.
    """
    going = Rollout.objects.filter(org=org, kind=Rollout.Kind.POLICY).going_on().select_related("version")
    versions = [one.version for one in going if one.version is not None]
    reaching = [(row.scope, (Policy.of(row.document, models), row.number, row.scope_name)) for row in versions]
    return [*policies_of(org, models).items(), *reaching]


def catalogue_of(org: Organization) -> Catalogue:
    """The organization's catalogue as decisions look at it. One query."""
    rows = list(CatalogueModel.objects.filter(org=org))
    retired = frozenset(row.name for row in rows if row.status == CatalogueModel.Status.RETIRED)
    return Catalogue({name: row.name for row in rows for name in row.names}, retired)


def exceptions_of(org: Organization) -> list[UseCaseException]:
    """Those that were ever given; their moments are compared at each question, late words among them. One query."""
    return list(UseCaseException.objects.filter(org=org))
