"""The tables of a dashboard and of a report: by department, team, workspace and member, the most used first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics import subjects
from analytics.models.totals import COUNTS
from analytics.queries import breakdown
from analytics.queries.breakdown import Row
from analytics.queries.definitions import DEFINITIONS
from analytics.queries.overview import Overview
from analytics.queries.scopes import Scope
from orgs import guests
from orgs.models import Member
from orgs.templatetags.ui import number
from workspaces.models import Workspace

MOST = 50  # lines of a table; the CSV of the report has them all
COUNTED = ("messages", "responses", "files", "integration_calls")
NOBODY = ("", "0")  # the keys of lines that are about no one thing
SUMMED = (*COUNTS, "tokens_in", "tokens_out", "cost")
COLUMNS = {
    "departments": ("active_members", "conversations", "messages", "responses"),
    "teams": ("active_members", "conversations", "messages", "responses"),
    "workspaces": COUNTED,
    "members": COUNTED,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is the plain number for machines, `shown` the same for people."""

    name: str
    label: Any
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Line:
    """`note` is what is to be known of it today (a member's state), `share` its messages as a share of the most."""

    key: str
    name: str
    url: str
    note: str
    tone: str
    share: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`head` names the lines, `labels` the figures of each; `left_out` says how many more there are."""

    name: str
    title: Any
    subtitle: Any
    head: Any
    labels: tuple[Any, ...]
    lines: tuple[Line, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What is to be known of a member today."""

    note: str = ""
    tone: str = ""
    url: str = ""


def tables(actor: Member, scope: Scope, found: Overview, *, members: bool) -> list[Table]:
    """Every table that has lines; `members` of the whole organization cost a sum over all. At most 13 queries."""
    made = []
    if scope.kind == "organization":
        made.append(_departments(actor, scope, found))
    if scope.kind != "team":
        made.append(_teams(actor, scope, found))
    made.append(_workspaces(actor, scope, found))
    if members or scope.kind != "organization":
        made.append(_members(actor, scope, found))
    return [table for table in made if table.lines]


def rows(actor: Member, scope: Scope, found: Overview) -> Iterator[tuple[str, list[Row]]]:
    """What the tables are made of, all of it: a word for each line's kind, and the lines. At most 12 queries."""
    if scope.kind == "organization":
        yield "department", _department_rows(actor, found)
    if scope.kind != "team":
        yield "team", _team_rows(actor, scope, found)
    yield "workspace", _workspace_rows(actor, found, _seen(actor, scope, found))
    yield "member", breakdown.members(actor.org, found.period, scope.subject, book=found.freshness.book)


def _department_rows(actor: Member, found: Overview) -> list[Row]:
    """4 queries."""
    return breakdown.departments(actor.org, found.period, book=found.freshness.book)


def _team_rows(actor: Member, scope: Scope, found: Overview) -> list[Row]:
    """4 queries."""
    department = scope.target.pk if scope.kind == "department" else None
    return breakdown.teams(actor.org, found.period, department=department, book=found.freshness.book)


def _seen(actor: Member, scope: Scope, found: Overview) -> dict[str, Workspace]:
    """The workspaces of the range that `actor` may know, a team's own without usage too, by id. One query."""
    used = Q(pk__in=[int(value) for value in found.by_workspace if value.isdecimal()])
    own = Q(team=scope.target.pk, archived_at=None)
    seen = Workspace.objects.visible_to(actor).filter(used | own if scope.kind == "team" else used)
    return {str(workspace.pk): workspace for workspace in seen}


def _workspace_rows(actor: Member, found: Overview, seen: Mapping[str, Workspace]) -> list[Row]:
    """The workspaces seen; the rest is one row, in which only Owners and Admins can tell what there is. No query."""
    elsewhere = _("Elsewhere: personal chats and workspaces that you do not see")
    names = {key: workspace.name for key, workspace in seen.items()}
    if actor.administers:  # as they were sent, where no workspace has that name
        names |= {value: value.removeprefix("=") for value in found.by_workspace if value.startswith("=")}
    return breakdown.workspaces(found.by_workspace, names, _("No workspace") if actor.administers else elsewhere)


def _departments(actor: Member, scope: Scope, found: Overview) -> Table:
    def state(row: Row) -> State:
        return State() if row.key == "0" or not actor.administers else _opens("department", row)

    return _table("departments", scope, _department_rows(actor, found), state)


def _teams(actor: Member, scope: Scope, found: Overview) -> Table:
    seen = {str(team.pk) for team in scope.teams}

    def state(row: Row) -> State:
        return _opens("team", row) if row.key in seen else State()

    return _table("teams", scope, _team_rows(actor, scope, found), state)


def _opens(kind: str, row: Row) -> State:
    """Each opens to the same page about itself; what belongs to nobody has none."""
    return State(url=f"?{kind}={row.key}")


def _workspaces(actor: Member, scope: Scope, found: Overview) -> Table:
    seen = _seen(actor, scope, found)

    def state(row: Row) -> State:
        return _place(actor, seen.get(row.key))

    return _table("workspaces", scope, _workspace_rows(actor, found, seen), state)


def _place(actor: Member, workspace: Workspace | None) -> State:
    if workspace is None:
        return State()
    note = _("Archived") if workspace.archived_at else workspace.get_visibility_display()
    return State(str(note), "grey", reverse("workspaces_page", args=[actor.org.slug, workspace.pk]))


def _members(actor: Member, scope: Scope, found: Overview) -> Table:
    """Who was counted in the range, then who is there today without usage, then what is left in one line. 4 queries."""
    rows = breakdown.members(actor.org, found.period, scope.subject, book=found.freshness.book, most=MOST)
    listed = {int(row.key) for row in rows}
    people = Member.objects.filter(org=actor.org).select_related("user", "org")
    known = {member.pk: member for member in people.filter(pk__in=listed)}
    if scope.kind != "organization" and len(rows) < MOST:
        now = people.filter(_inside(scope), removed_at=None).exclude(pk__in=listed).order_by("listed_as")
        quiet = {member.pk: member for member in now[: MOST - len(rows)]}
        rows += [_row(subjects.member(pk), str(pk), str(member)) for pk, member in quiet.items()]
        known |= quiet

    def state(row: Row) -> State:
        return _state(actor, scope, known.get(int(row.key or 0)))

    return _table("members", scope, [*rows, *_rest(found, rows)], state)


def _rest(found: Overview, rows: Sequence[Row]) -> list[Row]:
    """What the members listed leave of the whole, if anything."""
    left = {name: sum(getattr(day, name) for day in found.days) for name in SUMMED}
    for row in rows:
        for name in SUMMED:
            left[name] -= getattr(row, name)
    everybody = _("Everybody else, and unattributed") if found.unattributed.events else _("Everybody else")
    name = everybody if len(rows) >= MOST else _("Unattributed")
    return [_row("", "", name, **left)] if any(left[name] for name in (*COUNTED, "cost")) else []


def _row(subject: str, key: str, name: str, **sums: Any) -> Row:
    nothing = dict.fromkeys(SUMMED, 0) | {"cost": Decimal(0)}
    return Row(subject, key, name, None, None, **nothing | sums)


def _inside(scope: Scope) -> Q:
    return Q(**{scope.kind: scope.target.pk})


def _state(actor: Member, scope: Scope, member: Member | None) -> State:
    """How a member stands today. Who left the team has no page for its lead, nor has anybody for who leads none."""
    if member is None:
        return State()
    inside = scope.kind == "organization" or getattr(member, f"{scope.kind}_id") == scope.target.pk
    known = actor.administers or (inside and scope.target in scope.teams)
    url = reverse("member", args=[actor.org.slug, member.pk]) if known else ""
    if member.removed_at is not None:
        return State(_("No longer a member"), "grey", url if actor.administers else "")
    if not inside:
        return State(_("Not in the team now") if scope.kind == "team" else _("Not in the department now"), "grey", url)
    if member.suspended_at is not None:
        return State(_("Suspended, seat held"), "orange", url)
    if member.ends_at is not None:
        return State(_("Guest until %(day)s") % {"day": date_format(guests.last_day(member), "j M Y")}, "purple", url)
    return State(url=url)


def _table(name: str, scope: Scope, rows: Sequence[Row], state: Callable[[Row], State]) -> Table:
    """The first lines of `rows`, each with what `state` knows of it."""
    columns = (*COLUMNS[name], "cost") if scope.cost else COLUMNS[name]
    title, subtitle, head = _words(name, scope)
    most = max((row.messages for row in rows if row.key not in NOBODY), default=0) or 1
    more = len(rows) - MOST if name != "members" else 0
    return Table(
        name=name,
        title=title,
        subtitle=subtitle,
        head=head,
        labels=tuple(map(_label, columns)),
        lines=tuple(
            _line(row, columns, row.messages / most if row.key not in NOBODY else 0.0, state(row))
            for row in (rows[:MOST] if more > 0 else rows)
        ),
        left_out=_("%(n)s more are in the report's CSV.") % {"n": number(more)} if more > 0 else "",
    )


def _line(row: Row, columns: Iterable[str], share: float, state: State) -> Line:
    cells = tuple(_cell(column, getattr(row, column)) for column in columns)
    return Line(row.key or "rest", row.name, state.url, state.note, state.tone, share, cells)


def _cell(name: str, value: Any) -> Cell:
    if isinstance(value, Decimal):
        return Cell(name, _label(name), f"{value:.2f}", number(value, 2))
    return Cell(name, _label(name), "" if value is None else str(value), number(value))


def _label(column: str) -> Any:
    return _("Cost, USD") if column == "cost" else DEFINITIONS[column].label


def _words(name: str, scope: Scope) -> tuple[str, str, str]:
    """A table's title, a sentence under it, and what its lines are."""
    several = _("A member or conversation may be in several.")
    match name:
        case "departments":
            return _("Departments"), several, _("Department")
        case "teams":
            said = _("Whoever changed team counts in both; a conversation may be in several.")
            return _("Teams"), said, _("Team")
        case "workspaces" if scope.kind == "team":
            return _("Workspaces"), _("What the members of the team did in each."), _("Workspace")
        case "workspaces":
            return _("Workspaces"), _("What was done in each."), _("Workspace")
        case "members" if scope.kind == "team":
            return _("Members"), _("Those who are in the team now, and who was counted in it then."), _("Member")
        case "members" if scope.kind == "department":
            return _("Members"), _("Those who are in the department now, and who was counted in it then."), _("Member")
    return _("Members"), _("Those who used the most."), _("Member")
