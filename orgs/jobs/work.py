"""How jobs are done: targets fixed at the start, done in batches, a result each, nothing tried twice.

A batch's deeds and their results are one commit. A worker that dies leaves a job that another one goes on with; what
was tried is not tried again. After three failures without a step forward a job is parked with its error.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, F, JSONField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import logged, tasks
from orgs.access import Refused
from orgs.jobs.kinds import Result, Target, kind_of, known
from orgs.models import Job, JobRow, Member

AT_A_TIME = 20  # batches that one task does before it hands on: no task comes near its time limit
LEASE = timedelta(minutes=1)  # a worker that showed no sign of life for so long is dead
TRIES = 3


def start(
    actor: Member,
    kind: str,
    targets: Iterable[Target] | QuerySet[Any],
    *,
    params: Mapping[str, Any] | None = None,
    undoes: Job | None = None,
) -> Job:
    """Begin a job of one of the kinds under JOBS, in the name of `actor`; `params` are what all its batches share.

    Targets are given one by one, or as a query of rows with `target_name`: those it finds now are meant, however many.
    A few (the kind's `at_once`) are done when this returns; more are left to a worker, which is asked for when this is
    committed. `undoes` is the job that this one takes back.

    Raises:
        Refused: `undoes` was taken back already.
    """
    with transaction.atomic():
        if undoes is not None:
            _still_stands(undoes)
        job = Job(org=actor.org, kind=kind, params=dict(params or {}), started_by=actor, undoes=undoes)
        _begin(job, targets)
    return _at_once(job)


def start_once(actor: Member, kind: str, targets: Iterable[Target], *, after: Job) -> Job:
    """`start` what goes on from the job `after`. Started twice, be it by two at once, it is the same job."""
    with transaction.atomic():
        Job.objects.select_for_update(of=("self",)).get(pk=after.pk)
        known = started_after(after, kind)
        if known is not None:
            return known
        job = Job(org=actor.org, kind=kind, params={"checked": str(after.pk)}, started_by=actor)
        _begin(job, targets)
    return _at_once(job)


def started_after(job: Job, kind: str) -> Job | None:
    """The job of this kind that goes on from `job`, if it was started. One query."""
    return Job.objects.filter(org=job.org, kind=kind, params__checked=str(job.pk)).first()


def _begin(job: Job, targets: Iterable[Target] | QuerySet[Any]) -> None:
    job.request_id = logged.request_id()
    job.save(force_insert=True)
    job.total = _fix_found(job, targets) if isinstance(targets, QuerySet) else _fix_given(job, targets)
    job.save(update_fields=["total"])
    if not _is_small(job):
        transaction.on_commit(partial(tasks.kick, tasks.run_job, job.pk))


def _at_once(job: Job) -> Job:
    if _is_small(job):
        run(job.pk)
        job.refresh_from_db()
    return job


def _is_small(job: Job) -> bool:
    return job.total <= kind_of(job).at_once


def _still_stands(job: Job) -> None:
    """Raises Refused when `job` was taken back. The lock makes whoever asks at the same time wait."""
    Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if Job.objects.filter(undoes=job).exists():
        raise Refused(_("This was taken back already."))


def _fix_found(job: Job, found: QuerySet[Any]) -> int:
    """Write down who is meant, in one statement; how many they are."""
    nothing, unknown = Value("", CharField()), Value({}, JSONField())
    chosen = found.annotate(job=Value(job.pk), nothing=nothing, still=nothing, unknown=unknown)
    chosen = chosen.values_list("job", "pk", "target_name", "nothing", "still", "unknown")
    sql, values = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        columns = "job_id, target_id, target_name, outcome, reason, data"
        cursor.execute(f"INSERT INTO {JobRow._meta.db_table} ({columns}) {sql}", values)
        return int(cursor.rowcount)


def _fix_given(job: Job, targets: Iterable[Target]) -> int:
    rows = (JobRow(job=job, target_id=t.id, target_name=t.name[:200], data=t.data) for t in targets)
    return len(JobRow.objects.bulk_create(rows, batch_size=1000))


def run(job_id: int, *, batches: int = AT_A_TIME) -> bool:
    """Go on with a job where it stands; whether there is more to do. Does nothing to one that somebody is at.

    Raises:
        Exception: whatever stopped a batch. The job keeps the reason and is tried again, three times in all.
    """
    job = _claim(job_id)
    if job is None:
        return False
    last = 0
    try:
        for _step in range(batches):
            rows = _untried(job, after=last)
            if not rows:
                _settle(job, Job.State.DONE)
                return False
            _do(job, rows)
            last = rows[-1].target_id
    except Exception as error:
        _failed(job, f"{type(error).__name__}: {error}")
        raise
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    return True


def due() -> list[int]:
    """Ids of the jobs that wait for a worker, or whose worker died."""
    return list(_free(timezone.now() - LEASE).filter(kind__in=known()).values_list("pk", flat=True))


def _free(dead_since: Any) -> QuerySet[Job]:
    return Job.objects.filter(Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, alive_at__lt=dead_since))


def _claim(job_id: int) -> Job | None:
    now = timezone.now()
    mine = _free(now - LEASE).filter(pk=job_id)
    taken = mine.update(
        state=Job.State.RUNNING,
        alive_at=now,
        started_at=Coalesce("started_at", Value(now)),
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    job = Job.objects.select_related("org", "started_by__org", "started_by__user").get(pk=job_id)
    if job.attempts > TRIES or job.started_by is None:
        _settle(job, Job.State.PARKED, job.error or _("The worker died three times in the same place."))
        return None
    return job


def _untried(job: Job, *, after: int) -> list[JobRow]:
    rows = JobRow.objects.filter(job=job, outcome="", target_id__gt=after).order_by("target_id")
    return list(rows[: kind_of(job).size])


def _do(job: Job, rows: Sequence[JobRow]) -> None:
    kind = kind_of(job)
    kind.batch(job, rows, partial(_note, job))
    _note(job, [Result(row.target_id, "refused", str(kind.missed)) for row in rows])


def _note(job: Job, results: Sequence[Result]) -> None:
    """Keep what became of targets, in the transaction of the deeds. Those that have a result already keep that one."""
    groups: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for result in results:
        kept: dict[str, Any] = {"outcome": result.outcome, "reason": result.reason[:500]}
        kept |= {} if result.data is None else {"data": result.data}
        groups.setdefault(json.dumps(kept, sort_keys=True), (kept, []))[1].append(result.id)
    tried: Counter[str] = Counter()
    with transaction.atomic():
        for kept, ids in groups.values():
            untried = JobRow.objects.filter(job=job, target_id__in=ids, outcome="")
            tried[kept["outcome"]] += untried.update(**kept)
        if tried.total():
            _step_forward(job, tried=tried.total(), refused=tried["refused"])


def _step_forward(job: Job, *, tried: int, refused: int) -> None:
    done, failed = F("done") + tried, F("failed") + refused
    Job.objects.filter(pk=job.pk).update(done=done, failed=failed, attempts=0, error="", alive_at=timezone.now())


def _failed(job: Job, error: str) -> None:
    job.refresh_from_db(fields=["attempts"])
    parked = job.attempts >= TRIES
    _settle(job, Job.State.PARKED if parked else Job.State.WAITING, error)


def _settle(job: Job, state: str, error: str = "") -> None:
    over = state in (Job.State.DONE, Job.State.PARKED)
    ended_at = timezone.now() if over else None
    Job.objects.filter(pk=job.pk).update(state=state, error=error, ended_at=ended_at)
