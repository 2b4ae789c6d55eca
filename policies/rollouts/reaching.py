"""Reaching people: the steps that deeds on rollouts have in common. Called inside an act."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, QuerySet

from orgs.models import Member
from orgs.models.members import MemberQuerySet
from policies import levels
from policies.models import Feedback, Reached, Rollout, Stage
from policies.rollouts.audiences import before, named, to_reach
from policies.rollouts.courses import course
from policies.rollouts.gates import Answers, Gate, gates_of
from policies.rollouts.stages import Audience

_AT_ONCE = 1_000


def stages_of(rollout: Rollout) -> list[Stage]:
    """Its stages in order, read anew. One query."""
    return list(Stage.objects.filter(rollout=rollout).order_by("position"))


def last_begun(stages: Sequence[Stage]) -> Stage | None:
    return next((stage for stage in reversed(stages) if stage.begun_at is not None), None)


def to_come(stages: Sequence[Stage]) -> Stage | None:
    return next((stage for stage in stages if stage.begun_at is None), None)


def begin(rollout: Rollout, stage: Stage, at: datetime) -> int:
    """Let a stage begin and reach whom it names; how many were not reached before. About 5 queries."""
    stage.begun_at = stage.judged_from = at
    stage.met_at = None if stage.has_gates else at
    stage.used_by = stage.messages = stage.refusals = 0
    stage.save()
    return reach(rollout, stage, at)


def reach(rollout: Rollout, stage: Stage, at: datetime) -> int:
    """Keep whom a stage names now and no stage reached yet; how many. About 3 queries, one more per thousand."""
    found = to_reach(rollout, stage).order_by("pk")
    rows = [
        Reached(rollout=rollout, member_id=pk, position=stage.position, at=at)
        for pk in found.values_list("pk", flat=True)
    ]
    if rows:
        levels.reached(rollout, found, at=at)  # before they are kept: from then on nobody is to be reached
        Reached.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return len(rows)


def whom(reached: QuerySet[Reached]) -> MemberQuerySet:
    """Those whom these rows have reached. Not read."""
    return Member.objects.filter(pk__in=reached.values("member_id"))


def take_back(rollout: Rollout, stage: Stage, at: datetime) -> int:
    """Take what a stage gave from whom no earlier stage names now, and tell them; how many.

    The others have it by the earlier stage, since when they have. About 8 queries, and one or two per earlier stage.
    """
    mine = Reached.objects.filter(rollout=rollout, position=stage.position)
    for earlier in before(stage):
        staying = named(rollout.org, Audience.of(earlier.audience))
        mine.filter(member__in=staying.values("pk")).update(position=earlier.position)
    levels.reached(rollout, whom(mine), at=at, taken_back=True)
    return mine.delete()[0]


def catch_up(rollout: Rollout, at: datetime) -> list[Stage]:
    """Let the stages begin that the clock has begun, and keep whom the others name since; those that began now.

    Decisions need none of this: they compare the clock themselves. What it keeps stays true when somebody is moved.
    """
    stages = stages_of(rollout)
    for stage in stages:
        if stage.begun_at is not None:
            reach(rollout, stage, at)
    moments = course(rollout_with(rollout, stages)).begins()
    due = [s for s, moment in zip(stages, moments, strict=True) if s.begun_at is None and moment and moment <= at]
    for stage in due:
        begin(rollout, stage, at)
    return due


def rollout_with(rollout: Rollout, stages: Sequence[Stage]) -> Rollout:
    """The rollout that knows its stages already, as `prefetch_related` would have it."""
    rollout._prefetched_objects_cache = {"stages": stages}  # type: ignore[attr-defined]
    return rollout


def not_met(rollout: Rollout, stages: Sequence[Stage], at: datetime) -> list[Gate]:
    """The gates of the stage that a rollout is in that are not met. At most one query."""
    current = last_begun(stages)
    if current is None:
        return []
    return [gate for gate in gates_of(current, answers_since(rollout, current.judged_from), at) if not gate.met]


def answers_since(rollout: Rollout, since: datetime | None) -> Answers:
    """The scores that were given since a moment. One query."""
    rows = Feedback.objects.filter(rollout=rollout).exclude(score=None)
    found = (rows.filter(at__gte=since) if since else rows).aggregate(n=Count("pk"), mean=Avg("score"))
    return Answers(found["n"], None if found["mean"] is None else Decimal(str(round(found["mean"], 2))))
