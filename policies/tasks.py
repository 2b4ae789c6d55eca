"""What is done for policies by the timetable. A task can be lost or repeated: the database says what is due."""

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from orgs.models import Organization
from orgs.tasks import each
from policies import warning
from policies.models import Limit, Rollout
from policies.rollouts import measuring


@shared_task
def watch_rollouts() -> int:
    """Measure every running rollout, pause what failed a gate, begin what is due; how many were looked at."""
    return each(measuring.watch, Rollout.objects.running().filter(org__suspended_at=None).select_related("org"))


@shared_task
def watch_limits() -> int:
    """Tell whoever came near a limit. After usage was counted, and every minute; how many organizations set some."""
    limited = Organization.objects.filter(Exists(Limit.objects.filter(org=OuterRef("pk"))), suspended_at=None)
    return each(lambda org: warning.watch(org, timezone.now()), limited)
