"""What is done for policies by the timetable. A task can be lost or repeated: the database says what is due."""

from celery import shared_task

from orgs.tasks import each
from policies.models import Rollout
from policies.rollouts import measuring


@shared_task
def watch_rollouts() -> int:
    """Measure every running rollout, pause what failed a gate, begin what is due; how many were looked at."""
    return each(measuring.watch, Rollout.objects.running().filter(org__suspended_at=None).select_related("org"))
