"""A bulk job as its page shows it: how far it is, and what became of whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from orgs.jobs import Words, kind_of
from orgs.jobs.members import can_be_undone
from orgs.models import Job, JobRow

PAGE = 100
OUTCOMES = ("refused", "done", "same")


@dataclass(frozen=True, slots=True)
class Result:
    member_id: int
    name: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A job, its results so far and a page of them; `next` is the place of the next page (0: there is none).

    `undoes` is the job that this one takes back, `undone_by` the one that took it back (0: none).
    """

    id: int
    title: str
    total: int
    tried: int
    done: int
    same: int
    refused: int
    left: int
    over: bool
    parked: bool
    error: str
    started_by: str
    created_at: datetime
    ended_at: datetime | None
    outcome: str
    results: tuple[Result, ...]
    next: int
    can_undo: bool
    hands_over: bool
    undoes: int
    undone_by: int
    words: Words
    in_lines: bool

    @property
    def found(self) -> int:
        """How many came to the outcome whose results are shown."""
        return int(getattr(self, self.outcome))


def progress(job: Job, *, outcome: str = "", after: int = 0) -> Progress:
    """How far `job` is, with those of one outcome (else the refused first of all). 4 queries."""
    counts = dict(JobRow.objects.filter(job=job).order_by().values_list("outcome").annotate(n=Count("pk")))
    outcome = outcome if outcome in OUTCOMES else next((o for o in OUTCOMES if counts.get(o)), "done")
    rows = list(JobRow.objects.filter(job=job, outcome=outcome, pk__gt=after).order_by("pk")[: PAGE + 1])
    left = counts.get("", 0)
    undone_by = Job.objects.filter(undoes=job).values_list("pk", flat=True).first() or 0
    kind = kind_of(job)
    return Progress(
        id=job.pk,
        title=kind.title(job),
        total=job.total,
        tried=job.total - left,
        done=counts.get("done", 0),
        same=counts.get("same", 0),
        refused=counts.get("refused", 0),
        left=left,
        over=job.state in (Job.State.DONE, Job.State.PARKED),
        parked=job.state == Job.State.PARKED,
        error=job.error,
        started_by=str(job.started_by.user) if job.started_by else "",
        created_at=job.created_at,
        ended_at=job.ended_at,
        outcome=outcome,
        results=tuple(Result(row.target_id, row.target_name, row.outcome, row.reason) for row in rows[:PAGE]),
        next=rows[PAGE - 1].pk if len(rows) > PAGE else 0,
        can_undo=can_be_undone(job) and bool(counts.get("done")) and not undone_by,
        hands_over=job.kind == "members.remove",
        undoes=job.undoes_id or 0,
        undone_by=undone_by,
        words=kind.words(job),
        in_lines=kind.in_lines,
    )


def results(job: Job) -> Iterator[tuple[str, str, str, str]]:
    """The cells of all results, in the order of the list. One query, read a piece at a time."""
    for row in JobRow.objects.filter(job=job).order_by("pk").iterator(chunk_size=1000):
        yield str(row.target_id), row.target_name, row.outcome or _("not tried yet"), row.reason
