"""Prove the totals: count all events again, compare cell by cell, heal what differs.

With the drain it shares what a single event means (`analytics.cells`), not how events add up over time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from analytics import consuming, counted, ledgers, store
from analytics.models import (
    ActiveDay,
    Conversation,
    ConversationTotal,
    Event,
    HourTotal,
    Ledger,
    MemberDay,
    UsageTotal,
    Verification,
)
from orgs.models import Organization
from policies.models import Consumption

_CHUNK = timedelta(days=7)
_TRIES = 5
_AT_ONCE = 2_000  # cells that are healed in one transaction
_OPEN = timedelta(days=7)  # the nightly task looks at these last days
TOTALS: tuple[type[models.Model], ...] = (UsageTotal, HourTotal, MemberDay, ActiveDay, ConversationTotal, Conversation)


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what counting the events gives. None: the cell is missing there."""

    table: type[models.Model]
    key: tuple[Any, ...]
    stored: tuple[Any, ...] | None
    counted: tuple[Any, ...] | None

    def __str__(self) -> str:
        key = " ".join(str(part) or "-" for part in self.key[1:])
        return f"{self.table.__name__} {key}: stored {self.stored or 'nothing'}, counted {self.counted or 'nothing'}"


def reconcile(org: Organization, *, since: date | None = None, heal: bool = False) -> list[Difference]:
    """The cells of `org` that differ from recounting, from the day `since` on; `heal` writes what was counted.

    Compares a week of days at a time, then all conversations, then what limits are judged by; each as of one moment
    and without holding anybody up.
    """
    found: list[Difference] = []
    for first, last in _weeks(org, since):
        found += _reconcile(org, heal, partial(counted.days, first=first, last=last), first, last)
    found += _reconcile(org, heal, partial(counted.conversations, since=since), since, None)
    return found + _reconcile(org, heal, partial(consuming.counted, since=since), since, None)


def _reconcile(
    org: Organization, heal: bool, count: Callable[[Ledger], counted.Counted], first: date | None, last: date | None
) -> list[Difference]:
    """The differences of one stretch of days; what heals them is counted without the right to write.

    It is written only where nothing was counted in between. Where that happens again and again the ledger is held.
    """
    every: dict[tuple[type[models.Model], tuple[Any, ...]], Difference] = {}
    for _ in range(_TRIES):
        with _one_moment():
            ledger = _ledger(org)
            found = _compare(ledger, count(ledger), first, last)
        every |= {(one.table, one.key): one for one in found}
        if not heal or all(_healed(ledger, found[at : at + _AT_ONCE]) for at in range(0, len(found), _AT_ONCE)):
            return list(every.values())
    with ledger_of(org) as held:
        found = _compare(held, count(held), first, last)
        _heal(held, found)
    return list((every | {(one.table, one.key): one for one in found}).values())


def _healed(seen: Ledger, differences: list[Difference]) -> bool:
    """Write what was counted as of `seen`; False where something was counted since."""
    with ledger_of(seen.org) as ledger:
        if (ledger.rolled_up_at, ledger.book) != (seen.rolled_up_at, seen.book):
            return False
        _heal(ledger, differences)
        return True


def unverified(now: datetime) -> "QuerySet[Organization]":
    """The organizations with usage that were not verified since the last 03:10 UTC."""
    due = now.replace(hour=3, minute=10, second=0, microsecond=0)
    if due > now:
        due -= timedelta(days=1)
    done = Verification.objects.filter(at__gte=due).values("org")
    return Organization.objects.filter(ledger__isnull=False).exclude(pk__in=done)


def verify(org: Organization) -> Verification:
    """Reconcile the last days, heal them, and record how many cells differed. What came late lies in them as well."""
    now = timezone.now()
    since = _first_open_day(org)
    differences = reconcile(org, since=since, heal=True)
    return Verification.objects.create(
        org=org, at=now, since=since, differences=len(differences), healed=bool(differences)
    )


def _first_open_day(org: Organization) -> date:
    """A week ago, or the oldest day of an event that came in since the last verification."""
    today = timezone.now().astimezone(org.zone).date()
    last = Verification.objects.filter(org=org).first()
    batches = org.batches.filter(settled_at__gt=last.at) if last else org.batches.all()
    oldest = Event.objects.filter(org=org, batch__in=batches.values("pk")).aggregate(day=Min("day"))["day"]
    return min(today - _OPEN, oldest - counted.slack(_ledger(org)) if oldest else today)


def _weeks(org: Organization, since: date | None) -> Iterator[tuple[date, date]]:
    """The days of events and totals, up to seven at a time."""
    ledger = _ledger(org)
    more = counted.slack(ledger)
    events = Event.objects.filter(org=org).aggregate(a=Min("day"), b=Max("day"))
    totals = UsageTotal.objects.filter(org_id=ledger.book).aggregate(a=Min("day"), b=Max("day"))
    days = [events["a"] - more, events["b"] + more] if events["a"] else []
    days += [totals["a"], totals["b"]] if totals["a"] else []
    if not days:
        return
    first = max(min(days), since or min(days))
    while first <= max(days):
        last = min(first + _CHUNK - timedelta(days=1), max(days))
        yield first, last
        first = last + timedelta(days=1)


def _ledger(org: Organization) -> Ledger:
    """As it is, or as it would be opened. One query."""
    return Ledger.objects.select_related("org").filter(org=org).first() or Ledger(org=org, timezone=org.timezone)


@contextmanager
def ledger_of(org: Organization) -> Iterator[Ledger]:
    """A transaction that holds `org`'s ledger, for as long as counting takes."""
    with transaction.atomic():
        _take_time()
        yield ledgers.lock(org)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read all as of one moment, locking nothing. Inside of a transaction: as that one reads."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _take_time()
            yield
    else:
        # Not `atomic`, which takes the right to write at once and would keep it from everybody else.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _take_time() -> None:
    """Lift PostgreSQL's limits for this transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SET LOCAL {limit} = 0")


def _compare(ledger: Ledger, expected: counted.Counted, first: date | None, last: date | None) -> list[Difference]:
    found: list[Difference] = []
    for table, cells in expected.items():
        stored = (
            consuming.stored(ledger, first)
            if table is Consumption
            else counted.stored(table, ledger.book, first, last, cells)
        )
        for key in sorted(cells.keys() | stored.keys()):
            if stored.get(key) != cells.get(key):
                found.append(Difference(table, key, stored.get(key), cells.get(key)))
    return found


def _heal(ledger: Ledger, differences: list[Difference]) -> None:
    for table in TOTALS:
        mine = [difference for difference in differences if difference.table is table]
        rows = [(*found.key, *counted.packed(table, found.counted)) for found in mine if found.counted is not None]
        store.put(table, rows)
        store.delete(table, [found.key for found in mine if found.counted is None])
    consuming.heal(ledger, [(one.key, one.counted) for one in differences if one.table is Consumption])
