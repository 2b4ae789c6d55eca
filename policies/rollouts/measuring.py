"""What is measured of the stage that a rollout is in."""

from orgs import hooks
from orgs.actors import SYSTEM
from policies.actions import rollouts_watched as actions
from policies.models import CatalogueModel, Reached, Rollout
from policies.rollouts import reaching


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


def names_of(rollout: Rollout) -> set[str]:
    """The names that usage has for what is rolled out: a model's aliases too. At most one query."""
    names = {rollout.what if rollout.kind == Rollout.Kind.MODEL else rollout.label}
    if rollout.kind == Rollout.Kind.MODEL:
        model = CatalogueModel.objects.filter(org=rollout.org).named(rollout.what)
        names |= set(model.names) if model else set()
    return names
