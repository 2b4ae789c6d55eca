"""Members whom the engine cannot tell apart where no place is asked about: one of each kind is asked for all of them.

The database counts the others, so that 10,000 members cost little more than ten.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from orgs import subjects
from orgs.access import Action, ask, uses
from orgs.adapter.people import proven
from orgs.decision import REFUSES
from orgs.models import Member, Organization, TrainingModule
from orgs.models.members import MemberQuerySet
from orgs.subjects import Subject
from policies import facts
from policies.models import PowerUser, Reached, Rollout
from policies.people import NAMED, First, Some, leading, named_in
from policies.rollouts.courses import courses_of
from policies.rollouts.stages import Course


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about: a model, or a feature; of anything else only a place can be asked."""

    kind: str
    what: str

    @classmethod
    def of(cls, rollout: Rollout | Course) -> "Thing":
        return cls(rollout.kind, rollout.what)

    @property
    def can_be_asked(self) -> bool:
        return self.kind in (Rollout.Kind.MODEL, Rollout.Kind.FEATURE)

    def refused_to(self, subject: Subject, now: datetime) -> frozenset[str]:
        """The layers that refuse it to `subject` for longer: neither a rollout nor what is used up. No query."""
        return self._refusing(subject, now) - {"rollout", "limit"}

    def had_by(self, subject: Subject, now: datetime) -> bool:
        """Whether `subject` has it now, though perhaps used up. No query."""
        return not self._refusing(subject, now) - {"limit"}

    def _refusing(self, subject: Subject, now: datetime) -> frozenset[str]:
        if self.kind == Rollout.Kind.FEATURE:
            asked = uses(subject, self.what, now)
        else:
            asked = ask(subject, Action.MODEL_USE, None, now, {"model": self.what}, trace=True)
        return frozenset(step.layer for step in (*asked.steps, asked.deciding) if step.verdict is REFUSES)


@dataclass(frozen=True, slots=True)
class Alike:
    """Some members, the subject of one of them who stands for all, and those rollouts of `things` that reached them."""

    subject: Subject
    some: Some
    reached: frozenset[int]


def alike(org: Organization, members: MemberQuerySet, now: datetime, things: Collection[Thing]) -> list[Alike]:
    """Members of `org` by what the engine can tell apart in questions about `things`.

    `org` must have been read in this request. 8 queries and, where nothing is kept, those of `subjects.of_many`; at any
    number of members.
    """
    courses = courses_of(org, facts.catalogue_of(org).names)
    reached = _reached(courses, things)
    apart = {**reached, **_people(org, courses), **_standing(now), **_untrained(org, things)}
    by = (*apart, "role", "plan", "department_id", "team_id", "kind")
    rows = (
        members.annotate(**apart)
        .annotate(
            count=Window(Count("pk"), partition_by=by),
            place=Window(RowNumber(), partition_by=by, order_by=("listed_as", "pk")),
        )
        .filter(place__lte=NAMED)
        .order_by("listed_as", "pk")
        .values_list(*by, "count", "pk", F("user__name"), F("user__email"))
    )
    found: dict[tuple[Any, ...], Some] = {}
    for place, (*key, count, pk, name, email) in enumerate(rows):
        before = found[tuple(key)].first if tuple(key) in found else ()
        found[tuple(key)] = Some(count, (*before, First(place, pk, name or email, email)))
    standing_for = {some.first[0].id for some in found.values()}
    asked = subjects.of_many(org, list(Member.objects.filter(pk__in=standing_for).select_related("user")))
    rollouts = [int(name.removeprefix("reached_")) for name in reached]
    return [Alike(asked[some.first[0].id], some, frozenset(compress(rollouts, key))) for key, some in found.items()]


def _people(org: Organization, courses: Collection[Course]) -> dict[str, Any]:
    """What groups and audiences look at, beside what stands in a member's row. 2 queries."""
    versions = [published for _scope, published in facts.versions_of(courses, {}).values()]
    judging = [policy for policy, _number, _name in (*facts.policies_of(org).values(), *versions)]
    found: dict[str, Any] = {
        "alone": Case(When(pk__in=named_in(judging), then="pk"), default=0),
        "lead": _whether(Q(user__in=leading(org))),
    }
    if any(step.audience.power_users for course in courses for step in course.steps):
        found["power"] = Exists(PowerUser.objects.filter(member=OuterRef("pk")))
    return found


def _standing(now: datetime) -> dict[str, Any]:
    return {
        "suspended": _whether(Q(suspended_at__isnull=False)),
        "over": _whether(Q(ends_at__isnull=False, ends_at__lte=now)),
        "open": F("user__is_active"),
        "proven": _whether(Q(user__in=proven())),
    }


def _reached(courses: Collection[Course], things: Collection[Thing]) -> dict[str, Any]:
    """Whom a version on its way has reached, and each rollout of these things. No query."""
    named = {(thing.kind, thing.what) for thing in things}
    asked = (one.id for one in courses if one.kind == Rollout.Kind.POLICY or (one.kind, one.what) in named)
    return {f"reached_{id_}": Exists(Reached.objects.filter(rollout=id_, member=OuterRef("pk"))) for id_ in asked}


def _untrained(org: Organization, things: Collection[Thing]) -> dict[str, Any]:
    """Whom a training module keeps out of these features. One query where features are asked about."""
    features = {thing.what for thing in things if thing.kind == Rollout.Kind.FEATURE}
    required = TrainingModule.objects.filter(org=org, archived_at=None, required=True) if features else ()
    found = {}
    for module in required:
        if not features.isdisjoint(module.features):
            waits = ~Exists(module.passes.filter(member=OuterRef("pk")))
            meant = Q() if module.audience == module.Audience.EVERYONE else Q(joined_at__gte=module.created_at)
            found[f"untrained_{module.pk}"] = _whether(Q(waits) & meant)
    return found


def _whether(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, BooleanField())
