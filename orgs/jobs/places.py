"""Who belongs where, from a file: looked through line by line first (nothing is changed), then done, as two jobs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Min
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import actions
from orgs.access import Action, check
from orgs.audit import Outcome
from orgs.jobs.files import File
from orgs.jobs.kinds import NO_LINE, Kind, Note, Result, Words, actor_of, page_named
from orgs.models import Department, Job, JobRow, Member, Team
from orgs.places import NOWHERE, Place

PREFIX = "places."
# Lines are told apart by their addresses, so large and small letters are the same from the start.
FILE = File("places.check", "places.import", named=str.lower)


# ---------------------------------------------------------------- looking through


class _Known:
    """What the lines of a batch may name: members by address, departments and teams by name. 4 queries."""

    def __init__(self, job: Job, rows: Sequence[JobRow]) -> None:
        self.actor = actor_of(job)
        emails = {row.target_name for row in rows}
        people = Member.objects.visible_to(self.actor).alias(address=Lower("user__email")).filter(address__in=emails)
        related = ("org", "user", "department", "team")
        self.members = {member.user.email.lower(): member for member in people.select_related(*related)}
        self.departments = {row.name.casefold(): row for row in Department.objects.filter(org=job.org)}
        teams = Team.objects.filter(org=job.org).select_related("department")
        self.teams = {row.name.casefold(): row for row in teams}
        named = JobRow.objects.filter(job=job, target_name__in=emails).order_by().values_list("target_name")
        self.first = dict(named.annotate(first=Min("target_id")))

    def place(self, department: str, team: str) -> Place:
        """The place that a line names.

        Raises:
            ValueError: there is none, in words.
        """
        found = self.departments.get(department.casefold())
        if department and found is None:
            raise ValueError(_("There is no department %(name)s.") % {"name": department[:80]})
        if not team:
            return Place(found) if found else NOWHERE
        row = self.teams.get(team.casefold())
        if row is None:
            raise ValueError(_("There is no team %(name)s.") % {"name": team[:80]})
        if found is not None and row.department_id != found.pk:
            raise ValueError(_("The team %(team)s belongs to %(of)s.") % {"team": row, "of": row.department})
        return Place.in_team(row)


def _check(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    known = _Known(job, rows)
    note([_checked(row, known) for row in rows])


def _checked(row: JobRow, known: _Known) -> Result:
    """What would become of a line."""
    cells: dict[str, str] = row.data["cells"]
    try:
        if row.data["problem"]:
            raise ValueError(row.data["problem"])
        member, place = _who(row, known), known.place(cells.get("department", ""), cells.get("team", ""))
    except ValueError as error:
        return Result(row.target_id, "refused", str(error))
    before = Place(member.department, member.team)
    if before == place:
        return Result(row.target_id, "same", _("In %(place)s already.") % {"place": place})
    department, team = place.ids
    data = {"member": member.pk, "department": department, "team": team}
    return Result(row.target_id, "done", f"{before} \N{RIGHTWARDS ARROW} {place}", data)


def _who(row: JobRow, known: _Known) -> Member:
    member = known.members.get(row.target_name)
    if member is None:
        raise ValueError(_("Nobody here has the address %(text)s.") % {"text": row.target_name or "\N{EN DASH}"})
    if known.first[row.target_name] != row.target_id:
        raise ValueError(_("Line %(n)s names them already.") % {"n": known.first[row.target_name]})
    if member.removed_at is not None:
        raise ValueError(_("%(name)s was removed. Restore them first.") % {"name": member})
    decision = check(known.actor, Action.MEMBER_PLACE, member)
    if not decision.allowed:
        raise ValueError(decision.reason)
    return member


# ---------------------------------------------------------------- doing it


def _do(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    lines = {row.data["member"]: row for row in rows}

    def noted(outcomes: list[Outcome]) -> None:
        note([Result(lines[o.target.pk].target_id, o.outcome, o.reason) for o in outcomes])

    members = list(Member.objects.filter(org=job.org, pk__in=lines).select_related("org"))
    to = {pk: _named(job, row.data) for pk, row in lines.items()}
    actions.places.place_many(actor_of(job), members, to=to, noted=noted)


def _named(job: Job, data: dict[str, Any]) -> Place:
    """A place by its ids alone: the deed reads it again under its lock."""
    department = Department(pk=data["department"], org=job.org) if data["department"] else None
    return Place(department, Team(pk=data["team"], org=job.org) if data["team"] else None)


AHEAD = Words(gettext_lazy("To be moved"), refused=gettext_lazy("Left out"), none=NO_LINE)
AFTER = Words(gettext_lazy("Moved"), refused=gettext_lazy("Left out"), none=NO_LINE)
_page = page_named("teams_job")
CHECK = Kind(
    _check,
    lambda _job: _("Look through a file of departments and teams"),
    _page,
    words=lambda _job: AHEAD,
    in_lines=True,
)
IMPORT = Kind(_do, lambda _job: _("Place members from a file"), _page, words=lambda _job: AFTER, in_lines=True)
