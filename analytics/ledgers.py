"""Ledgers: opened when an organization first reports, locked by whoever changes its totals."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from analytics.models import InboxBatch, Ledger
from orgs.models import Organization

log = structlog.get_logger()
DEATHS = 30  # in a row, before a batch is parked for them: more than restarts hit it by chance (docs/decisions/0008)


def open_missing() -> None:
    """Give every organization with waiting events a ledger in its time zone. At most two queries."""
    waiting = InboxBatch.objects.waiting().filter(org_id=OuterRef("pk"))
    missing = Organization.objects.filter(Exists(waiting), ledger=None)
    Ledger.objects.bulk_create([Ledger(org=org, timezone=org.timezone) for org in missing], ignore_conflicts=True)


def claim(passed_over: Collection[int], only: int | None) -> Ledger | None:
    """Lock the ledger of the organization that waits longest and that nobody else holds.

    Batches in `passed_over` do not count as waiting; with `only`, no other does. One query.
    """
    waiting = InboxBatch.objects.waiting().filter(org_id=OuterRef("pk")).exclude(pk__in=list(passed_over))
    if only is not None:
        waiting = waiting.filter(pk=only)
    oldest = waiting.order_by("received_at").values("received_at")[:1]
    found = Ledger.objects.annotate(waits_since=Subquery(oldest)).filter(waits_since__isnull=False)
    return _locking(found.order_by("waits_since"), skip_locked=only is None).first()


def held(org_id: int) -> Ledger | None:
    """Lock an organization's ledger where nobody else holds it. One query."""
    return _locking(Ledger.objects.filter(org_id=org_id), skip_locked=True).first()


def count_death(ledger: Ledger) -> None:
    """What the ledger still names was begun by a process that ended over it; too often in a row parks the first.

    Two queries at most. The ledger, which the caller holds, is not saved.
    """
    ledger.deaths += 1
    batch = InboxBatch.objects.defer("body").filter(pk=ledger.trying[0]).waiting().first()
    if ledger.deaths >= DEATHS and batch is not None:
        batch.park(f"The process that counted it ended in the middle, {ledger.deaths} times in a row.")
        batch.save(update_fields=["error", "state"])
        ledger.deaths = 0
        log.error("batch_failed", batch=batch.pk, attempts=batch.attempts, state=batch.state, error=batch.error)


def let_go(org_id: int, batches: list[int]) -> None:
    """These batches were begun and failed before anybody's eyes: nobody died over them. One query."""
    Ledger.objects.filter(org_id=org_id, trying=batches).update(trying=[], deaths=0)


def lock(org: Organization) -> Ledger:
    """Lock an organization's ledger, opened if need be; waits for whoever holds it. At most three queries."""
    Ledger.objects.get_or_create(org=org, defaults={"timezone": org.timezone})
    return Ledger.objects.select_for_update().get(org=org)


def claim_proof(org: Organization, forgotten: datetime) -> bool:
    """Whether the caller may prove `org`'s totals now: nobody has begun to since `forgotten`. One query."""
    free = Ledger.objects.filter(Q(proof_begun_at=None) | Q(proof_begun_at__lt=forgotten), org=org)
    return free.update(proof_begun_at=timezone.now()) == 1


def end_proof(org: Organization) -> None:
    Ledger.objects.filter(org=org).update(proof_begun_at=None)


def _locking(found: "QuerySet[Ledger]", *, skip_locked: bool) -> "QuerySet[Ledger]":
    skips = skip_locked and connection.features.has_select_for_update_skip_locked
    return found.select_for_update(
        of=("self",) if connection.features.has_select_for_update_of else (), skip_locked=skips
    )
