"""What is measured of the stage that a rollout is in."""

from orgs import hooks
from orgs.actors import SYSTEM
from policies.actions import rollouts_watched as actions
from policies.models import Reached, Rollout
from policies.rollouts import reaching
from policies.rollouts.using import names_of


def watch(rollout: Rollout) -> bool:
    """Measure a running rollout and act on it. About 20 queries; the usage of those whom it reached is asked for."""
    stage = reaching.last_begun(reaching.stages_of(rollout))
    used, judged_from = actions.Used(), stage.judged_from if stage else None
    if stage is not None and judged_from is not None and stage.has_gates:
        reached = list(Reached.objects.filter(rollout=rollout).order_by("pk").values_list("member_id", flat=True))
        told = hooks.call("rollout_used", rollout.org, rollout.kind, names_of(rollout), reached, judged_from)
        used = actions.Used(*(sum(figures) for figures in zip(*told, strict=True))) if told else used
    actions.watch(SYSTEM, rollout, used=used, judged_from=judged_from)
    return True
