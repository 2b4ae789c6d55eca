"""Deeds on many members as jobs, and jobs that take such a deed back: a target is a member's id."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import actions
from orgs.access import Refused
from orgs.audit import Entry, Outcome, facts
from orgs.jobs import work
from orgs.jobs.kinds import Kind, Note, Result, Target, actor_of, page_named
from orgs.models import Job, JobRow, Member, Plan, Role

PREFIX = "members."
UNDOING = "members.undo"


def start(actor: Member, members: QuerySet[Member], *, deed: str, values: Mapping[str, Any]) -> Job:
    """Do `deed` to `members` as they are found now, in the name of `actor`. See `orgs.jobs.start`."""
    name = Coalesce(NullIf(F("user__name"), Value("")), F("user__email"), output_field=CharField())
    return work.start(actor, PREFIX + deed, members.order_by("listed_as").annotate(target_name=name), params=values)


def can_be_undone(job: Job) -> bool:
    """Whether the deed of `job` can be taken back at all: Owners lose their role one at a time. No query."""
    making_owners = job.params.get("role") == Role.OWNER
    return job.kind.removeprefix(PREFIX) in actions.members.BACK and job.state == Job.State.DONE and not making_owners


def undo(actor: Member, job: Job) -> Job:
    """Give those whom `job` changed back what they had before, in the name of `actor`: a job with results of its own.

    Raises:
        Refused: it cannot be taken back, it changed nobody, or somebody took it back already.
    """
    if not can_be_undone(job):
        raise Refused(_("This cannot be taken back."))
    changed = JobRow.objects.filter(job=job, outcome="done").order_by("pk")
    if not changed.exists():
        raise Refused(_("Nobody was changed: there is nothing to take back."))
    targets = (Target(row.target_id, row.target_name, row.data) for row in changed.iterator(chunk_size=2000))
    values = {**job.params, "deed": job.kind.removeprefix(PREFIX)}
    return work.start(actor, UNDOING, targets, params=values, undoes=job)


def _do(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    values = dict(job.params)
    if values.get("successor"):
        values["successor"] = Member.objects.select_related("org", "user").get(org=job.org, pk=values["successor"])
    deed = job.kind.removeprefix(PREFIX)
    actions.members.in_bulk(actor_of(job), _members(job, rows), deed=deed, noted=_noting(note), **values)


def _undo(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    left = {row.target_id: row.data for row in rows}
    deed = job.params["deed"]
    actions.members.take_back(actor_of(job), _members(job, rows), deed=deed, left=left, noted=_noting(note))


def _members(job: Job, rows: Sequence[JobRow]) -> list[Member]:
    ids = [row.target_id for row in rows]
    return list(Member.objects.filter(pk__in=ids, org=job.org).select_related("org"))


def _noting(note: Note) -> Callable[[list[Outcome]], None]:
    def noted(outcomes: list[Outcome]) -> None:
        note([Result(o.target.pk, o.outcome, o.reason, _left(o.entry)) for o in outcomes])

    return noted


def _left(entry: Entry | None) -> dict[str, Any] | None:
    """What the deed found and what it left, for the day it is taken back."""
    if entry is None:
        return None
    changed = {name: value for name, value in facts(entry.target).items() if value != entry.before[name]}
    return {"before": {name: entry.before[name] for name in changed}, "after": changed} if changed else None


def _title(job: Job) -> str:
    return _named(job.kind.removeprefix(PREFIX), job.params)


def _named(deed: str, values: Mapping[str, Any]) -> str:
    match deed:
        case "role":
            return _("Make members %(role)s") % {"role": Role(values["role"]).label}
        case "plan":
            return _("Set the plan %(plan)s") % {"plan": Plan(values["plan"]).label}
        case "move":
            return _("Move members")
        case "suspend":
            return _("Suspend members")
        case "remove":
            return _("Remove members")
        case _other:
            return _("Reactivate members")


def _title_of_undo(job: Job) -> str:
    return _("Undo: %(what)s") % {"what": _named(job.params["deed"], job.params)}


GONE = gettext_lazy("No longer a member.")
_page = page_named("members_job")
DEED = Kind(_do, _title, _page, missed=GONE)
UNDO = Kind(_undo, _title_of_undo, _page, missed=GONE)
