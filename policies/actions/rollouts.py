"""Deeds on rollouts: make one, start it, take it from stage to stage, hold it, end it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, act
from orgs.models import Member, Organization
from policies import levels
from policies.actions.drafts import document_is_sound
from policies.models import CatalogueModel, PolicyVersion, Rollout, Stage
from policies.obstacles import rollout_goes_further
from policies.publishing import comes_into_force, in_force
from policies.rollouts import power, reaching


@dataclass(frozen=True, slots=True)
class Planned:
    """A stage as it is planned."""

    name: str
    audience: Mapping[str, Any] = field(default_factory=dict)
    starts_at: datetime | None = None
    least_people: int = 0
    least_days: int = 0
    highest_refusals: int | None = None
    lowest_score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What is rolled out: its kind, what identifies it, what it is called."""

    kind: str
    what: str
    label: str
    version: PolicyVersion | None = None


def create(actor: Actor, org: Organization, thing: Thing, *, name: str, stages: Sequence[Planned]) -> Rollout:
    """Plan a rollout; nothing changes for anybody before it is started. Whoever plans it is told of failed gates.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: another rollout of the same thing is not over, or there is no stage; a version of a policy that is in
            force, or while a newer one is.
    """
    with act(actor, Action.ROLLOUT_MANAGE, org) as entry:
        no_other_is_open(org, thing)
        said = {"kind": thing.kind, "what": thing.what, "label": thing.label, "version": thing.version}
        owner = actor if isinstance(actor, Member) else None
        rollout = Rollout(org=org, name=name, owner=owner, created_at=entry.at, **said)
        rollout_goes_further(rollout)
        entry.made(rollout)
        rollout.save(force_insert=True)
        _plan(rollout, 0, stages, entry.at)
        entry.detail = {"stages": [stage.name for stage in stages]}
    return rollout


def revise(actor: Actor, rollout: Rollout, *, name: str, stages: Sequence[Planned]) -> None:
    """Plan the stages anew that have not begun; those that have stay as they are.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: the rollout is over, or no stage would be left.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        is_open(rollout)
        rollout.name = name
        rollout.save(update_fields=["name"])
        if rollout.state == Rollout.State.RUNNING:
            reaching.catch_up(rollout, entry.at)
        before = _told(rollout)
        begun = Stage.objects.filter(rollout=rollout).exclude(begun_at=None)
        Stage.objects.filter(rollout=rollout, begun_at=None).delete()
        _plan(rollout, begun.count(), stages, entry.at)
        entry.also["stages"] = before, _told(rollout)


def start(actor: Actor, rollout: Rollout) -> None:
    """Start a rollout: from now on only those whom it reached have what it is of. The first stage begins, or waits.

    A version that ran report-only does so no longer: it refuses for whom it reached.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it was started before; a version of a policy that is in force, or while a newer one is, or while
            another one is on its way.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        is_open(rollout)
        if rollout.started_at is not None:
            raise Refused(_("“%(name)s” was started before.") % {"name": rollout}, page="rollouts")
        rollout_goes_further(rollout, starts=True)
        rollout.started_at = entry.at
        rollout.save(update_fields=["started_at"])
        _end_its_trial(rollout)
        first = reaching.stages_of(rollout)[0]
        if first.starts_at is None or first.starts_at <= entry.at:
            _began(entry, first, reaching.begin(rollout, first, entry.at))


def advance(actor: Actor, rollout: Rollout, *, reason: str = "") -> None:
    """Begin the next stage now, whatever its date and the gates before it say; for a `reason` where they are not met.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it is not running, or no stage is left; a newer version of the policy is in force; gates are not met,
            and no reason is given.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        is_running(rollout)
        rollout_goes_further(rollout)
        reaching.catch_up(rollout, entry.at)
        stages = reaching.stages_of(rollout)
        following = reaching.to_come(stages)
        if following is None:
            text = _("Every stage of “%(name)s” has begun. Finish it, and everybody has %(what)s.")
            raise Refused(text % {"name": rollout, "what": rollout.label}, page="rollouts")
        if not reason and reaching.not_met(rollout, stages, entry.at):
            raise Refused(_("Say why the next stage begins before the gates are met."), page="rollouts")
        _began(entry, following, reaching.begin(rollout, following, entry.at))
        entry.detail |= {"reason": reason} if reason else {}


def pause(actor: Actor, rollout: Rollout, *, reason: str = "") -> None:
    """Hold a rollout: whoever was reached keeps what it is of, nobody new gets it, no date begins a stage.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it is not running.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        is_running(rollout)
        reaching.catch_up(rollout, entry.at)
        rollout.paused_at, rollout.pause_reason = entry.at, reason
        rollout.save(update_fields=["paused_at", "pause_reason"])


def resume(actor: Actor, rollout: Rollout) -> None:
    """Let a rollout go on. Refusals and scores of the stage it is in count from now.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it is not paused; a newer version of the policy is in force.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        if rollout.state != Rollout.State.PAUSED:
            raise Refused(_("“%(name)s” is not paused.") % {"name": rollout}, page="rollouts")
        rollout_goes_further(rollout)
        rollout.paused_at, rollout.pause_reason = None, ""
        rollout.save(update_fields=["paused_at", "pause_reason"])
        stage = reaching.last_begun(reaching.stages_of(rollout))
        if stage is not None and stage.has_gates:
            stage.judged_from, stage.met_at, stage.measured_at = entry.at, None, None
            stage.used_by = stage.messages = stage.refusals = 0
            stage.save()


def go_back(actor: Actor, rollout: Rollout) -> None:
    """Take the last stage back: whom it reached loses what the rollout is of, unless an earlier one names them too.

    It then begins by hand.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: the rollout does not go on, or no stage has begun.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        goes_on(rollout)
        if rollout.state == Rollout.State.RUNNING:
            reaching.catch_up(rollout, entry.at)
        stage = reaching.last_begun(reaching.stages_of(rollout))
        if stage is None:
            raise Refused(_("No stage of “%(name)s” has begun.") % {"name": rollout}, page="rollouts")
        people = reaching.take_back(rollout, stage, entry.at)
        stage.begun_at = stage.starts_at = stage.met_at = stage.measured_at = None
        stage.save()
        entry.also["stage"] = stage.name, None
        entry.detail = {"people": people}


def finish(actor: Actor, rollout: Rollout) -> None:
    """End a rollout: everybody has what it is of; a version of the policy comes into force.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it does not go on; a version of the policy while a newer one is in force, or that names a model that
            is gone meanwhile.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        goes_on(rollout)
        rollout_goes_further(rollout)
        version = rollout.version
        if version is not None:
            document_is_sound(rollout.org, version.document)
        rollout.finished_at, rollout.paused_at = entry.at, None
        rollout.save(update_fields=["finished_at", "paused_at"])
        if version is not None:
            comes_into_force(entry, in_force(rollout.org, version.scope), version)


def discard(actor: Actor, rollout: Rollout) -> None:
    """End a rollout: nobody has what it is of until another rollout of it starts; the policy in force counts for all.

    One that was never started changes nothing for anybody.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it is over already.
    """
    with act(actor, Action.ROLLOUT_MANAGE, rollout) as entry:
        is_open(rollout)
        rollout.discarded_at, rollout.paused_at = entry.at, None
        rollout.save(update_fields=["discarded_at", "paused_at"])
        levels.reached(rollout, reaching.whom(rollout.reached.all()), at=entry.at, taken_back=True)


def _plan(rollout: Rollout, begun: int, stages: Sequence[Planned], at: datetime) -> None:
    if not begun and not stages:
        raise Refused(_("A rollout has at least one stage."), page="rollouts")
    if any(planned.audience.get("power_users") for planned in stages):
        power.know(rollout.org, at)
    Stage.objects.bulk_create(
        Stage(
            rollout=rollout,
            position=position,
            name=planned.name,
            audience=dict(planned.audience),
            starts_at=planned.starts_at,
            least_people=planned.least_people,
            least_days=planned.least_days,
            highest_refusals=planned.highest_refusals,
            lowest_score=planned.lowest_score,
        )
        for position, planned in enumerate(stages, begun + 1)
    )


def _told(rollout: Rollout) -> list[list[Any]]:
    """Its stages as the log keeps them."""
    return [
        [
            *(stage.name, stage.audience, stage.starts_at.isoformat() if stage.starts_at else None),
            *(stage.least_people, stage.least_days, stage.highest_refusals),
            None if stage.lowest_score is None else str(stage.lowest_score),
        ]
        for stage in reaching.stages_of(rollout)
    ]


def _began(entry: Entry, stage: Stage, people: int) -> None:
    entry.also["stage"] = None, stage.name
    entry.detail = {"people": people}


def no_other_is_open(org: Organization, thing: Thing) -> None:
    """Raises Refused when another rollout of the same thing is not over."""
    model = CatalogueModel.objects.filter(org=org).named(thing.what) if thing.kind == Rollout.Kind.MODEL else None
    names = model.names if model else (thing.what,)
    other = Rollout.objects.filter(org=org, kind=thing.kind, what__in=names).open()
    if (found := other.first()) is not None:
        text = _("“%(name)s” is a rollout of %(what)s already. Finish or discard it first.")
        raise Refused(text % {"name": found, "what": thing.label}, page="rollouts")


def _end_its_trial(rollout: Rollout) -> None:
    """Let the version of a rollout no longer run report-only. At most 2 queries."""
    version = rollout.version
    force = in_force(rollout.org, version.scope) if version is not None else None
    if force is not None and force.trial == version:
        force.end_trial()
        force.save()


def is_open(rollout: Rollout) -> None:
    """Raises Refused when the rollout is over."""
    if rollout.is_over:
        raise Refused(_("“%(name)s” is over.") % {"name": rollout}, page="rollouts")


def goes_on(rollout: Rollout) -> None:
    """Raises Refused when the rollout was not started, or is over."""
    is_open(rollout)
    if rollout.started_at is None:
        raise Refused(_("“%(name)s” was not started yet.") % {"name": rollout}, page="rollouts")


def is_running(rollout: Rollout) -> None:
    """Raises Refused when the rollout was not started, is paused, or is over."""
    goes_on(rollout)
    if rollout.paused_at is not None:
        raise Refused(_("“%(name)s” is paused. Resume it first.") % {"name": rollout}, page="rollouts")
