"""A walk along a long audit log as its page shows it: how far it is, and what came out."""

from dataclasses import dataclass
from datetime import datetime

from orgs.chain import Verified
from orgs.jobs import verification
from orgs.models import Job, JobRow


@dataclass(frozen=True, slots=True)
class Walk:
    """How many of `total` entries were read; `verified` is the verdict (None: still to come, or never)."""

    id: int
    total: int
    read: int
    over: bool
    parked: bool
    started_by: str
    ended_at: datetime | None
    verified: Verified | None


def walk(job: Job) -> Walk:
    """How far a walk is, and where the chain broke first. At most 2 queries beside the job."""
    rows, total = JobRow.objects.filter(job=job), job.params["seq"]
    over = job.state in (Job.State.DONE, Job.State.PARKED)
    return Walk(
        id=job.pk,
        total=total,
        read=min(rows.exclude(outcome="").count() * verification.STRETCH, total),
        over=over,
        parked=job.state == Job.State.PARKED,
        started_by=str(job.started_by.user) if job.started_by else "",
        ended_at=job.ended_at,
        verified=_verdict(job) if over else None,
    )


def _verdict(job: Job) -> Verified | None:
    """The first break; that all is well only of a walk that came to the end."""
    broken = JobRow.objects.filter(job=job, outcome="refused").order_by("target_id").first()
    if broken is not None:
        return Verified(**broken.data)
    return Verified(job.params["seq"], job.params["hash"]) if job.state == Job.State.DONE else None
