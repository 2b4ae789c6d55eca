"""Charts as SVG from the server: they follow the theme, print as lines and say in words what they show.

Widths are percentages and heights pixels, so that letters keep their size on every screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil, floor, log10
from typing import Any

from django import template
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orgs.templatetags.ui import number

register = template.Library()

Series = tuple[str, Sequence[float]]

PLOT = 180  # pixels from the highest gridline to the ground
TOP = 8  # above it
WIDE = 1000  # units of a path's own coordinates across the plot
LINES = 4
SMALL = 20  # up to here every gridline is a whole number only when the highest is a multiple of four
ROUND = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
COLOURS = 6
SHADES = 9
HOURS = 24
CELL = 26
SPARK = (96, 28)


def ceiling(largest: float) -> float:
    """A round number not below `largest` that four gridlines divide evenly; 4 where nothing is higher."""
    if largest == int(largest) and largest <= SMALL:
        return max(LINES, ceil(largest / LINES) * LINES)
    power: float = 10 ** floor(log10(largest))
    return next(step * power for step in ROUND if largest <= step * power)


def percents(value: float) -> str:
    """A length as SVG takes it."""
    return f"{value:.3f}%"


def path(points: Sequence[tuple[float, float]]) -> str:
    """An open line through `points`."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@register.simple_tag
def sparkline(values: Sequence[float]) -> str:
    """The course of a figure beside it, as decoration; nothing for fewer than two values."""
    if len(values) < 2:
        return ""
    width, height = SPARK
    low, high = min(values), max(values)
    reach = (high - low) or 1
    step = width / (len(values) - 1)
    points = [(i * step, height - 3 - (v - low) / reach * (height - 6)) for i, v in enumerate(values)]
    line = path(points)
    return format_html(
        '<svg class="spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true" focusable="false">'
        '<path class="spark-area" d="{2}L{0} {1}L0 {1}Z"/><path class="spark-line" d="{2}"/>'
        '<circle class="spark-end" cx="{3}" cy="{4}" r="2"/></svg>',
        width,
        height,
        line,
        f"{points[-1][0]:.1f}",
        f"{points[-1][1]:.1f}",
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """One day of one series in a stack."""

    colour: int
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    """One day: where it stands, what it holds, whether nobody works."""

    day: date
    x: str
    width: str
    bar_x: str
    bar_width: str
    middle: str
    weekend: bool
    label: str
    values: list[tuple[str, str]]
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Curve:
    """One series as a line."""

    colour: int
    line: str
    area: str


def height_of(value: float, top: float) -> float:
    """Pixels above the ground."""
    return value / top * PLOT


def stack(values: Sequence[float], top: float) -> list[Segment]:
    """One day's values on top of each other, the first at the ground."""
    ends = list(accumulate(values))
    return [
        Segment(i % COLOURS + 1, f"{TOP + PLOT - height_of(end, top):.1f}", f"{height_of(value, top):.1f}")
        for i, (value, end) in enumerate(zip(values, ends, strict=True))
        if value
    ]


def columns(days: Sequence[date], series: Sequence[Series], top: float) -> list[Column]:
    """Every day with its place across the plot."""
    band = 100 / len(days)
    labelled = max(1, -(-len(days) // 6))
    made = []
    for i, day in enumerate(days):
        values = [values[i] for _name, values in series]
        made.append(
            Column(
                day=day,
                x=percents(i * band),
                width=percents(band),
                bar_x=percents((i + 0.14) * band),
                bar_width=percents(band * 0.72),
                middle=percents((i + 0.5) * band),
                weekend=day.weekday() >= 5,
                label=date_format(day, "j M") if (i - (len(days) - 1) % labelled // 2) % labelled == 0 else "",
                values=[(name, number(value)) for (name, _values), value in zip(series, values, strict=True)],
                segments=stack(values, top),
            )
        )
    return made


def curve(colour: int, values: Sequence[float], top: float) -> Curve:
    """A line through the middles of the days, and the area under it."""
    band = WIDE / len(values)
    points = [((i + 0.5) * band, PLOT - height_of(value, top)) for i, value in enumerate(values)]
    line = path(points)
    return Curve(colour, line, f"{line}L{points[-1][0]:.1f} {PLOT}L{points[0][0]:.1f} {PLOT}Z")


def dot(colour: int, value: float, top: float) -> Segment:
    """A series of one day: a line through it would have no length."""
    return Segment(colour, f"{TOP + PLOT - height_of(value, top):.1f}", "0")


def course(label: str, days: Sequence[date], totals: Sequence[float]) -> str:
    """A trend in words: its range, its lowest and its highest day."""
    low, high = min(totals), max(totals)
    return _(
        "%(label)s by day, %(first)s to %(last)s: least %(low)s on %(low_day)s, most %(high)s on %(high_day)s."
    ) % {
        "label": label,
        "first": date_format(days[0], "j M Y"),
        "last": date_format(days[-1], "j M Y"),
        "low": number(low),
        "low_day": date_format(days[totals.index(low)], "j M"),
        "high": number(high),
        "high_day": date_format(days[totals.index(high)], "j M"),
    }


@register.inclusion_tag("charts/trend.html")
def trend(days: Sequence[date], series: Sequence[Series], label: str, stacked: bool = False) -> dict[str, Any]:
    """Figures by day: one or more (name, values) as lines, or stacked as bars; weekends are shaded."""
    if not days:
        return {"columns": []}
    totals = [sum(values[i] for _name, values in series) for i in range(len(days))]
    top = ceiling(max(totals) if stacked else max(max(values) for _name, values in series))
    lines = [
        {"y": TOP + PLOT - PLOT * i / LINES, "label": number(top * i / LINES, 0 if top >= LINES else 2)}
        for i in range(LINES, -1, -1)
    ]
    return {
        "label": label,
        "words": course(label, days, totals),
        "stacked": stacked,
        "columns": columns(days, series, top),
        "curves": [] if stacked else [curve(i % COLOURS + 1, values, top) for i, (_name, values) in enumerate(series)],
        "dots": []
        if stacked or len(days) > 1
        else [dot(i % COLOURS + 1, v[0], top) for i, (_n, v) in enumerate(series)],
        "names": [(i % COLOURS + 1, name) for i, (name, _values) in enumerate(series)],
        "lines": lines,
        "top": TOP,
        "plot": PLOT,
        "ground": TOP + PLOT,
        "wide": WIDE,
        "height": TOP + PLOT + 24,
    }


@register.inclusion_tag("charts/shares.html")
def share_bars(rows: Sequence[Any], kind: str, note: str = "") -> dict[str, Any]:
    """Rows with `key`, `label`, `share` (0 to 1) and `count` as bars, in their order; `kind` goes into `data-share`."""
    drawn = [(row, f"{round(float(row.share), 4)}", percents(row.share * 100)) for row in rows]
    return {"rows": drawn, "kind": kind, "note": note}


@register.simple_tag
def bar(share: float, colour: int = 1) -> SafeString:
    """A bar of `share` (0 to 1) for a cell of a table; the number stands beside it."""
    return format_html(
        '<svg class="bar-cell" width="100%" height="6" aria-hidden="true" focusable="false"><rect class="track"'
        ' width="100%" height="6" rx="3"/><rect class="s{}" width="{}" height="6" rx="3"/></svg>',
        colour,
        percents(min(max(share, 0), 1) * 100),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one weekday."""

    x: str
    y: int
    shade: int
    tip: str


def peak_hours(start: int | None, end: int | None) -> list[tuple[int, int]]:
    """The hours from `start` to `end`, exclusive, as runs of one day; two where they pass midnight."""
    if start is None or end is None:
        return []
    runs = [(start, end)] if start < end else [(start, HOURS), (0, end)]
    return [(a, b) for a, b in runs if b > a]


def peak_boxes(start: int | None, end: int | None) -> list[dict[str, str]]:
    """Outlines around those hours."""
    runs = peak_hours(start, end)
    return [{"x": percents(a * 100 / HOURS), "width": percents((b - a) * 100 / HOURS)} for a, b in runs]


def cells(grid: Sequence[Sequence[int]]) -> list[Cell]:
    """Every hour of the week; the darkest shade is the busiest hour."""
    most = max((max(row) for row in grid), default=0) or 1
    return [
        Cell(
            x=percents((hour + 0.06) * 100 / HOURS),
            y=weekday * CELL + 1,
            shade=-(-count * SHADES // most),
            tip=f"{WEEKDAYS[weekday]} {hour:02d}:00 · {number(count)}",
        )
        for weekday, row in enumerate(grid)
        for hour, count in enumerate(row)
    ]


@register.inclusion_tag("charts/heat.html")
def heat_map(
    grid: Sequence[Sequence[int]], label: str, peak_from: int | None = None, peak_to: int | None = None
) -> dict[str, Any]:
    """Seven weekdays from Monday, 24 hours each, as shades; the peak run is outlined."""
    _most, weekday, hour = max((n, -d, -h) for d, row in enumerate(grid) for h, n in enumerate(row))
    words = _("%(label)s by hour and weekday; the busiest hour is %(day)s %(hour)s:00.") % {
        "label": label,
        "day": WEEKDAYS[-weekday],
        "hour": f"{-hour:02d}",
    }
    if peak_from is not None and peak_to is not None:
        words += " " + _("Peak hours: %(start)02d:00 to %(end)02d:00.") % {"start": peak_from, "end": peak_to}
    return {
        "label": label,
        "words": words,
        "cells": cells(grid),
        "cell_width": percents(0.88 * 100 / HOURS),
        "cell_height": CELL - 2,
        "days": [WEEKDAYS_ABBR[i] for i in range(7)],
        "hours": [{"x": percents((h + 0.5) * 100 / HOURS), "label": f"{h:02d}"} for h in range(0, HOURS, 3)],
        "peaks": peak_boxes(peak_from, peak_to),
        "height": CELL * 7,
        "full_height": CELL * 7 + 18,
    }
