"""Rollouts as they are loaded for decisions: the courses of an organization, and whom they reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import F, Prefetch

from orgs.models import Organization
from policies.models import PowerUser, Reached, Rollout, Stage
from policies.rollouts.stages import Audience, Course, Step


def courses_of(org: Organization, models: Mapping[str, str]) -> tuple[Course, ...]:
    """Of each thing the rollout that was started last, unless it is finished: then everybody has it. At most 2 queries.

    Of the policy's versions a discarded rollout says nothing: the version before it counts for everybody. `models`:
    every name of a model → its own name today, by which a rollout counts whatever the model was called when planned.
    """
    stages = Prefetch("stages", Stage.objects.order_by("position"))
    found = Rollout.objects.filter(org=org, started_at__isnull=False).annotate(scope=F("version__scope"))
    rows = sorted(found.prefetch_related(stages), key=attrgetter("started_at", "pk"))
    last = {_thing(row, models): row for row in rows}
    return tuple(replace(course(row), what=what_today(row, models)) for row in last.values() if _still_says(row))


def what_today(rollout: Rollout, models: Mapping[str, str]) -> str:
    """What a rollout is of, a model by its own name today. No query."""
    return models.get(rollout.what, rollout.what) if rollout.kind == Rollout.Kind.MODEL else rollout.what


def _thing(rollout: Any, models: Mapping[str, str]) -> tuple[str, Any]:
    """What no two rollouts are of at once: versions of a policy take turns."""
    return rollout.kind, rollout.scope if rollout.kind == Rollout.Kind.POLICY else what_today(rollout, models)


def _still_says(rollout: Rollout) -> bool:
    return rollout.finished_at is None and (rollout.discarded_at is None or rollout.kind != Rollout.Kind.POLICY)


def course(rollout: Rollout) -> Course:
    """A rollout as a value. No query where its stages were read with it."""
    steps = tuple(_step(stage) for stage in rollout.stages.all())
    return Course(rollout.pk, rollout.kind, rollout.what, rollout.label, rollout.name, rollout.state, steps)


def _step(stage: Stage) -> Step:
    return Step(
        stage.name,
        Audience.of(stage.audience),
        stage.starts_at,
        begun=stage.begun_at is not None,
        free=stage.met_at is not None or not stage.has_gates,
    )


def reached_among(courses: Sequence[Course], member_ids: Collection[int]) -> dict[int, dict[int, datetime]]:
    """Member → those of these rollouts that reached them, and when. One query; none where there are no rollouts."""
    found: dict[int, dict[int, datetime]] = {}
    if courses:
        rows = Reached.objects.filter(rollout__in=[one.id for one in courses], member__in=member_ids)
        for rollout, member, at in rows.values_list("rollout_id", "member_id", "at"):
            found.setdefault(member, {})[rollout] = at
    return found


def power_users_among(courses: Sequence[Course], member_ids: Collection[int]) -> set[int]:
    """Those of these members who are power users. One query; none where no stage asks for them."""
    if not any(step.audience.power_users for one in courses for step in one.steps):
        return set()
    return set(PowerUser.objects.filter(member__in=member_ids).values_list("member_id", flat=True))
