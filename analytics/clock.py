"""Local days and hours: the zone of an organization's ledger, told in integers."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = date(1970, 1, 1).toordinal()
# Microseconds of a quarter of an hour: since 1972 all offsets, and all changes of them, are whole multiples.
_QUARTER = 900_000_000


class LocalTime:
    """The local day and hour of moments in one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._quarters: dict[int, tuple[int, int]] = {}

    def day_and_hour(self, at: int) -> tuple[int, int]:
        """Day (since 1970-01-01) and hour of a moment in microseconds since 1970."""
        quarter = at // _QUARTER
        found = self._quarters.get(quarter)
        if found is None:
            local = datetime.fromtimestamp(quarter * 900, self._zone)
            found = self._quarters[quarter] = day_of(local.date()), local.hour
        return found


@lru_cache(maxsize=2_000)
def date_of(day: int) -> date:
    """A day that counts from 1970-01-01."""
    return date.fromordinal(_FIRST + day)


def day_of(day: date) -> int:
    return day.toordinal() - _FIRST


def moment(at: int) -> datetime:
    """Microseconds since 1970 as a time."""
    # Exact: until the year 2255 a float keeps microseconds, and half of the time that a timedelta takes.
    return datetime.fromtimestamp(at / 1_000_000, UTC)
