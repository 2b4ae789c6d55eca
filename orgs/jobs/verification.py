"""Walking a long audit log as a job: a target is a stretch of the chain, by its first entry."""

from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext as _

from orgs import chain
from orgs.jobs import work
from orgs.jobs.kinds import Kind, Note, Result, Target, page_named
from orgs.models import AuditHead, Job, JobRow, Member, Organization

KIND = "audit.verify"
AT_ONCE = 5_000  # so many entries are walked while the reader waits: well under two seconds
STRETCH = 2_000  # entries


def takes_long(org: Organization) -> bool:
    """Whether the log is too long to be walked in a request. One query."""
    return chain.head_of(org).seq > AT_ONCE


def start(actor: Member) -> Job:
    """Have the log walked up to where it stands now. While one walk is under way nobody needs another: it is given."""
    under_way = Job.objects.filter(org=actor.org, kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING])
    job = under_way.select_related("started_by__user").first()
    if job is not None:
        return job
    head = chain.head_of(actor.org)
    stretches = (Target(first, str(first)) for first in range(1, head.seq + 1, STRETCH))
    return work.start(actor, KIND, stretches, params={"seq": head.seq, "hash": head.hash})


def _batch(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    head = AuditHead(org=job.org, **job.params)
    for row in rows:
        found = _walk(job.org, head, row.target_id)
        outcome = "refused" if found.broken_at else "done"
        note([Result(row.target_id, outcome, found.problem, asdict(found))])


def _walk(org: Organization, head: AuditHead, first: int) -> chain.Verified:
    last = min(first + STRETCH - 1, head.seq)
    found = chain.walk(org, head, first=first, last=last)
    return chain.ending(org, head, found) if last == head.seq and not found.broken_at else found


VERIFY = Kind(_batch, lambda job: _("Verify the audit log"), page_named("audit_verification"), size=5, at_once=0)
