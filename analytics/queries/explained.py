"""A figure opened: its definition, the numbers in its formula, and the rows that add up to it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import subjects
from analytics.models import ConversationTotal
from analytics.queries import breakdown
from analytics.queries.definitions import DEFINITIONS, Definition
from analytics.queries.freshness import Freshness
from analytics.queries.overview import Figures, Overview, Share, overview
from analytics.queries.periods import Period
from analytics.queries.reading import of_conversations
from orgs.models import Organization
from orgs.templatetags.ui import number, percent, spoken

_LISTED = 500  # rows on the panel; the rest is summed into one


@dataclass(frozen=True, slots=True)
class Row:
    """`note` says more than what adds up: how many messages an active member sent."""

    label: str
    value: Any
    shown: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Also:
    """Another figure that is told along with the one that was opened."""

    name: str
    label: Any
    shown: str
    working: str


@dataclass(frozen=True, slots=True)
class Explained:
    """`sum` is what the rows add up to, empty where they do not; `working` the formula with its numbers."""

    name: str
    definition: Definition
    shown: str
    working: str
    also: tuple[Also, ...]
    rows: tuple[Row, ...]
    sum: str
    period: Period
    freshness: Freshness


def explain(org: Organization, period: Period, name: str, subject: str = subjects.ORGANIZATION) -> Explained:
    """The figure `name` of DEFINITIONS for `subject` in `period`. At most 21 queries, whatever the size."""
    found, definition = overview(org, period, subject), DEFINITIONS[name]
    rows = _rows(org, found, name, definition)
    total = sum((row.value for row in rows), start=Decimal(0) if definition.cost else 0)
    return Explained(
        name=name,
        definition=definition,
        shown=_shown(found, name),
        working=_working(found, name),
        also=tuple(Also(n, DEFINITIONS[n].label, _shown(found, n), _working(found, n)) for n in definition.also),
        rows=_shortened(rows, definition),
        sum=_number(total, definition) if definition.adds_up else "",
        period=period,
        freshness=found.freshness,
    )


def _rows(org: Organization, found: Overview, name: str, definition: Definition) -> list[Row]:
    match definition.rows:
        case "members":
            return _members(org, found)
        case "first_days":
            return [Row(_told(day), number_, number(number_)) for day, number_ in _first_days(found)]
        case "hours":
            return [Row(f"{hour:02d}:00", count, number(count)) for hour, count in enumerate(found.hours)]
        case "models" | "integrations" | "use_cases":
            shares: tuple[Share, ...] = getattr(found, definition.rows)
            return [
                Row(spoken(s.value) or _("None named"), s.number, number(s.number), percent(s.share)) for s in shares
            ]
    attribute = {"daily_active": "active_members"}.get(name, "cost" if definition.cost else name)
    days = [(day.day, getattr(day, attribute)) for day in found.days]
    return [Row(_told(day), value, _number(value, definition)) for day, value in days]


def _members(org: Organization, found: Overview) -> list[Row]:
    """Each active member counts once; what they sent is noted beside."""
    rows = breakdown.members(org, found.period, found.subject, book=found.freshness.book)
    active = [row for row in rows if row.active_members]
    told = [ngettext("%(n)s message", "%(n)s messages", row.messages) % {"n": number(row.messages)} for row in active]
    return [Row(row.name, 1, "1", note) for row, note in zip(active, told, strict=True)]


def _first_days(found: Overview) -> list[tuple[date, int]]:
    """Distinct conversations by the first day of the range on which each was seen. One query."""
    period = found.period
    rows = ConversationTotal.objects.filter(
        of_conversations([found.subject]),
        org_id=found.freshness.book,
        day__range=(period.first, period.last),
        previous_day__lt=period.first,
    )
    by_day = dict(rows.values_list("day").annotate(Sum("conversations")))
    return [(day, by_day.get(day, 0)) for day in period.days()]


def _shortened(rows: list[Row], definition: Definition) -> tuple[Row, ...]:
    rest = rows[_LISTED:]
    if not rest:
        return tuple(rows)
    value = sum(row.value for row in rest)
    return (*rows[:_LISTED], Row(_("%(n)s more") % {"n": len(rest)}, value, _number(value, definition)))


def _number(value: Any, definition: Definition) -> str:
    return number(value, 2 if definition.cost else 0)


def _told(day: date) -> str:
    return date_format(day, "D j M Y")


def _shown(found: Overview, name: str) -> str:
    """The figure as its card shows it; a panel of shares has none of its own."""
    figures = found.figures
    if name == "peak_hours":
        return "" if figures.peak_from is None else f"{figures.peak_from:02d}:00–{figures.peak_to:02d}:00"
    if name not in Figures.__dataclass_fields__:
        return ""
    value = getattr(figures, name)
    if value is None:
        return _("not reported")
    if DEFINITIONS[name].cost:
        return f"{number(value, 2)} USD"
    return number(value, 1 if isinstance(value, float) and value % 1 else 0)


def _working(found: Overview, name: str) -> str:
    """The formula with its numbers and what it comes to; nothing for plain sums."""
    figures, days = found.figures, found.period.length
    terms = {
        "active_members": (figures.active_members, figures.members),
        "cost_per_active_day": (figures.cost, figures.active_members, days),
        "cost_per_response": (figures.cost, figures.responses),
        "daily_active": (sum(day.active_members for day in found.days), days),
    }.get(name)
    if terms is None or not all(terms):
        return ""
    result = percent(figures.active_share) if name == "active_members" else _shown(found, name)
    return f"{' ÷ '.join(number(term, 2 if isinstance(term, Decimal) else 0) for term in terms)} = {result}"
