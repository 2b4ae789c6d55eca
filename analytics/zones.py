"""A changed time zone: all events counted anew into a book of their own, which one small commit then puts in force.

Nobody waits for it. Events are counted in steps, read outside of a transaction and written in a short one; what
arrives meanwhile is counted by the drain, in both books where the recount has passed its place. How far it came stands
in the ledger: killed anywhere, it goes on from there.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Collate
from django.utils import timezone

from analytics import cells, consuming, counted, recount, store, totals
from analytics.clock import LocalTime
from analytics.models import Event, Ledger
from orgs.models import Organization

# In one step. On SQLite everybody else who writes waits for it.
AT_ONCE = {"postgresql": 20_000, "sqlite": 250}
# A page that has begun to read a book may go on until the request is ended.
GRACE = timedelta(seconds=60)
_ORDER = {"postgresql": "C", "sqlite": "BINARY"}  # that of Python, too


def unfinished() -> "QuerySet[Ledger]":
    """The ledgers whose organization is in another time zone now, or whose last recount left something to do."""
    left = Q(next_book__isnull=False) | Q(old_book__isnull=False)
    return Ledger.objects.filter(left | ~Q(timezone=F("org__timezone")))


def run(*, seconds: float) -> bool:
    """Recount for so long at most; whether there is more to do at once."""
    until = monotonic() + seconds
    for pk in unfinished().order_by("pk").values_list("pk", flat=True):
        while (more := step(pk)) and monotonic() < until:
            pass
        if more:
            return True
    return False


def rezone(org: Organization) -> None:
    """Tell `org`'s totals by its present time zone, however long that takes; nothing where they are already."""
    while step(org.pk):
        pass


def step(pk: int) -> bool:
    """One step for one organization: a short transaction at most. Whether another can follow at once."""
    ledger, now = Ledger.objects.select_related("org").get(pk=pk), timezone.now()
    if ledger.old_book is not None:
        return ledger.retired_at is not None and now - ledger.retired_at >= GRACE and _clear(ledger, ledger.old_book)
    wanted = ledger.org.timezone
    if ledger.next_book is not None:
        return _advance(ledger) if ledger.next_timezone == wanted else _turn(ledger, partial(Ledger.abandon, at=now))
    if ledger.timezone == wanted:
        return False
    return _turn(ledger, partial(Ledger.begin, zone=wanted, events=Event.objects.filter(org_id=pk).count()))


def _turn(seen: Ledger, change: Callable[[Ledger], None]) -> bool:
    """Write what follows from `seen`, unless somebody else did."""
    with recount.ledger_of(seen.org) as ledger:
        if _state(ledger) == _state(seen):
            change(ledger)
            ledger.save()
    return True


def _advance(seen: Ledger) -> bool:
    """Count the next events into the next book; when there are none left, read that one from now on."""
    org, vendor = seen.org, connection.vendor
    events = Event.objects.filter(org=org).annotate(place=Collate("id", _ORDER[vendor])).order_by("day", "place")
    rest = _after(events, seen.cursor_day, seen.cursor_id)
    marks = list(rest.values_list("day", "id")[: AT_ONCE[vendor]])
    some = _up_to(rest, *marks[-1]) if marks else rest
    facts = list(counted.facts(org.pk, some, LocalTime(ZoneInfo(seen.next_timezone)))) if marks else []
    found = cells.count(facts)
    with recount.ledger_of(org) as ledger:
        # Events are never changed: as many as were read are those that were read.
        if _state(ledger) != _state(seen) or some.count() != len(facts):
            return True
        if marks and ledger.next_book is not None:
            totals.merge(ledger.next_book, found)
            ledger.reach(*marks[-1], events=len(facts))
        else:
            ledger.switch(at=timezone.now())
            consuming.renew(ledger)
        ledger.save()
    return True


def _after(events: "QuerySet[Event]", day: date | None, place: str) -> "QuerySet[Event]":
    return events if day is None else events.filter(Q(day__gt=day) | Q(place__gt=place), day__gte=day)


def _up_to(events: "QuerySet[Event]", day: date, place: str) -> "QuerySet[Event]":
    return events.filter(Q(day__lt=day) | Q(place__lte=place), day__lte=day)


def _state(ledger: Ledger) -> tuple[object, ...]:
    return ledger.moved_to, ledger.next_book, ledger.next_timezone, ledger.cursor_day, ledger.cursor_id, ledger.old_book


def _clear(seen: Ledger, book: int) -> bool:
    """Delete some of the rows of a book that was left; nobody writes there any more."""
    for table in recount.TOTALS:
        key = store.key_of(table)
        rows = list(table._default_manager.filter(org_id=book).values_list(*key)[: AT_ONCE[connection.vendor] * 4])
        if rows:
            with transaction.atomic():
                store.delete(table, rows)
            return True
    return _turn(seen, lambda ledger: setattr(ledger, "old_book", None))
