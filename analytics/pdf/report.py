"""A month's report on paper: its head, the cards, the charts and the tables, in the order of its page."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.pdf import charts
from analytics.pdf.sheet import BLUE, BOLD, GREY, INSIDE, LEFT, Sheet, fitted, wide
from analytics.queries.cards import Bar, Card
from analytics.queries.report import Report
from analytics.queries.tables import Line, Table
from orgs.templatetags.ui import number, percent

ACROSS, GAP = 4, 8.0  # cards in a row, and between them
CARD, ROW = 66.0, 19.0
SHARES = 7  # bars of a panel
FIGURE = 60.0  # room for a column of figures
BAR = 44.0


def draw(report: Report) -> bytes:
    """The report as a file."""
    month = date_format(report.month, "F Y")
    made = date_format(report.made_at.astimezone(report.shown.found.period.zone), "j M Y, H:i")
    sheet = Sheet(
        title=f"{report.title}, {month}",
        author=report.org,
        language=get_language() or "en",
        foot=" · ".join([*dict.fromkeys((report.org, report.title)), month, _("made %(when)s") % {"when": made}]),
    )
    _head(sheet, report, month)
    _cards(sheet, report.shown.cards)
    _course(sheet, report)
    _panels(sheet, report)
    for table in report.shown.tables:
        _table(sheet, table)
    _source(sheet, report)
    return sheet.done()


def _head(sheet: Sheet, report: Report, month: str) -> None:
    sheet.box(LEFT, sheet.y - 9, 11, 11, fill=BLUE, round_=3)
    sheet.text(LEFT + 17, sheet.y, "Steward", size=9, font=BOLD)
    sheet.text(LEFT + INSIDE, sheet.y, fitted(report.org, INSIDE / 2, 9), size=9, colour=GREY, right=True)
    sheet.text(LEFT, sheet.y + 46, fitted(report.title, INSIDE, 23, BOLD), size=23, font=BOLD)
    period = f"{month}, {_('so far')}" if report.so_far else month
    sheet.text(LEFT, sheet.y + 64, f"{report.kind} · {period}", size=11, colour=GREY)
    sheet.text(LEFT, sheet.y + 79, report.said, size=8, colour=GREY)
    sheet.y += 94


def _cards(sheet: Sheet, cards: Sequence[Card]) -> None:
    width = (INSIDE - GAP * (ACROSS - 1)) / ACROSS
    for start in range(0, len(cards), ACROSS):
        sheet.room(CARD + GAP)
        for place, card in enumerate(cards[start : start + ACROSS]):
            _card(sheet, LEFT + place * (width + GAP), width, card)
        sheet.y += CARD + GAP
    sheet.y += 6


def _card(sheet: Sheet, x: float, width: float, card: Card) -> None:
    """Label, figure, what it is of, how it changed, and its course."""
    y, room = sheet.y, width - 16
    sheet.outline(x, y, width, CARD)
    sheet.text(x + 9, y + 14, fitted(str(card.label), room, 7.2), size=7.2, colour=GREY)
    sheet.text(x + 9, y + 32, card.shown, size=14, font=BOLD)
    after = x + 9 + (wide(card.shown, 14, BOLD) + 4 if card.shown else 0)
    sheet.text(after, y + 32, fitted(card.note, x + width - 6 - after, 7.5), size=7.5, colour=GREY)
    parts = [f"{part.shown} {part.label}" for part in card.parts if part.figure != "members" and part.shown]
    for place, part in enumerate(parts):
        sheet.text(x + 9, y + 42 + place * 8.5, fitted(part, room, 6.5), size=6.5, colour=GREY)
    sheet.text(x + 9, y + CARD - 7, fitted(card.change, room - 50, 7.5), size=7.5, colour=GREY)
    charts.spark(sheet, x + width - 56, y + CARD - 19, card.spark)


def _title(sheet: Sheet, x: float, width: float, title: str, subtitle: str) -> None:
    sheet.text(x, sheet.y + 10, fitted(title, width, 10.5, BOLD), size=10.5, font=BOLD)
    sheet.text(x, sheet.y + 21, fitted(subtitle, width, 7.5), size=7.5, colour=GREY)


def _course(sheet: Sheet, report: Report) -> None:
    """The month by day, and its hours by weekday."""
    found = report.shown.found
    sheet.room(190)
    _title(sheet, LEFT, INSIDE, _("Messages and responses"), _("By day"))
    sheet.y += 32
    sheet.y += charts.trend(sheet, LEFT, sheet.y, INSIDE, report.shown.days, report.shown.trend) + 14
    sheet.room(136)
    run = found.figures.peak_from, found.figures.peak_to
    hours = "" if run[0] is None else f" {run[0]:02d}:00–{run[1]:02d}:00"
    explained = _("Messages by hour and weekday; the shortest run with at least half of them is outlined")
    _title(sheet, LEFT, INSIDE, _("Peak hours") + hours, explained)
    sheet.y += 30
    sheet.y += charts.heat(sheet, LEFT, sheet.y, INSIDE, found.heat, run) + 14


def _panels(sheet: Sheet, report: Report) -> None:
    """Three columns of shares."""
    shown = report.shown
    panels = (
        (_("Most used models"), _("Share of responses"), shown.models),
        (_("Top integrations"), _("Share of active members who used it"), shown.integrations),
        (_("Common use cases"), _("Share of conversations"), shown.use_cases),
    )
    width = (INSIDE - 2 * 18) / 3
    most = max(min(len(bars), SHARES + 1) for _t, _s, bars in panels)
    sheet.room(34 + 19 * max(most, 1))
    for place, (title, subtitle, bars) in enumerate(panels):
        x = LEFT + place * (width + 18)
        _title(sheet, x, width, title, subtitle)
        _shares(sheet, x, sheet.y + 36, width, bars)
    sheet.y += 44 + 19 * max(most, 1)


def _shares(sheet: Sheet, x: float, y: float, width: float, bars: Sequence[Bar]) -> None:
    if not bars:
        sheet.text(x, y, _("Not reported"), size=8, colour=GREY)
    for bar in bars[:SHARES]:
        counted = f"{percent(bar.share)}  {number(bar.count)}"
        sheet.text(x, y, fitted(bar.label, width - wide(counted, 8) - 8, 8), size=8)
        sheet.text(x + width, y, counted, size=8, right=True)
        sheet.bar(x, y + 4, width, bar.share)
        y += 19
    if len(bars) > SHARES:
        sheet.text(x, y, _("%(n)s more") % {"n": number(len(bars) - SHARES)}, size=8, colour=GREY)


def _table(sheet: Sheet, table: Table) -> None:
    sheet.room(36 + 3 * ROW)
    _title(sheet, LEFT, INSIDE, str(table.title), str(table.subtitle))
    sheet.y += 36
    _labels(sheet, table)
    for line in table.lines:
        if sheet.room(ROW):
            _labels(sheet, table)
        _line(sheet, line)
    if table.left_out:
        sheet.text(LEFT, sheet.y + 10, table.left_out, size=7.5, colour=GREY)
        sheet.y += 12
    sheet.y += 16


def _labels(sheet: Sheet, table: Table) -> None:
    """The head of a table, on every page that it goes on to."""
    sheet.text(LEFT, sheet.y + 6, str(table.head), size=7, colour=GREY)
    for right, label in zip(_edges(table.labels), table.labels, strict=True):
        sheet.text(right, sheet.y + 6, fitted(str(label), FIGURE - 6, 7), size=7, colour=GREY, right=True)
    sheet.line(LEFT, sheet.y + 11, LEFT + INSIDE, sheet.y + 11)
    sheet.y += 12


def _edges(columns: Sequence[Any]) -> list[float]:
    """Where each column of figures ends, from the left."""
    return [LEFT + INSIDE - place * FIGURE for place in reversed(range(len(columns)))]


def _line(sheet: Sheet, line: Line) -> None:
    y, ground = sheet.y, sheet.y + 12.5
    bar = LEFT + INSIDE - len(line.cells) * FIGURE - BAR
    room = bar - LEFT - 10
    note = f"  {line.note}" if line.note else ""
    name = fitted(line.name, room - min(wide(note, 7), room / 2), 8.5)
    sheet.text(LEFT, ground, name, size=8.5)
    at = LEFT + wide(name, 8.5)
    sheet.text(at, ground, fitted(note, LEFT + room - at, 7), size=7, colour=GREY)
    sheet.bar(bar, y + 7.5, BAR, line.share)
    for right, cell in zip(_edges(line.cells), line.cells, strict=True):
        sheet.text(right, ground, cell.shown, size=8.5, right=True)
    sheet.line(LEFT, y + ROW - 0.5, LEFT + INSIDE, y + ROW - 0.5)
    sheet.y += ROW


def _source(sheet: Sheet, report: Report) -> None:
    """Where the figures come from, in one line at the end."""
    fresh, zone = report.shown.found.freshness, report.shown.found.period.zone
    if fresh.rolled_up_at is None:
        said = _("Nothing was reported yet.")
    else:
        said = _("Counted %(when)s.") % {"when": date_format(fresh.rolled_up_at.astimezone(zone), "j M Y, H:i")}
    if fresh.verified_at is not None:
        when = date_format(fresh.verified_at.astimezone(zone), "j M Y, H:i")
        said += " " + _("Verified %(when)s: %(n)s differences.") % {"when": when, "n": number(fresh.differences)}
    sheet.room(14)
    sheet.text(LEFT, sheet.y + 8, said, size=7.5, colour=GREY)
