"""How people, times and numbers are written on every page."""

import zlib
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

NARROW = "\N{NARROW NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
NANO = 10**9
CENT = Decimal("0.01")
HUES = 8


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, classes: str = "") -> SafeString:
    """The icon `name` of the sprite, as decoration: what it means stands beside it in words."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("app/icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word of a name; of an address, of its first part."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def hue(name: str) -> int:
    """One of eight colours, always the same for the same name."""
    return zlib.crc32(name.encode()) % HUES


def grouped(digits: str) -> str:
    """Thousands of a plain decimal numeral set apart by a thin space, with the language's decimal sign."""
    whole, _point, fraction = digits.partition(".")
    separated = f"{int(whole):,}".replace(",", NARROW)
    sign = "-" if whole.startswith("-") and not separated.startswith("-") else ""
    return f"{sign}{separated}{formats.get_format('DECIMAL_SEPARATOR') + fraction if fraction else ''}"


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """`28934` as `28 934`; with `places` digits behind the decimal sign. Nothing reported is a dash."""
    if value is None:
        return DASH
    step = Decimal(1).scaleb(-places)
    return grouped(str(Decimal(str(value)).quantize(step, ROUND_HALF_UP)))


@register.filter
def percent(share: float | Decimal | None, places: int = 0) -> str:
    """A share of 0.88 as `88 %`. What is not quite all, or not quite nothing, is not rounded to it: `99.7 %`."""
    if share is None:
        return DASH
    exact, sign = Decimal(str(share)) * 100, ""
    least = Decimal(1).scaleb(-places - 1)
    if 0 < exact < 100 and round(exact, places) in (0, 100):
        places += 1
        sign = "" if least <= exact <= 100 - least else "< " if exact < least else "> "
        exact = min(max(exact, least), 100 - least)
    return f"{sign}{number(exact, places)}{NARROW}%"


@register.filter
def amount(nanos: int | None) -> str:
    """Nano-units of a currency as machines read them: `8456.00`, rounded half up."""
    return "" if nanos is None else str((Decimal(nanos) / NANO).quantize(CENT, ROUND_HALF_UP))


@register.filter
def money(nanos: int | None, currency: str = "USD") -> str:
    """Nano-units of a currency as people read them: `8 456.00 USD`; less than a cent says so."""
    if nanos is None:
        return DASH
    if 0 < abs(nanos) < NANO / 200:
        return f"<{NARROW}{grouped(str(CENT))} {currency}"
    return f"{grouped(amount(nanos))} {currency}"


@register.filter
def spoken(name: str) -> str:
    """A plain name as people write it: `team-chat` is Team Chat, `crm` is CRM. Any other stays as it was sent."""
    words = name.split("-")
    if not all(word.isalpha() and word.islower() for word in words):
        return name
    return " ".join(word.upper() if not set(word) & set("aeiouy") else word.capitalize() for word in words)


@register.filter
def told(id_: str) -> str:
    """The id of a group or a use case as people write it: `general_staff` is General staff."""
    return id_[:1].upper() + id_[1:].replace("_", " ")


class Span(NamedTuple):
    """A time ago, or ahead, in the largest unit that fits."""

    amount: int
    unit: str


def span(seconds: float) -> Span:
    """How long `seconds` are: whole minutes, hours or days, rounded down."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return Span(int(seconds // length), unit)
    return Span(0, "moment")


def past(gone: Span) -> str:
    """`3 hours ago`."""
    return {
        "moment": _("just now"),
        "minute": ngettext("%(n)d min ago", "%(n)d min ago", gone.amount),
        "hour": ngettext("%(n)d hour ago", "%(n)d hours ago", gone.amount),
        "day": ngettext("%(n)d day ago", "%(n)d days ago", gone.amount),
    }[gone.unit] % {"n": gone.amount}


def ahead(left: Span) -> str:
    """`in 3 hours`."""
    return {
        "moment": _("in a moment"),
        "minute": ngettext("in %(n)d min", "in %(n)d min", left.amount),
        "hour": ngettext("in %(n)d hour", "in %(n)d hours", left.amount),
        "day": ngettext("in %(n)d day", "in %(n)d days", left.amount),
    }[left.unit] % {"n": left.amount}


def to_come(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """`in 3 hours`, `in 7 days`: hours within a day, then days as a calendar counts them, in the current zone.

    An end at midnight is the day before's: see `ending`.
    """
    seconds = (moment - now).total_seconds()
    if seconds < 86_400:
        return ahead(span(seconds))
    last, today = (timezone.localtime(at, zone).date() for at in (moment - timedelta(microseconds=1), now))
    return ahead(Span(max((last - today).days, 1), "day"))


def relative(moment: datetime, now: datetime) -> str:
    """`moment` seen from `now`: minutes, hours, days up to a month, then the date."""
    distance = moment - now
    if abs(distance) > timedelta(days=30):
        return date_format(timezone.localtime(moment), "j M Y")
    return to_come(moment, now) if distance > timedelta() else past(span(-distance.total_seconds()))


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """A time as people say it, with the absolute one, in the current zone, behind it."""
    if moment is None:
        return format_html('<span class="text-secondary">{}</span>', _("never"))
    return stamp(moment, relative(moment, timezone.now()))


@register.filter
def at(moment: datetime) -> SafeString:
    """A time as clocks show it, in the current zone: `21 Nov 2026, 18:12`."""
    return stamp(moment, date_format(timezone.localtime(moment), "j M Y, H:i"))


def stamp(moment: datetime, text: str) -> SafeString:
    """`text` marked up as the time that it tells."""
    local = timezone.localtime(moment)
    exact = f"{date_format(local, 'j M Y, H:i:s')} {local.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, text)


@register.filter
def day(value: date) -> str:
    """A date as people write it: `21 Nov 2026`; of a time, the day that it is in the current zone."""
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, "j M Y")


@register.filter
def ending(moment: datetime, zone: tzinfo | None = None) -> str:
    """Until when something lasts: an end at midnight is the day before's, `14 Dec 2026`; any other has its time."""
    local = timezone.localtime(moment, zone)
    if local.time() == time.min:
        return date_format(local - timedelta(days=1), "j M Y")
    return date_format(local, "j M Y, H:i")
