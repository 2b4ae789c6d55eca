"""A month's report of a team, a department or the whole organization: the dashboard's figures, and the same as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from analytics import subjects
from analytics.models.totals import COUNTS
from analytics.queries import breakdown, tables
from analytics.queries.breakdown import Row
from analytics.queries.overview import Day, Figures, overview
from analytics.queries.panels import Panels, panels
from analytics.queries.periods import Month, Period
from analytics.queries.scopes import Scope
from orgs.models import Member, Organization

PARTS = {"model": subjects.MODEL, "integration": subjects.INTEGRATION, "use_case": subjects.USE_CASE}
SUMMED = (*COUNTS, "tokens_in", "tokens_out")
COLUMNS = ("part", "id", "name", "members", "active_members", "conversations", *SUMMED)


@dataclass(frozen=True, slots=True)
class Report:
    """A month as its page and its PDF show it. `title` names what it is about, `kind` says what that is."""

    org: str
    title: str
    kind: Any
    month: date
    so_far: bool
    said: str
    made_at: datetime
    shown: Panels


def report(actor: Member, scope: Scope, period: Month, now: datetime) -> Report:
    """At most 31 queries, whatever the size."""
    kinds = {"organization": _("Organization"), "department": _("Department"), "team": _("Team")}
    shown = panels(actor, scope, period, members=True)
    return Report(
        org=actor.org.name,
        title=actor.org.name if scope.kind == "organization" else scope.name,
        kind=kinds[scope.kind],
        month=period.first,
        so_far=not period.is_over,
        said=_said(period, shown.found.freshness.zone),
        made_at=now,
        shown=shown,
    )


def _said(period: Month, zone: str) -> str:
    """The days, and what they are held against, in one or two sentences."""
    days = {"first": _day(period.first), "last": _day(period.last), "zone": zone}
    before = {"first": _day(period.before.first), "last": _day(period.before.last)}
    text = _("%(first)s to %(last)s, days of %(zone)s.") % days
    return f"{text} {_('Changes are against %(first)s to %(last)s.') % before}"


def _day(day: date) -> str:
    return date_format(day, "j M Y")


def file_name(scope: Scope, org: Organization, period: Period) -> str:
    """What a report's file is called, without its ending."""
    about = "" if scope.kind == "organization" else slugify(scope.name) or scope.kind
    return "-".join(filter(None, (org.slug, about, "report", f"{period.first:%Y-%m}")))


def columns(scope: Scope) -> tuple[str, ...]:
    """The head of the file."""
    return (*COLUMNS, "cost_usd") if scope.cost else COLUMNS


def lines(actor: Member, scope: Scope, period: Period) -> Iterator[tuple[Any, ...]]:
    """The report as one table, read part by part as it is asked for: at most 39 queries, whatever the size.

    `part` says what a line is about: `total` and `before` (the range before), then each day, model, integration, use
    case, department, team, workspace and member. What is not reported, or not kept for such a part, is empty.
    """
    found = overview(actor.org, period, scope.subject)
    yield _figures("total", period, found.figures, scope)
    yield _figures("before", period.before, found.before, scope)
    yield from (_line("day", "", day.day.isoformat(), day, scope) for day in found.days)
    for part, dimension in PARTS.items():
        rows = breakdown.split(actor.org, period, dimension, scope.subject, book=found.freshness.book)
        yield from _rows(part, rows, scope)
    for part, rows in tables.rows(actor, scope, found):
        yield from _rows(part, rows, scope)


def _figures(part: str, period: Period, figures: Figures, scope: Scope) -> tuple[Any, ...]:
    return _line(part, "", f"{period.first} – {period.last}", figures, scope, members=figures.members)


def _rows(part: str, rows: Iterable[Row], scope: Scope) -> Iterator[tuple[Any, ...]]:
    return (_line(part, row.key, row.name, row, scope) for row in rows)


def _line(
    part: str, key: str, name: str, of: Figures | Day | Row, scope: Scope, *, members: int | None = None
) -> tuple[Any, ...]:
    counted: Sequence[Any] = [getattr(of, column) for column in ("active_members", "conversations", *SUMMED)]
    cost = ["" if of.cost is None else f"{of.cost:f}"] if scope.cost else []
    return (part, key, name, members, *counted, *cost)
