"""What is done for policies by the timetable. A task can be lost or repeated: the database says what is due."""

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils import timezone

from orgs.models import Organization
from orgs.tasks import each
from policies import levels, warning
from policies.models import LevelChange, Limit, Rollout
from policies.rollouts import measuring


@shared_task
def watch_rollouts() -> int:
    """Measure every running rollout, pause what failed a gate, begin what is due; how many were looked at."""
    return each(measuring.watch, Rollout.objects.running().filter(org__suspended_at=None).select_related("org"))


@shared_task
def tell_levels() -> int:
    """Tell those of their monitoring level who were away when it rose; how many were told."""
    apart = LevelChange.objects.filter(org=OuterRef("pk"), member__isnull=False)
    on_its_way = Rollout.objects.filter(org=OuterRef("pk"), kind=Rollout.Kind.POLICY).going_on()
    some = Organization.objects.filter(Exists(apart) | Exists(on_its_way), suspended_at=None)
    return each(lambda org: levels.tell_the_rest(org, timezone.now()), some)


@shared_task
def watch_limits() -> int:
    """Tell whoever came near a limit. After usage was counted, and every minute; how many organizations set some."""
    limited = Organization.objects.filter(Exists(Limit.objects.filter(org=OuterRef("pk"))), suspended_at=None)
    return each(lambda org: warning.watch(org, timezone.now()), limited)
