"""Take in: from a request's body to one committed row of the inbox, and a nudge for whoever counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from analytics import body, incoming, listening, litellm, tasks
from analytics.incoming import Incoming, Sorted
from analytics.models import InboxBatch
from orgs import logged
from orgs.models import Organization, ServiceKey
from orgs.tasks import kick

REASONS = 20  # that a batch keeps of why events were rejected


def read_events(raw: bytes, now: datetime, *, listens: bool = False) -> Sorted:
    """The events of a body of `POST /api/v1/events`; `listens`: with their titles and texts.

    Raises:
        body.Unreadable: the whole of it is refused.
    """
    events = body.whole(raw, Incoming, b'"id"')
    if events is None:
        items = list(body.items(raw)) if listens else body.items(raw)
        found = incoming.sift_items(items, now)
        if isinstance(items, list):
            listening.to_items(items, found)
        return found
    found = incoming.sift(events, now, careful=b"\\u0000" in raw)
    if listens:
        listening.to_events(events, found)
    return found


def read_litellm(raw: bytes, now: datetime, *, shared: bool, listens: bool = False) -> Sorted:
    """The events that the calls of a LiteLLM webhook's body stand for. `shared`: see `litellm.person`.

    Raises:
        body.Unreadable: the whole of it is refused.
    """
    return litellm.sift(body.items(raw), now, shared=shared, listens=listens)


def store(org: Organization, key: ServiceKey | None, source: str, found: Sorted, at: datetime) -> InboxBatch:
    """Put the valid events into the inbox. One INSERT; committed on return unless the caller has a transaction open.

    What was said in them is kept as far as the monitoring level allows, in the same transaction; never in the inbox.
    A batch of which nothing was valid is kept as well: its outcome can be asked for like any other's.
    """
    batch = InboxBatch(
        org=org,
        key=key,
        source=source,
        received_at=at,
        request_id=logged.request_id(),
        body=incoming.pack(found.taken),
        received=len(found.taken),
        rejected=len(found.rejected),
        reasons=Counter(f"{wrong.field or 'event'}: {wrong.error}" for wrong in found.rejected).most_common(REASONS),
    )
    if not found.taken:
        batch.settle(at=at)
    with transaction.atomic() if found.said else nullcontext():
        batch.save(force_insert=True)
        if found.said:
            listening.keep(org, source, found, at=at)
    if found.taken:
        transaction.on_commit(partial(kick, tasks.drain))
    return batch


def take_in(org: Organization, events: Sequence[Mapping[str, Any]], *, at: datetime) -> InboxBatch:
    """Take in what happened in Steward itself, in the caller's transaction: the hook `usage_happened`.

    `events` have the fields of `POST /api/v1/events`. One INSERT, and what `listening.keep` costs.

    Raises:
        ValueError: one of them is not a valid event; nothing is taken.
    """
    found = incoming.sift_items(events, at)
    if listening.listens(org):
        listening.to_items(events, found)
    if found.rejected:
        wrong = found.rejected[0]
        raise ValueError(f"events[{wrong.index}].{wrong.field}: {wrong.error}.")
    return store(org, None, "steward", found, at)
