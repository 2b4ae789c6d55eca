"""The drain: from inbox rows to events and totals, exactly once.

Events, totals and the batches' outcome are one commit: a crash anywhere leaves all as it was, but for the ledger's
note, committed before, of which batches were begun: whoever finds it knows that somebody died over them. Whoever
drains an organization holds its ledger, so what came first stands first, and two workers drain two organizations.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import repeat
from time import monotonic
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import structlog
from django.db import connection, transaction
from django.utils import timezone

from analytics import consuming, events, incoming, ledgers, naming, store, totals
from analytics.cells import Fact, Tally
from analytics.clock import LocalTime, date_of, moment
from analytics.events import Arrival
from analytics.models import Event, InboxBatch, Ledger
from orgs.busy import is_busy, state_of

log = structlog.get_logger()
MOST_EVENTS = 40_000  # in one transaction on PostgreSQL
MOST_EVENTS_SQLITE = 5_000  # one writer at a time: others wait for this transaction
_RETRIES = 3
_RETRIED = {"40P01", "40001"}  # deadlock, serialization failure


def run(*, seconds: float = 60.0) -> int:
    """Drain until the inbox is empty or `seconds` have passed; how many batches were settled.

    A batch that fails is put aside for this run and tried alone in later ones; the third failure parks it, or rather
    those of its events that fail by themselves (`_divide`). A database that is busy is no failure of the batch.
    """
    until, settled = monotonic() + seconds, 0
    failed: set[int] = set()
    ledgers.open_missing()
    # Asked outside of a transaction first: on SQLite even one that finds nothing would hold every writer up.
    while monotonic() < until and InboxBatch.objects.waiting().exclude(pk__in=failed).exists():
        batches = _attempt(failed)
        if batches is None:
            break
        settled += batches
    return settled


class _Begun(NamedTuple):
    """Batches that are about to be counted, as their organization's ledger has noted."""

    org_id: int
    batches: list[int]


def _attempt(failed: set[int]) -> int | None:
    """One transaction's worth of batches; how many were settled, None when nothing waits that could be claimed.

    When several fail together each is tried alone, so that a bad one holds nobody else back.
    """
    begun = _begin(failed)
    if begun is None:
        return None
    settled = _tried(begun, failed)
    if settled is None:
        alone = (_begin(failed, only=pk) for pk in begun.batches)
        settled = sum(_tried(one, failed) or 0 for one in alone if one is not None)
    return settled


def _tried(begun: _Begun, failed: set[int]) -> int | None:
    """How many batches were settled; None where several failed together."""
    try:
        return _retried(partial(_drain, begun))
    except Exception as error:  # whatever a batch does to us is that batch's failure
        ledgers.let_go(begun.org_id, begun.batches)
        if len(begun.batches) > 1:
            return None
        _put_aside(begun.batches[0], error, failed)
        return 0


@transaction.atomic
def _begin(failed: set[int], only: int | None = None) -> _Begun | None:
    """Choose one transaction's worth and note it, in a commit of its own: who dies over it leaves a trace."""
    ledger = ledgers.claim(failed, only)
    if ledger is None:
        return None
    if ledger.trying:
        ledgers.count_death(ledger)
    ledger.trying = _chosen(ledger, failed, only)
    ledger.save(update_fields=["trying", "deaths"])
    return _Begun(ledger.org_id, ledger.trying)


def _put_aside(pk: int, error: Exception, failed: set[int]) -> None:
    failed.add(pk)
    if is_busy(error):
        log.warning("batch_waits", batch=pk, error=str(error))
        return
    with transaction.atomic():
        batch = InboxBatch.objects.select_for_update().defer("body").filter(pk=pk).waiting().first()
        if batch is None:
            return
        batch.fail(_told(error))
        batch.save(update_fields=["attempts", "error", "state"])
    log.error("batch_failed", batch=pk, attempts=batch.attempts, state=batch.state, error=batch.error)
    if batch.state == InboxBatch.State.PARKED and batch.received > 1:
        _divide(pk)


@transaction.atomic
def _divide(pk: int) -> None:
    """Let a parked batch wait again without the events that fail by themselves; those are parked as one of their own.

    Nothing is counted here: what is tried is rolled back. Where none or all of them fail, nothing is changed.
    """
    batch = InboxBatch.objects.select_for_update().get(pk=pk)
    ledger = ledgers.lock(batch.org)
    try:
        arrivals = _arrivals(batch)
    except msgspec.DecodeError:
        return
    failing = dict(_failing(ledger, _first_ones(batch.org_id, arrivals, {pk: batch})))
    bad = [arrival.event for arrival in arrivals if arrival.event.id in failing]
    good = [arrival.event for arrival in arrivals if arrival.event.id not in failing]
    if not good or not bad:
        return
    aside = batch.set_aside(incoming.pack(bad), len(bad), next(iter(failing.values())))
    aside.save(force_insert=True)
    batch.go_on(incoming.pack(good), len(good), aside)
    batch.save(update_fields=["state", "attempts", "error", "body", "received", "reasons"])
    log.warning("batch_divided", batch=pk, aside=aside.pk, events=len(bad))


def _failing(ledger: Ledger, fresh: Sequence[Arrival]) -> Iterator[tuple[str, str]]:
    """Those that fail by themselves, found by halves: their ids, and why."""
    try:
        with transaction.atomic():
            _record(ledger, fresh, timezone.now())
            transaction.set_rollback(True)
    except Exception as error:
        if is_busy(error):
            raise
        if len(fresh) == 1:
            yield fresh[0].event.id, _told(error)
            return
        half = len(fresh) // 2
        yield from _failing(ledger, fresh[:half])
        yield from _failing(ledger, fresh[half:])


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000].replace("\0", "")


def _retried(step: Callable[[], int]) -> int:
    for attempt in range(_RETRIES + 1):
        try:
            return step()
        except Exception as error:
            if state_of(error) not in _RETRIED or attempt == _RETRIES:
                raise
    raise AssertionError


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Hold the garbage collector back: a drain makes hundreds of thousands of tuples and no cycle.

    Walking over them again and again takes two fifths of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collecting()
@transaction.atomic
def _drain(begun: _Begun) -> int:
    """Count what was begun; nothing where somebody else took it over meanwhile."""
    ledger = ledgers.held(begun.org_id)
    if not begun.batches or ledger is None or ledger.trying != begun.batches:
        return 0
    batches = _read(begun.batches)
    now = timezone.now()
    fresh = [arrival for batch in batches for arrival in _arrivals(batch)]
    fresh = _first_ones(ledger.org_id, fresh, {batch.pk: batch for batch in batches})
    if fresh:
        _record(ledger, fresh, now)
    ledger.rolled_up_at, ledger.trying, ledger.deaths = now, [], 0
    ledger.save()
    for batch in batches:
        batch.settle(at=now)
        batch.save(update_fields=["state", "body", "error", "settled_at", "new", "duplicates", "conflicts"])
    return len(batches)


def _record(ledger: Ledger, fresh: Sequence[Arrival], now: datetime) -> None:
    """Append events that nobody sent before, and add them up.

    Into the totals that stand, and into those that a recount in another zone has begun, where it has passed; and into
    what limits are judged by.
    """
    names = naming.resolve(ledger.org_id, (arrival.event for arrival in fresh))
    tally, moved, uploads = Tally(), Tally(), consuming.Uploads()
    for facts in events.record(ledger, fresh, names):
        tally.take(facts)
        uploads.take(facts)
        ledger.note(events.reported(facts), moment(max(fact.at for fact in facts)))
        if ledger.next_book is not None:
            passed = _moved(ledger, facts)
            moved.take(passed)
            ledger.to_recount += len(facts)
            ledger.recounted += len(passed)
    cells = tally.cells()
    totals.merge(ledger.book, cells)
    consuming.push(ledger, cells.members, uploads, now)
    if ledger.next_book is not None:
        totals.merge(ledger.next_book, moved.cells())


def _moved(ledger: Ledger, facts: Sequence[Fact]) -> list[Fact]:
    """Those that a recount in another zone has passed, as that zone tells them."""
    local = LocalTime(ZoneInfo(ledger.next_timezone)).day_and_hour
    passed = [fact for fact in facts if ledger.has_reached(date_of(fact.day), fact.id)]
    return [fact._replace(day=day, hour=hour) for fact in passed for day, hour in [local(fact.at)]]


def _chosen(ledger: Ledger, failed: set[int], only: int | None) -> list[int]:
    """The organization's oldest waiting batches, up to a transaction's worth; one that failed before is taken alone."""
    waiting = InboxBatch.objects.filter(org_id=ledger.org_id).waiting().exclude(pk__in=failed)
    if only is not None:
        waiting = waiting.filter(pk=only)
    most = MOST_EVENTS if connection.vendor == "postgresql" else MOST_EVENTS_SQLITE
    pks: list[int] = []
    size = 0
    for pk, received, attempts in waiting.order_by("received_at", "pk").values_list("pk", "received", "attempts")[:500]:
        if pks and (attempts or size + received > most):
            break
        pks.append(pk)
        size += received
        if attempts or ledger.deaths:
            break
    return pks


def _read(pks: list[int]) -> list[InboxBatch]:
    found = InboxBatch.objects.select_for_update().defer("body").in_bulk(pks)
    for pk, body in store.bodies(InboxBatch, "body", pks).items():
        found[pk].body = body
    return [found[pk] for pk in pks]


def _arrivals(batch: InboxBatch) -> list[Arrival]:
    body = bytes(batch.body)
    columns = zip(repeat(batch.pk), incoming.unpack(body), events.fingerprints(body), strict=False)
    return list(map(partial(tuple.__new__, Arrival), columns))


def _first_ones(org_id: int, arrivals: Sequence[Arrival], batches: Mapping[int, InboxBatch]) -> list[Arrival]:
    """Those that nobody sent before; every arrival is noted in its batch. One query."""
    ids = [arrival.event.id for arrival in arrivals]
    different = set(ids)
    known = {id_: mark for _, id_, mark in store.fetch(Event, [(org_id, id_) for id_ in different], "fingerprint")}
    if not known and len(different) == len(ids):  # what most are
        for pk, new in Counter(arrival.batch for arrival in arrivals).items():
            batches[pk].new += new
        return list(arrivals)
    fresh = []
    for arrival in arrivals:
        batch, first = batches[arrival.batch], known.get(arrival.event.id)
        if first is None:
            known[arrival.event.id] = arrival.fingerprint
            batch.new += 1
            fresh.append(arrival)
        elif first == arrival.fingerprint:
            batch.duplicates += 1
        else:
            batch.conflicts += 1
    return fresh
