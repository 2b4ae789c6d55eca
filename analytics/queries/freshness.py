"""How fresh the totals are, and when they were last proved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from analytics import subjects
from analytics.models import InboxBatch, Ledger, MemberDay, UsageTotal, Verification
from analytics.models.totals import COUNTS
from orgs.models import Organization


@dataclass(frozen=True, slots=True)
class Recounting:
    """The days are being counted anew in the zone `to`; so many events are done. A total of 0: about to begin."""

    to: str
    done: int
    total: int

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Freshness:
    """When events were last turned into totals, the time of the latest event, and the last proof of the totals.

    `zone` is the time zone the days are told in, `today` the day it is there and `events_today` what was counted of it,
    `reported` what was ever reported: kinds of events and `conversation`, `cost`, `tokens`. None: that never happened.
    `book` is where the totals stand (`Ledger.book`): whoever reads several of them reads all of them there.
    """

    rolled_up_at: datetime | None
    last_event_at: datetime | None
    verified_at: datetime | None
    differences: int | None
    zone: str
    reported: frozenset[str]
    book: int
    recounting: Recounting | None
    today: date
    events_today: int


def of(org: Organization, subject: str = subjects.ORGANIZATION) -> Freshness:
    """`events_today` is that of `subject`. Three queries."""
    ledger = Ledger.objects.filter(org=org).first() or Ledger(org=org, timezone=org.timezone)
    proof = Verification.objects.filter(org=org).first()
    today = timezone.now().astimezone(ledger.zone).date()
    return Freshness(
        ledger.rolled_up_at,
        ledger.last_event_at,
        proof.at if proof else None,
        proof.differences if proof else None,
        ledger.timezone,
        frozenset(ledger.reported),
        ledger.book,
        _recounting(ledger, org),
        today,
        _events(ledger.book, subject, today),
    )


def recounting(org: Organization) -> tuple[str, Recounting | None]:
    """The zone that days are told in, and the recount that is to change it. One query."""
    ledger = Ledger.objects.filter(org=org).first() or Ledger(org=org, timezone=org.timezone)
    return ledger.timezone, _recounting(ledger, org)


def _recounting(ledger: Ledger, org: Organization) -> Recounting | None:
    if ledger.timezone == org.timezone:
        return None
    begun = ledger.next_timezone == org.timezone
    return Recounting(org.timezone, ledger.recounted if begun else 0, ledger.to_recount if begun else 0)


def _events(book: int, subject: str, day: date) -> int:
    """What happened on one day, of every kind. One query."""
    if subject.startswith("p:"):
        mine = MemberDay.objects.filter(org_id=book, member=int(subject[2:]), day=day)
        return sum(map(sum, mine.values_list(*COUNTS)))
    whole = UsageTotal.objects.filter(org_id=book, subject=subject, dimension="", day=day)
    return sum(map(sum, whole.values_list(*COUNTS)))


def age() -> timedelta | None:
    """How long ago any organization's totals were last written or proved; None where they never were. Two queries."""
    written = Ledger.objects.aggregate(at=Max("rolled_up_at"))["at"]
    proved = Verification.objects.order_by("-pk").values_list("at", flat=True).first()
    last = max(filter(None, (written, proved)), default=None)
    return None if last is None else timezone.now() - last


def waiting() -> timedelta:
    """How long the oldest batch that is not counted has waited; nothing where none waits. One query."""
    oldest = InboxBatch.objects.waiting().order_by("received_at").values_list("received_at", flat=True).first()
    return timedelta(0) if oldest is None else timezone.now() - oldest
