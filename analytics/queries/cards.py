"""The cards of the overview: a figure as it is shown, beside the range before. From rows at hand, no query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import subjects
from analytics.queries.definitions import DEFINITIONS
from analytics.queries.overview import Figures, Overview, Share
from orgs.templatetags.ui import number, percent, spoken

CARDS = 8  # two rows of them


@dataclass(frozen=True, slots=True)
class Card:
    """`value` is the plain number for machines, `shown` the same for people; `parts` are figures it also holds."""

    figure: str
    label: Any
    value: str
    shown: str
    note: str
    change: str
    spark: tuple[float, ...]
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A smaller figure on the card of another."""

    figure: str
    value: str
    shown: str
    label: Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a panel of shares."""

    key: str
    label: str
    share: float
    count: int


def cards(found: Overview, *, cost: bool) -> list[Card]:
    """Eight cards in the order of product.md 6; those about cost only for whoever may see it.

    Messages have one of their own but on the whole organization's with cost, which is full without; tokens give way.
    """
    made = [_active(found), _count(found, "conversations"), _count(found, "responses")]
    if not cost or found.subject != subjects.ORGANIZATION:
        made.insert(1, _count(found, "messages"))
    if cost:
        made.append(_cost(found))
    made += [_daily(found), _count(found, "files"), _count(found, "integration_calls"), _tokens(found)]
    return made[:CARDS]


def bars(shares: Iterable[Share], nameless: str) -> list[Bar]:
    """Shares as bars; what names no value comes last, as `nameless`."""
    return [Bar(s.value, spoken(s.value) or nameless, s.share, s.number) for s in shares]


def _active(found: Overview) -> Card:
    now, share = found.figures, found.figures.active_share
    shown = "" if share is None else f"/ {number(now.members)} ({percent(share)})"
    members = Part("members", str(now.members), number(now.members), ngettext("member", "members", now.members))
    return _card(found, "active_members", note=shown, spark=_days(found, "active_members"), parts=(members,))


def _count(found: Overview, name: str) -> Card:
    return _card(found, name, spark=_days(found, name))


def _cost(found: Overview) -> Card:
    now = found.figures
    parts = [
        Part(
            "cost_per_active_day",
            _plain(now.cost_per_active_day),
            number(now.cost_per_active_day, 2),
            _("per active member and day"),
        ),
        Part("cost_per_response", _plain(now.cost_per_response), number(now.cost_per_response, 2), _("per response")),
    ]
    return _card(found, "cost", note="USD", spark=_days(found, "cost"), parts=tuple(parts), show=lambda v: number(v, 2))


def _daily(found: Overview) -> Card:
    def show(value: Any) -> str:
        return number(round(value, 1), 0 if value == int(value) else 1)

    return _card(found, "daily_active", note=_("members a day"), spark=_days(found, "active_members"), show=show)


def _tokens(found: Overview) -> Card:
    out = Part("tokens_out", _plain(found.figures.tokens_out), number(found.figures.tokens_out), _("out"))
    return _card(found, "tokens_in", label=_("Tokens"), note=_("in"), spark=_days(found, "tokens_in"), parts=(out,))


def _card(
    found: Overview,
    name: str,
    *,
    label: Any = "",
    note: str = "",
    spark: tuple[float, ...] = (),
    parts: tuple[Part, ...] = (),
    show: Callable[[Any], str] = number,
) -> Card:
    value, label = getattr(found.figures, name), label or DEFINITIONS[name].label
    if value is None:
        silent = tuple(replace(part, shown="", label="") for part in parts)
        return Card(name, label, "", _("not reported"), "", "", (), silent)
    change = _change(found.figures, found.before, name)
    return Card(name, label, _plain(value), show(value), note, change, spark, parts)


def _change(now: Figures, before: Figures, name: str) -> str:
    """Against the range before, as a share of it: `+12 %`."""
    new, old = getattr(now, name), getattr(before, name)
    if not old:
        return _("none before")
    share = (Decimal(str(new)) - Decimal(str(old))) / Decimal(str(old))
    return ("+" if share > 0 else "") + percent(share)


def _days(found: Overview, name: str) -> tuple[float, ...]:
    return tuple(float(getattr(day, name)) for day in found.days)


def _plain(value: Any) -> str:
    """A figure for machines: money with two decimals, means with at most two, counts whole, nothing as nothing."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:.2f}"
        case float():
            return f"{round(value, 2):g}"
        case _:
            return str(value)
