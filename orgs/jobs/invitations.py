"""Many invitations as jobs: a file looked through, the file sent, sending again, revoking.

A file is looked through first (`invitations.check`: a target is a line, nothing is sent); what can be sent of it is
then sent by a job of its own (`invitations.import`), line by line with the same numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import actions
from orgs.access import Denied
from orgs.actions.invitations import Invited
from orgs.audit import Outcome
from orgs.forms.invitations.addresses import why_not
from orgs.invitees import Invitees, Wanted, unfit, workspaces_of
from orgs.jobs import work
from orgs.jobs.files import File
from orgs.jobs.kinds import NO_LINE, Kind, Note, Result, Words, actor_of, page_named
from orgs.models import Department, Invitation, Job, JobRow, Member, Plan, Role, Team
from orgs.queries.invitations.lists import clock

PREFIX = "invitations."
CHECKED, IMPORTED = "invitations.check", "invitations.import"
FILE = File(CHECKED, IMPORTED, good=("done", "same"))


def start(actor: Member, found: QuerySet[Invitation], *, deed: str) -> Job:
    """`resend` or `revoke` the invitations that are found now, in the name of `actor`."""
    targets = found.order_by("created_at").annotate(target_name=F("email"))
    return work.start(actor, PREFIX + deed, targets)


# ---------------------------------------------------------------- a file


class _Names:
    """The words of a file as rows: departments, teams and workspaces by their names. 3 queries."""

    def __init__(self, actor: Member) -> None:
        self.roles, self.plans = _said(Role), _said(Plan)
        self.departments = {row.name.lower(): row for row in Department.objects.filter(org=actor.org)}
        teams = Team.objects.filter(org=actor.org).select_related("department")
        self.teams = {row.name.lower(): row for row in teams}
        self.workspaces: dict[str, list[int]] = {}
        for pk, name in workspaces_of(actor).items():
            self.workspaces.setdefault(name.lower(), []).append(pk)
            self.workspaces[str(pk)] = [pk]

    def terms(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The cells of a line as terms.

        Raises:
            ValueError: one of them is nothing that we know, in words.
        """
        return {
            "email": cells.get("email", "").lower(),
            "name": cells.get("name", "")[:120],
            "role": _one_of(self.roles, cells.get("role", "") or Role.USER, gettext_lazy("role")),
            "plan": _one_of(self.plans, cells.get("plan", "") or Plan.ESSENTIAL, gettext_lazy("plan")),
            "department": _row(self.departments, cells.get("department", ""), gettext_lazy("department")),
            "team": _row(self.teams, cells.get("team", ""), gettext_lazy("team")),
            "workspaces": tuple(sorted({self._workspace(name) for name in _several(cells.get("workspaces", ""))})),
            "message": _fitting(cells.get("message", "")),
        }

    def _workspace(self, name: str) -> int:
        found = self.workspaces.get(name.lower(), [])
        if not found:
            raise ValueError(_("There is no workspace %(name)s that you may give.") % {"name": name})
        if len(found) > 1:
            raise ValueError(_("There are several workspaces %(name)s. Give its id instead.") % {"name": name})
        return found[0]


def _said(kind: Any) -> dict[str, str]:
    """The values of `kind` by what a file may call them: themselves, or their labels in the reader's language."""
    return {str(label).lower(): value for value, label in kind.choices} | {value: value for value in kind.values}


def _one_of(known: Mapping[str, str], text: str, what: Any) -> str:
    if text.lower() not in known:
        facts = {"text": text, "what": what, "known": ", ".join(dict.fromkeys(known.values()))}
        raise ValueError(_("%(text)s is no %(what)s. Known are %(known)s.") % facts)
    return known[text.lower()]


def _row(rows: Mapping[str, Any], name: str, what: Any) -> Any:
    if not name:
        return None
    if name.lower() not in rows:
        raise ValueError(_("There is no %(what)s %(name)s.") % {"what": what, "name": name})
    return rows[name.lower()]


def _several(text: str) -> list[str]:
    return [name.strip() for name in text.replace("|", ";").split(";") if name.strip()]


def _fitting(message: str) -> str:
    if len(message) > 500:
        raise ValueError(_("The message is longer than 500 characters."))
    return message


def _check(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    actor, now = actor_of(job), timezone.now()
    names = _Names(actor)
    known = Invitees(actor, job.org, [_email(row) for row in rows], now)
    lines: dict[str, int] = {}
    note([_checked(row, names, known, lines) for row in rows])


def _email(row: JobRow) -> str:
    return str(row.data["cells"].get("email", "")).lower()


def _checked(row: JobRow, names: _Names, known: Invitees, lines: dict[str, int]) -> Result:
    """What would become of a line."""
    try:
        terms = _terms(row, names, lines)
    except ValueError as problem:
        return Result(row.target_id, "refused", str(problem))
    wanted = Wanted(**terms)
    lines[wanted.email] = row.target_id
    reasons = [term.reason for term in unfit(wanted, known.org, known.now)]
    obstacle = known.obstacle(wanted) or known.seat(wanted) if not reasons else None
    if reasons or obstacle:
        return Result(row.target_id, "refused", obstacle.reason if obstacle else reasons[0])
    new = known.is_new(wanted.email)
    return Result(row.target_id, *(("done", "") if new else ("same", _("Changes the invitation that is out."))))


def _terms(row: JobRow, names: _Names, lines: Mapping[str, int]) -> dict[str, Any]:
    email = _email(row)
    problem = row.data["problem"] or why_not(email)
    if problem:
        raise ValueError(problem)
    if email in lines:
        raise ValueError(_("The same address stands in line %(n)s.") % {"n": lines[email]})
    return names.terms(row.data["cells"])


def _import(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    actor, wanted = actor_of(job), dict[int, Wanted]()
    names = _Names(actor)
    for row in rows:
        try:
            wanted[row.target_id] = Wanted(**names.terms(row.data["cells"]))
        except ValueError as problem:  # what the line names is gone since it was looked through
            note([Result(row.target_id, "refused", str(problem))])

    def noted(results: Sequence[Invited]) -> None:
        note([_told(line, result) for line, result in zip(wanted, results, strict=True)])

    try:
        actions.invitations.invite(actor, job.org, list(wanted.values()), noted=noted)
    except Denied as no:  # whoever sent the file may no longer invite: each line says so
        note([Result(line, "refused", str(no)) for line in wanted])


def _told(line: int, result: Invited) -> Result:
    now = timezone.now()
    if result.outcome == "changed":
        return Result(line, "done", _("Changed; the link stays."))
    waits = result.due_at is not None and result.due_at > now + timedelta(minutes=1)
    when = (
        _("The mail goes out about %(when)s.") % {"when": clock(result.due_at, now)} if waits and result.due_at else ""
    )
    return Result(line, result.outcome, result.reason or when)


# ---------------------------------------------------------------- deeds on many


def _deed(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    def noted(outcomes: Sequence[Outcome]) -> None:
        note([Result(o.target.pk, o.outcome, o.reason) for o in outcomes])

    ids = [row.target_id for row in rows]
    found = list(Invitation.objects.filter(pk__in=ids, org=job.org).select_related("org").order_by("created_at"))
    actions.invitations.in_bulk(actor_of(job), found, deed=job.kind.removeprefix(PREFIX), noted=noted)


TITLES: dict[str, Any] = {
    CHECKED: gettext_lazy("What the file would do"),
    IMPORTED: gettext_lazy("Invite the people of a file"),
    "invitations.resend": gettext_lazy("Send invitations again"),
    "invitations.revoke": gettext_lazy("Revoke invitations"),
}

WORDS = {
    CHECKED: Words(gettext_lazy("Will be invited"), gettext_lazy("Will be changed"), gettext_lazy("Left out"), NO_LINE),
    IMPORTED: Words(gettext_lazy("Invited"), none=NO_LINE),
    "invitations.resend": Words(gettext_lazy("Sent again"), none=gettext_lazy("No invitation.")),
    "invitations.revoke": Words(gettext_lazy("Revoked"), none=gettext_lazy("No invitation.")),
}


def _title(job: Job) -> str:
    return str(TITLES[job.kind])


def _words(job: Job) -> Words:
    return WORDS[job.kind]


_page = page_named("invitations_job")
CHECK = Kind(_check, _title, _page, words=_words, in_lines=True, size=5_000, at_once=1_000)
IMPORT = Kind(_import, _title, _page, words=_words, in_lines=True, size=100)
DEED = Kind(_deed, _title, _page, words=_words, size=100)
