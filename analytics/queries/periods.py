"""Ranges of days in an organization's time zone, both ends included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orgs.forms.days import EARLIEST, LATEST

DEFAULT_DAYS = 30
LONGEST = 400  # days; older events are not taken


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last`, both included, in `zone`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.length - 1), last, self.zone)

    @property
    def end(self) -> datetime:
        """The moment at which its last day is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.length))


@dataclass(frozen=True, slots=True)
class Month(Period):
    """The days of a calendar month, from its first; of the month that is not over, those up to today.

    The range before it is the calendar month before, up to the same day where this one is not over.
    """

    @property
    def before(self) -> Period:
        """Days of the month before; a whole month stands against a whole month, however long each is."""
        last = self.first - timedelta(days=1)
        if self.is_over:
            return Period(last.replace(day=1), last, self.zone)
        return Period(last.replace(day=1), last.replace(day=min(self.last.day, last.day)), self.zone)

    @property
    def is_over(self) -> bool:
        return (self.last + timedelta(days=1)).day == 1


def month_of(first: date, *, now: datetime, zone: ZoneInfo) -> Month:
    """The calendar month that begins on `first`, up to today."""
    today = now.astimezone(zone).date()
    return Month(first, min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), today), zone)


def full_days(number: int, *, now: datetime, zone: ZoneInfo) -> Period:
    """The last `number` full days, ending yesterday."""
    last = now.astimezone(zone).date() - timedelta(days=1)
    return Period(last - timedelta(days=number - 1), last, zone)


def month(*, now: datetime, zone: ZoneInfo) -> Period:
    """This month up to today."""
    today = now.astimezone(zone).date()
    return Period(today.replace(day=1), today, zone)


def asked(first: str | None, last: str | None, *, now: datetime, zone: ZoneInfo) -> Period:
    """The days that a request names as 2026-11-21; the last 30 full ones when it names none.

    Raises:
        ValueError: one is missing or no day, or see `custom`; the text says which.
    """
    if not first and not last:
        return full_days(DEFAULT_DAYS, now=now, zone=zone)
    return custom(_day("from", first), _day("to", last), zone)


def _day(name: str, text: str | None) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        raise ValueError(f"{name}: must be a day such as 2026-11-21.") from None
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"{name}: must lie between {EARLIEST} and {LATEST}.")
    return day


def custom(first: date, last: date, zone: ZoneInfo) -> Period:
    """The days from `first` to `last`.

    Raises:
        ValueError: they end before they begin, or are more than 400; the text says which.
    """
    if last < first:
        raise ValueError("The last day must not be before the first.")
    period = Period(first, last, zone)
    if period.length > LONGEST:
        raise ValueError(f"Choose at most {LONGEST} days.")
    return period
