"""The chain of audit entries: each holds the hash of the one before it, so that whatever is changed shows."""

import hashlib
import json
from dataclasses import dataclass

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from orgs.models import AuditEntry, AuditHead, Organization


def digest(row: AuditEntry) -> str:
    """SHA-256 over every field of an entry and the hash of the one before, as canonical JSON."""
    values = {name: getattr(row, name) for name in AuditEntry.CHAINED}
    values["at"] = row.at.isoformat()
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def append(org: Organization, rows: list[AuditEntry]) -> None:
    """Chain and insert entries; the organization is locked. 3 queries, and 1 more for each 500 entries."""
    head, _made = AuditHead.objects.get_or_create(org=org)
    for row in rows:
        row.seq, row.previous_hash = head.seq + 1, head.hash
        row.hash = digest(row)
        head.seq, head.hash = row.seq, row.hash
    AuditEntry.objects.bulk_create(rows, batch_size=500)
    head.save(update_fields=["seq", "hash"])


@dataclass(frozen=True, slots=True)
class Verified:
    """How far an organization's chain holds: `entries` read, and the first place where it does not (None: whole)."""

    entries: int
    hash: str
    broken_at: int | None = None
    problem: str = ""


def head_of(org: Organization) -> AuditHead:
    """Where the chain stands. One query."""
    return AuditHead.objects.filter(org=org).first() or AuditHead(org=org)


def verify(org: Organization) -> Verified:
    """Walk an organization's chain from its first entry to its head. Memory does not grow with its length.

    Entries that are written meanwhile are no concern of this walk: it ends at the head that it found.
    """
    head = head_of(org)
    found = walk(org, head, first=1, last=head.seq)
    return found if found.broken_at else ending(org, head, found)


def walk(org: Organization, head: AuditHead, *, first: int, last: int) -> Verified:
    """Walk a stretch, the link to the entry before it included. A chain is whole when all its stretches are."""
    entries = AuditEntry.objects.filter(org=org, seq__lte=head.seq)
    seq, before = first - 1, entries.filter(seq=first - 1).values_list("hash", flat=True).first() or "0" * 64
    lowest = first if first > 1 else 0  # what stands before the first entry belongs to no stretch else
    for row in entries.filter(seq__gte=lowest, seq__lte=last).order_by("seq").iterator(chunk_size=2000):
        if row.seq != seq + 1:
            return Verified(seq, before, seq + 1, f"entry {seq + 1} is missing")
        if row.previous_hash != before or digest(row) != row.hash:
            return Verified(seq, before, row.seq, f"entry {row.seq} is not as it was written")
        seq, before = row.seq, row.hash
    if seq == last:
        return Verified(seq, before)
    if entries.filter(seq__gt=last).exists():
        return Verified(seq, before, seq + 1, f"entry {seq + 1} is missing")
    return Verified(seq, before, seq + 1, f"entries {seq + 1} to {head.seq} are missing from the end")


def ending(org: Organization, head: AuditHead, found: Verified) -> Verified:
    """Whether a walk that came to the head ended as the head says, and nothing stands behind it."""
    if found.hash != head.hash:
        seq = found.entries
        return Verified(seq - 1, found.hash, seq, f"entry {seq} is not the one that the chain ended with")
    if beyond := _beyond_the_head(org):
        return Verified(found.entries, found.hash, beyond, f"entry {beyond} was added past the end of the chain")
    return found


def _beyond_the_head(org: Organization) -> int | None:
    """The first entry that the head does not know of: asked in one statement, so that no act comes in between."""
    head = AuditHead.objects.filter(org=org).values("seq")
    found = AuditEntry.objects.filter(org=org).filter(seq__gt=Coalesce(Subquery(head), 0)).order_by("seq").first()
    return None if found is None else found.seq
