"""What is done after a request or by the timetable. A task can be lost or repeated: the database says what is due."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from kombu.exceptions import KombuError

from orgs import mails
from orgs.actors import SYSTEM

log = structlog.get_logger()
_QUIET = 10.0  # seconds in which nobody waits again for a broker that was gone
_quiet_until = 0.0


def kick(task: object, *args: object) -> None:
    """Ask a worker to run `task` now. Where the broker is gone nothing is lost: the timetable asks again."""
    global _quiet_until
    if monotonic() < _quiet_until:
        return
    try:
        task.apply_async(args, retry=False)  # type: ignore[attr-defined]
    except (KombuError, OSError) as error:
        _quiet_until = monotonic() + _QUIET
        log.warning("broker_gone", error=repr(error))


def each(deed: Callable[[Any], object], rows: Iterable[Any]) -> int:
    """Do a deed for each of many, and add up what it gives; one that fails keeps no other from its turn.

    What failed is told in the log and is due again at the next firing.
    """
    total = 0
    for row in rows:
        try:
            total += int(deed(row) or 0)  # type: ignore[call-overload]
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception("left_for_the_next_firing", row=repr(row))
    return total


def while_time_lasts(rows: Iterable[Any], seconds: float) -> Iterator[Any]:
    """These rows one by one, the first in any case, until so long has gone by: the rest is due at the next firing."""
    until = monotonic() + seconds
    for row in rows:
        yield row
        if monotonic() >= until:
            return


def kick_mails() -> None:
    kick(send_mails)


@shared_task
def send_mails() -> int:
    """Send what is due in the outbox; how many mails were tried."""
    tried = 0
    while (mail := mails.take_due(timezone.now())) is not None:
        mails.send(mail)
        tried += 1
    return tried


@shared_task
def run_job(job_id: int) -> None:
    """Go on with a bulk job, and ask for another turn while there is more to do."""
    from orgs import jobs  # jobs kick tasks

    if jobs.run(job_id):
        kick(run_job, job_id)


@shared_task
def resume_jobs() -> int:
    """Ask for every bulk job that waits or whose worker died; how many those are."""
    from orgs import jobs

    waiting = jobs.due()
    for job_id in waiting:
        kick(run_job, job_id)
    return len(waiting)


@shared_task
def forget_sessions() -> None:
    """Delete the sign-ins that ended by themselves."""
    SessionStore.clear_expired()


@shared_task
def issue_invoices() -> int:
    """Issue what months that are over still lack, and collect what is unpaid where a provider can; how many issued.

    By the timetable every hour: each organization's month ends by its own clock. Missed months are made up. A provider
    that could not take the money is asked again after a day.
    """
    from orgs import actions, payments  # they queue mails, which kick tasks
    from orgs.queries import billing

    now = timezone.now()

    def collect(invoice: Any) -> None:
        if payments.collect(invoice, now):
            actions.billing.pay(SYSTEM, invoice, by=payments.provider().means)

    issued = each(lambda due: actions.billing.issue(SYSTEM, due[0], month=due[1]) is not None, billing.due(now))
    each(collect, billing.unpaid(now))
    return issued


@shared_task
def check_domains(seconds: float = 200.0) -> int:
    """Ask DNS whether the domains that it proved still have their record, each once a day; how many were asked.

    Those that nobody asked about for longest come first. A name may take 8 seconds, so no other one is begun after
    `seconds`, well before a task is ended: what is left comes first in the next hour.
    """
    from orgs import actions  # they queue mails, which kick tasks
    from orgs.queries import domains

    due = while_time_lasts(domains.due(timezone.now()), seconds)
    return each(lambda domain: actions.domains.check(SYSTEM, domain) is not None, due)


@shared_task
def remind_of_guests() -> int:
    """Remind guests and their sponsors of ends that come within seven days; how many guests."""
    from orgs import guests  # guests queue mails

    return guests.remind(timezone.now())


@shared_task
def settle_provisioning(org_id: int | None = None) -> int:
    """Tick the items of the provisioning board that were seen to happen, of one organization or all; how many."""
    from orgs import actions, provisioning  # they kick tasks

    return each(lambda org: actions.provisioning.settle(SYSTEM, org), provisioning.waiting(org_id))


@shared_task
def remind_of_provisioning() -> int:
    """Remind whoever looks after items of the provisioning board that are overdue, once an item; how many newcomers."""
    from orgs import actions, provisioning  # they queue mails

    now = timezone.now()
    return each(lambda org: actions.provisioning.remind_overdue(SYSTEM, org, now=now), provisioning.waiting())


@shared_task
def end_grants() -> int:
    """Take back what was granted until a moment that is past; how many grants ended."""
    from orgs import actions  # they queue mails, which kick tasks
    from orgs.models import AccessRequest

    due = AccessRequest.objects.due(timezone.now()).select_related("org", "member__user", "member__org")
    return each(lambda request: actions.requests.end(SYSTEM, request), due)


@shared_task
def send_digests() -> int:
    """Put this morning's mails of what waits into the outbox; how many mails."""
    from orgs import digests  # they queue mails

    return digests.send(timezone.now())


@shared_task
def finish_recoveries() -> int:
    """Let sole Owners in again whose recovery nobody stopped within its day; how many."""
    from orgs import actions  # they queue mails, which kick tasks
    from orgs.models import Recovery

    due = Recovery.objects.due(timezone.now()).select_related("org", "user")
    return each(lambda recovery: actions.recoveries.finish(SYSTEM, recovery), due)
