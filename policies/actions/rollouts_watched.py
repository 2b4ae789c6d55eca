"""What Steward itself does with a rollout every hour."""

from dataclasses import dataclass
from datetime import datetime

from orgs import mails
from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import Entry, act
from orgs.models import Member, Role
from policies.models import Rollout, Stage
from policies.rollouts import gates, reaching


@dataclass(frozen=True, slots=True)
class Used:
    """What reached members did since a moment: how many used it, what they sent, how much of it was refused."""

    people: int = 0
    messages: int = 0
    refusals: int = 0


def watch(actor: Actor, rollout: Rollout, *, used: Used, judged_from: datetime | None) -> None:
    """Keep what was measured of the stage it is in, pause it on a failed gate, and let the stages begin that are due.

    `judged_from` says which stage was measured, from when on: if it is another by now, the next hour measures that.
    Twice changes nothing.

    Raises:
        Denied: the actor is not the system.
    """
    with act(actor, Action.ROLLOUT_WATCH, rollout) as entry:
        if rollout.state != Rollout.State.RUNNING:
            return
        begun = reaching.catch_up(rollout, entry.at)
        stage = reaching.last_begun(reaching.stages_of(rollout))
        if stage is not None and not begun and stage.judged_from == judged_from:
            _judge(entry, rollout, stage, used)
            begun = reaching.catch_up(rollout, entry.at) if rollout.paused_at is None else []
        if begun:
            entry.also["stage"] = None, begun[-1].name


def _judge(entry: Entry, rollout: Rollout, stage: Stage, used: Used) -> None:
    stage.used_by, stage.messages, stage.refusals = used.people, used.messages, used.refusals
    stage.measured_at = entry.at
    found = gates.gates_of(stage, reaching.answers_since(rollout, stage.judged_from), entry.at)
    was_met, met = stage.met_at is not None, gates.all_met(found)
    stage.met_at = (stage.met_at or entry.at) if met else None
    stage.save()
    if was_met != met:
        entry.also["gates"] = ("met", "open") if was_met else ("open", "met")
    if failed := [gate for gate in found if gate.failed]:
        told = "; ".join(f"{gate.label}: {gate.found}" for gate in failed)
        rollout.paused_at, rollout.pause_reason = entry.at, told[:300]
        rollout.save(update_fields=["paused_at", "pause_reason"])
        _tell(rollout, stage)


def _tell(rollout: Rollout, stage: Stage) -> None:
    """A mail to whoever planned it, where they still look after such things; else to every Owner."""
    active = Member.objects.filter(org=rollout.org, suspended_at=None, removed_at=None, user__is_active=True)
    owner = active.filter(pk=rollout.owner_id or 0, role__in=[Role.OWNER, Role.ADMIN])
    told = owner if owner.exists() else active.filter(role=Role.OWNER)
    to = list(told.values_list("user__email", flat=True))
    said = {"rollout": str(rollout.pk), "name": rollout.name, "stage": stage.name, "reason": rollout.pause_reason}
    mails.queue("rollout_paused", to, rollout.org, **said)
