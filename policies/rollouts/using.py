"""Who uses what is rolled out, as usage names it."""

from datetime import datetime, time, timedelta

from orgs import hooks
from orgs.models import Member
from policies.models import CatalogueModel, Reached, Rollout

UNCOUNTED = timedelta(days=3)  # after which whoever was reached is asked about what no usage names


def knows(member: Member, rollout: Rollout, now: datetime) -> bool:
    """Whether a member whom a rollout reached knows what it is of: they used it since, or have had it for some days
    where nothing counts its use. At most 3 queries.
    """
    reached = Reached.objects.filter(rollout=rollout, member=member).values_list("at", flat=True).first()
    if reached is None:
        return False
    if rollout.kind not in (Rollout.Kind.MODEL, Rollout.Kind.TOOL):
        return now >= reached + UNCOUNTED
    begun = datetime.combine(reached.astimezone(rollout.org.zone), time.min, rollout.org.zone)
    told = hooks.call("rollout_used", rollout.org, rollout.kind, names_of(rollout), [member.pk], begun)
    return any(people for people, _messages, _refusals in told)


def names_of(rollout: Rollout) -> set[str]:
    """The names that usage has for what is rolled out: a model's aliases too. At most one query."""
    names = {rollout.what if rollout.kind == Rollout.Kind.MODEL else rollout.label}
    if rollout.kind == Rollout.Kind.MODEL:
        model = CatalogueModel.objects.filter(org=rollout.org).named(rollout.what)
        names |= set(model.names) if model else set()
    return names
