"""What the worker does with usage. Every task finds its work in the database: running one twice changes nothing."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from analytics import budgets, judging, ledgers, recount, rollouts, zones
from analytics import drain as drains
from orgs.models import Organization
from orgs.tasks import each, kick
from policies.tasks import watch_limits

_PROOF = 2 * 3600  # seconds, at most
_TURN = 10.0  # seconds; whoever else waits for the worker is then let in


@shared_task
def drain() -> None:
    """Count what waits in the inbox. Asked for after each commit of a batch, and by the timetable every 2 s."""
    if drains.run():
        kick(watch_budgets)
        kick(watch_limits)


@shared_task
def watch_budgets() -> None:
    """Hold this month's cost against the budgets. After usage was counted, and by the timetable every minute."""
    budgets.watch(timezone.now())


@shared_task
def find_power_users() -> int:
    """Tell the policies who the power users are by now, organization by organization; of how many they changed."""
    now = timezone.now()
    return each(lambda org: rollouts.push_power_users(org, now), Organization.objects.filter(suspended_at=None))


@shared_task
def count_trials() -> int:
    """Count what policies that run report-only would have refused, by the timetable every quarter of an hour."""
    return judging.count_trials(timezone.now())


@shared_task
def rezone() -> None:
    """Go on recounting the organizations whose time zone was changed; asks for another turn while there is more.

    After such a change, and by the timetable every minute.
    """
    if zones.run(seconds=_TURN):
        kick(rezone)


@shared_task(time_limit=_PROOF, soft_time_limit=_PROOF - 60)
def verify() -> None:
    """Compare the open days' totals with the events where that was not done since 03:10 UTC; heal what differs.

    The first proof reads every event, which may take longer than the timetable waits: what one worker proves no other
    begins, unless that one died so long ago that it was ended.
    """
    for org in recount.unverified(timezone.now()):
        if ledgers.claim_proof(org, timezone.now() - timedelta(seconds=_PROOF)):
            recount.verify(org)
            ledgers.end_proof(org)
