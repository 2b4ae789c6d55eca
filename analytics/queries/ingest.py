"""What the ingest page shows: what was sent, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from analytics.models import InboxBatch
from orgs.models import Member

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One batch. `key` is the name of the key that sent it, empty where none did (Steward's own events)."""

    id: int
    source: str
    key: str
    received_at: datetime
    received: int
    rejected: int
    reasons: tuple[str, ...]
    new: int
    duplicates: int
    conflicts: int
    state: str
    state_label: str
    settled_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Batches:
    """A page of batches, newest first. `older` is the place to page from (None: nothing there)."""

    rows: tuple[Row, ...]
    waiting: int
    parked: int
    older: str


def batches(actor: Member, *, state: str = "", before: datetime | None = None) -> Batches:
    """The batches that `actor` may see, in one state or in any, received before a time. 3 queries."""
    mine = InboxBatch.objects.visible_to(actor)
    found = mine.filter(state=state) if state else mine
    if before is not None:
        found = found.filter(received_at__lt=before)
    rows = list(found.select_related("key").defer("body").order_by("-received_at", "-id")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Batches(
        rows=tuple(_row(batch) for batch in rows),
        waiting=mine.filter(state=InboxBatch.State.WAITING).count(),
        parked=mine.filter(state=InboxBatch.State.PARKED).count(),
        older=rows[-1].received_at.isoformat() if more else "",
    )


def _row(batch: InboxBatch) -> Row:
    return Row(
        id=batch.pk,
        source=batch.source,
        key=batch.key.name if batch.key else "",
        received_at=batch.received_at,
        received=batch.received,
        rejected=batch.rejected,
        reasons=tuple(_("%(n)s times %(reason)s") % {"n": n, "reason": reason} for reason, n in batch.reasons),
        new=batch.new,
        duplicates=batch.duplicates,
        conflicts=batch.conflicts,
        state=batch.state,
        state_label=batch.get_state_display(),
        settled_at=batch.settled_at,
        error=batch.error,
    )
