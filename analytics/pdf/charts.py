"""The charts of a report as lines and boxes: the course of a month, its hours by weekday, and small ones on cards."""

from collections.abc import Sequence
from datetime import date

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from reportlab.lib.colors import Color

from analytics.pdf.sheet import BLUE, GREY, INK, SERIES, TRACK, WEEKEND, Sheet, wide
from analytics.templatetags.charts import LINES, Series, ceiling, peak_hours
from orgs.templatetags.ui import number

PLOT, CELL, HOURS = 118.0, 11.5, 24
LABELS = 26.0  # points left of a plot


def trend(sheet: Sheet, x: float, y: float, width: float, days: Sequence[date], series: Sequence[Series]) -> float:
    """Figures by day as lines, weekends shaded; how high it is."""
    top = ceiling(max(max(values) for _name, values in series))
    left, across = x + LABELS, width - LABELS
    band, ground = across / len(days), y + PLOT
    for i, day in enumerate(days):
        if day.weekday() >= 5:
            sheet.box(left + i * band, y, band, PLOT, fill=WEEKEND)
    for i in range(LINES + 1):
        at = ground - PLOT * i / LINES
        sheet.line(left, at, left + across, at)
        label = number(top * i / LINES, 0 if top >= LINES else 2)
        sheet.text(left - 6, at + 2.5, label, size=7, colour=GREY, right=True)
    for colour, (_name, values) in zip(SERIES, series, strict=False):
        points = [(left + (i + 0.5) * band, ground - value / top * PLOT) for i, value in enumerate(values)]
        sheet.path(points, colour=colour, width=1.6)
    _dates(sheet, left, ground + 11, band, days)
    _legend(sheet, left, ground + 25, [name for name, _values in series])
    return PLOT + 30


def _dates(sheet: Sheet, left: float, y: float, band: float, days: Sequence[date]) -> None:
    """The first day and every seventh after it."""
    for i in range(0, len(days), 7):
        sheet.text(left + i * band, y, date_format(days[i], "j M"), size=7, colour=GREY)


def _legend(sheet: Sheet, x: float, y: float, names: Sequence[str]) -> None:
    for colour, name in zip(SERIES, names, strict=False):
        sheet.box(x, y - 5.5, 6, 6, fill=colour, round_=1.5)
        sheet.text(x + 10, y, name, size=7.5, colour=GREY)
        x += 24 + wide(name, 7.5)


def heat(
    sheet: Sheet, x: float, y: float, width: float, grid: Sequence[Sequence[int]], run: tuple[int | None, int | None]
) -> float:
    """Seven weekdays of 24 hours as shades, the peak hours outlined; how high it is."""
    left, across = x + LABELS, width - LABELS
    cell, most = across / HOURS, max(map(max, grid)) or 1
    for weekday, row in enumerate(grid):
        sheet.text(x, y + weekday * CELL + 8, str(WEEKDAYS_ABBR[weekday]), size=7, colour=GREY)
        for hour, count in enumerate(row):
            fill = _shade(count / most)
            sheet.box(left + hour * cell + 0.6, y + weekday * CELL + 0.6, cell - 1.2, CELL - 1.2, fill=fill, round_=1.5)
    for start, end in peak_hours(*run):
        sheet.outline(left + start * cell, y, (end - start) * cell, CELL * 7, colour=INK, round_=3)
    for hour in range(0, HOURS, 3):
        sheet.text(left + hour * cell + 1, y + CELL * 7 + 9, f"{hour:02d}", size=7, colour=GREY)
    return CELL * 7 + 12


def _shade(share: float) -> Color:
    """From the colour of nothing to that of the busiest hour."""
    if not share:
        return TRACK
    strength = 0.15 + 0.85 * share
    return Color(*(1 - strength * (1 - part) for part in BLUE.rgb()))


def spark(sheet: Sheet, x: float, y: float, values: Sequence[float], *, width: float = 46, height: float = 14) -> None:
    """The course of a figure; nothing for fewer than two values."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    reach, step = (high - low) or 1, width / (len(values) - 1)
    points = [(x + i * step, y + height - (value - low) / reach * height) for i, value in enumerate(values)]
    sheet.path(points, colour=BLUE, width=1)
