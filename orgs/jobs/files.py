"""A file of people or other things as two jobs: looked through line by line, when nothing is done yet; then done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgs.access import Refused
from orgs.forms.files import Line
from orgs.jobs import work
from orgs.jobs.kinds import Target
from orgs.models import Job, JobRow, Member


@dataclass(frozen=True, slots=True)
class File:
    """A sort of file: `check` is the kind of job that looks through it, `do` the kind that does what it says.

    Lines of which the first job says one of `good` go on to the second, under the same numbers. `named` makes the name
    that a line has in results of the address that was written in it.
    """

    check: str
    do: str
    good: tuple[str, ...] = ("done",)
    named: Callable[[str], str] = str
    key: str = "email"

    def look_through(self, actor: Member, lines: Iterable[Line]) -> Job:
        """Say of each line what would become of it. Nothing is done."""
        return work.start(actor, self.check, map(self._target, lines))

    def _target(self, line: Line) -> Target:
        name = self.named(line.cells.get(self.key, ""))
        return Target(line.number, name[:200], {"cells": line.cells, "problem": line.problem})

    def carry_out(self, actor: Member, checked: Job) -> Job:
        """Do what can be done of a file that was looked through. Started twice it is the same job.

        Raises:
            Refused: `checked` looked through no file of this sort.
        """
        if checked.kind != self.check:
            raise Refused(_("This is no file that was looked through."))
        rows = JobRow.objects.filter(job=checked, outcome__in=self.good).order_by("target_id")
        targets = (Target(row.target_id, row.target_name, row.data) for row in rows)
        return work.start_once(actor, self.do, targets, after=checked)

    def carried_out_by(self, job: Job) -> Job | None:
        """The job that does what `job` looked through; None before it was started, or for other jobs. 1 query."""
        return work.started_after(job, self.do) if job.kind == self.check else None
