"""What is looked at, and kept, of what people write: decided by the level in force before anything is written.

`minimal`, and no published policy: nothing is looked at and nothing kept; usage counts. `standard`: titles, and the
text of messages that a line of the policy flags. `full`: every text, too (product.md 4). The level is that of the
organization's own policy; the lines are also those of the departments' policies, for their people. Whom a version has
reached that is being rolled out stands under its level and its lines: `Facts.policies_at` says which version holds.
Nobody's level is raised before they were told: `LevelChange` keeps since when each stands under which.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from django.db.models import OuterRef, Q, QuerySet, Subquery

from orgs import subjects
from orgs.keeping import Keeper
from orgs.models import Member, Organization
from policies import facts
from policies.engine import EFFECTS, LEVELS, Policy
from policies.facts import Facts, Published
from policies.models import WHOLE, HeardConversation, LevelChange, PolicyInForce, Rollout
from policies.recognising import Found, Recogniser

MINIMAL, STANDARD, FULL = LEVELS


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a policy that a message falls under: which version of whose policy, and what told the use case."""

    use_case: str
    effect: str
    phrase: str
    number: int
    name: str  # the department whose policy it is; empty: the organization's


class Watch:
    """An organization's policies as messages are held against them."""

    def __init__(
        self,
        policies: Mapping[int, Published],
        rollouts: Collection[Rollout] = (),
        changes: Sequence[LevelChange] = (),  # of everybody's level, the newest first
        since: Mapping[tuple[str, int], datetime] | None = None,  # of versions in force, by whose and number
        *,
        apart: bool = False,
    ) -> None:
        whole = policies.get(WHOLE)
        self.level = whole[0].monitoring_level if whole else MINIMAL
        self.number = whole[1] if whole else 0  # of the version in force; 0: none was published
        self.rolling = bool(rollouts)  # a version is being rolled out: then people's own policies say what counts
        self.coming = {row.name: level for row in rollouts if (level := level_brought(row)) not in ("", self.level)}
        self.apart = apart  # some were told of another level than everybody
        self._policies, self._changes, self._since = policies, changes, since or {}

    @cached_property
    def _recognisers(self) -> dict[int, tuple[Recogniser, int, str]]:
        found = self._policies.items()
        return {scope: (Recogniser(policy.use_cases.values()), number, name) for scope, (policy, number, name) in found}

    @property
    def listens(self) -> bool:
        """Whether anybody's level lets anything be looked at that comes from outside."""
        return any(level != MINIMAL for level in (self.level, *self.coming.values()))

    def level_at(self, moment: datetime) -> str:
        """The level in force at a moment, which is today's unless a change is known that came later. No query."""
        if not self._changes or self._changes[0].since <= moment:
            return self.level
        return next((one.level for one in self._changes if one.since <= moment), MINIMAL)

    def stands(self, known: Facts | None, told: Sequence[LevelChange], at: datetime) -> str:
        """The level under which somebody stands at a moment: the one that holds for them, where they were told of it.

        `told`: the changes of theirs alone, the newest first. Of nobody known the level in force. No query.
        """
        everybodys = self.level_at(at)
        holds = (known.level_at(at) if known is not None else "") or everybodys
        mine = next((one for one in told if one.since <= at), None)
        last = next((one for one in self._changes if one.since <= at), None)
        later = mine is not None and (last is None or (last.since, last.pk) < (mine.since, mine.pk))
        return min(holds, mine.level if mine is not None and later else everybodys, key=LEVELS.index)

    def keeps(self, known: Facts | None, told: Sequence[LevelChange], at: datetime, now: datetime) -> str:
        """The level by which words written `at` are kept: the lower of the author's then and now. No query."""
        return min(self.stands(known, told, at), self.stands(known, told, now), key=LEVELS.index)

    def was_there(self, line: Line, at: datetime) -> bool:
        """Whether a line was in force at a moment already; of a version on its way its people know by themselves."""
        return self._since.get((line.name, line.number), at) <= at

    def lines(self, text: str, tag: str = "", *, department: int = 0) -> tuple[Line, ...]:
        """The lines that a message of somebody in `department` falls under: the strictest first. No query."""
        scopes = dict.fromkeys((WHOLE, department))
        return _lines((self._recognisers[scope] for scope in scopes if scope in self._recognisers), text, tag)


def lines_of(known: Facts, text: str, tag: str, at: datetime) -> tuple[Line, ...]:
    """The same for whose policies are at hand, as they were at a moment. No query."""
    applied = known.policies_at(at)
    return _lines(((_recogniser(one.policy), one.version, one.department) for one in applied), text, tag)


def _lines(held: Iterable[tuple[Recogniser, int, str]], text: str, tag: str) -> tuple[Line, ...]:
    found = (_line(one, number, name) for known, number, name in held for one in known.found(text, tag))
    return tuple(sorted(found, key=lambda line: EFFECTS.index(line.effect)))


def _line(found: Found, number: int, name: str) -> Line:
    return Line(found.use_case.id, found.use_case.effect, found.phrase, number, name)


def use_cases_in(member: Member, text: str, now: datetime) -> dict[str, tuple[str, ...]]:
    """What the engine is to be asked of a text beside: the use cases that the policies of `member` know it by.

    Nothing where there are none. No query beyond the member's subject.
    """
    return told_by(subjects.of(member).policies, text, now)


def told_by(known: Facts | None, text: str, now: datetime) -> dict[str, tuple[str, ...]]:
    """The same for whose policies are at hand. No query."""
    policies = known.policies_at(now) if known is not None else ()
    found = (one.use_case.id for applied in policies for one in _recogniser(applied.policy).found(text))
    named = tuple(dict.fromkeys(found))
    return {"use_case": named} if named else {}


# Per process: id of a policy → the policy, which keeps the id its own, and what knows its use cases.
_recognisers: dict[int, tuple[Policy, Recogniser]] = {}
_recogniser_keeper = Keeper(1_000)


def _recogniser(policy: Policy) -> Recogniser:
    found = _recognisers.get(id(policy))
    if found is None:
        found = policy, Recogniser(policy.use_cases.values())
        _recogniser_keeper.keep(_recognisers, id(policy), found)
    return found[1]


# Per process: organization's id → (access_version, watch).
_kept: dict[int, tuple[int, Watch]] = {}
_keeper = Keeper(1_000)


def of(org: Organization) -> Watch:
    """How an organization's messages are watched. `org` must have been read in this request or transaction.

    0 queries where its access version is the one that this process knows, else 5.
    """
    version, watch = _kept.get(org.pk, (0, None))
    if watch is None or version != org.access_version:
        rollouts = Rollout.objects.filter(org=org, kind=Rollout.Kind.POLICY).going_on().select_related("version")
        changes, apart = LevelChange.objects.filter(org=org, member=None), LevelChange.objects.of_some(org).exists()
        forces = PolicyInForce.objects.filter(org=org).exclude(version=None).select_related("version")
        versions = [(row.version, row.since) for row in forces if row.version is not None]
        since = {(one.scope_name, one.number): since or one.published_at for one, since in versions}
        watch = Watch(facts.policies_of(org), list(rollouts), list(changes), since, apart=apart)
        _keeper.keep(_kept, org.pk, (org.access_version, watch))
    return watch


def level_brought(rollout: Rollout) -> str:
    """The monitoring level of the version that a rollout is of; nothing where it is of no organization's policy."""
    version = rollout.version
    return str(version.document["monitoring_level"]) if version is not None and version.scope == WHOLE else ""


def known(org: Organization, members: Sequence[Member]) -> dict[int, Facts]:
    """Member → what policies know of them. The queries of their subjects, where any."""
    found = subjects.of_many(org, members) if members else {}
    return {pk: subject.policies for pk, subject in found.items() if subject.policies is not None}


def levels(org: Organization, member_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Member → the level under which they stand, where it may be another than the organization's: `of(org).level`.

    Empty, without a query, where everybody was told of the same. Else one; while a version is being rolled out that
    brings another, one more and those of `known`.
    """
    watch = of(org)
    if not member_ids or not (watch.coming or watch.apart):
        return {}
    reading = Member.objects.filter(org=org, pk__in=member_ids).select_related("user") if watch.coming else ()
    has, told = known(org, list(reading)), told_each(org, member_ids)
    return {pk: watch.stands(has.get(pk), told.get(pk, ()), now) for pk in member_ids}


def told_each(org: Organization, member_ids: Collection[int]) -> dict[int | None, list[LevelChange]]:
    """Member → the changes of their level alone, the newest first. One query."""
    found: dict[int | None, list[LevelChange]] = {}
    for change in LevelChange.objects.filter(org=org, member__in=member_ids):
        found.setdefault(change.member_id, []).append(change)
    return found


def told_of_minimal(org: Organization) -> QuerySet[HeardConversation]:
    """The conversations of those who were told of no higher level than `minimal`. Not read."""
    told = LevelChange.objects.filter(Q(member=None) | Q(member=OuterRef("member_id")), org=org)
    heard = HeardConversation.objects.annotate(told=Subquery(told.values("level")[:1]))
    found: QuerySet[HeardConversation] = heard.filter(org=org, member__isnull=False, told=MINIMAL)
    return found


def full_since(org: Organization, member_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Member → since when they stand under `full`, as they were told; whoever does not is left out.

    One query, and those of `levels`.
    """
    watch, own = of(org), levels(org, member_ids, now)
    changes = list(LevelChange.objects.filter(Q(member=None) | Q(member__in=member_ids), org=org))
    found = {}
    for pk in member_ids:
        mine = (one for one in changes if one.member_id in (None, pk))
        told = list(takewhile(lambda one: one.level == FULL, mine))
        if told and own.get(pk, watch.level) == FULL:
            found[pk] = told[-1].since
    return found
