"""What was sent and what became of it; the one lock and the one clock of an organization's totals."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row, new_id
from orgs.models import Member, Organization, ServiceKey


class InboxBatchQuerySet(models.QuerySet["InboxBatch"]):
    def visible_to(self, actor: Member) -> "InboxBatchQuerySet":
        """Every batch of the organization for Owners and Admins, none for the rest. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def in_org(self, key: ServiceKey) -> "InboxBatchQuerySet":
        return self.filter(org_id=key.org_id)

    def waiting(self) -> "InboxBatchQuerySet":
        return self.filter(state=InboxBatch.State.WAITING)


class InboxBatch(Row):
    """One request's valid events until they are counted, and then the record of what became of them."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Counted")
        PARKED = "parked", _("Stopped after three failures")

    LIMIT: ClassVar[int] = 3

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="batches", db_index=False)
    key = models.ForeignKey(
        ServiceKey, on_delete=models.SET_NULL, null=True, related_name="batches", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=16, help_text=_("Which door it came through: api, litellm, steward."))
    received_at = models.DateTimeField(default=timezone.now)
    # MessagePack of `analytics.incoming.Incoming` rows; emptied once they are counted.
    body = models.BinaryField(default=b"")
    received = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    # Why, most frequent first: [["tokens_in: must be 0 or more", 12], …]; twenty reasons at most, never what was sent.
    reasons = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    new = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = InboxBatchQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("state",)

    class Meta:
        verbose_name, verbose_name_plural = _("batch"), _("batches")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["org", "-received_at"], name="batch_by_org"),
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="batch_waiting"),
            models.Index(fields=["received_at"], condition=Q(state="parked"), name="batch_parked"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "parked"]), name="a_batch_waits_is_done_or_parked"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"

    def settle(self, *, at: datetime) -> None:
        """Its events are counted: let go of what they were."""
        self.state, self.body, self.error, self.settled_at = self.State.DONE, b"", "", at

    def fail(self, error: str) -> None:
        """One more failure; the third parks it with its events."""
        self.attempts += 1
        self.error = error
        if self.attempts >= self.LIMIT:
            self.park(error)

    def park(self, error: str) -> None:
        """Keep it with its events until somebody tries it again."""
        self.state, self.error = self.State.PARKED, error

    def set_aside(self, body: bytes, events: int, error: str) -> "InboxBatch":
        """Some of its events as a batch that is parked from the start; not saved."""
        return InboxBatch(
            org_id=self.org_id,
            key_id=self.key_id,
            source=self.source,
            received_at=self.received_at,
            body=body,
            received=events,
            state=self.State.PARKED,
            attempts=self.LIMIT,
            error=error,
        )

    def go_on(self, body: bytes, events: int, aside: "InboxBatch") -> None:
        """Wait again with the events that are left; the record says where the others are."""
        self.body, self.received, self.state, self.attempts, self.error = body, events, self.State.WAITING, 0, ""
        self.reasons = [*self.reasons, [f"stopped after three failures, kept in batch {aside.pk}", aside.received]]

    def try_again(self) -> None:
        """Put a parked batch back in the queue. Does nothing to others."""
        if self.state == self.State.PARKED:
            self.state, self.attempts = self.State.WAITING, 0


class Ledger(models.Model):
    """One per organization: the lock that whoever changes its totals holds, and the clock they are told by.

    `timezone` is the zone that the days of the totals are told in; it differs from the organization's only between a
    change of it and the end of the recount that follows (`analytics.zones`). `reported` names what has ever been
    reported (kinds, and fields such as `cost`): the rest reads "not reported", not 0.
    """

    org = models.OneToOneField(Organization, on_delete=models.CASCADE, primary_key=True, related_name="ledger")
    timezone = models.CharField(max_length=64)
    reported = models.JSONField(default=list)
    # Ids of the batches that somebody has begun to count and not ended, and how many died over such in a row.
    trying = models.JSONField(default=list)
    deaths = models.PositiveSmallIntegerField(default=0)
    rolled_up_at = models.DateTimeField(null=True)
    last_event_at = models.DateTimeField(null=True)
    moved_to = models.BigIntegerField(null=True, help_text="The totals' book; empty: the organization's own id.")
    # A recount in another zone: its book, how far it came (the last event's day and id), and of how many events.
    next_timezone = models.CharField(max_length=64, blank=True, default="")
    next_book = models.BigIntegerField(null=True)
    cursor_day = models.DateField(null=True)
    cursor_id = models.CharField(max_length=64, blank=True, default="")
    recounted = models.BigIntegerField(default=0)
    to_recount = models.BigIntegerField(default=0)
    # The book that was left, until its rows are deleted.
    old_book = models.BigIntegerField(null=True)
    retired_at = models.DateTimeField(null=True)
    proof_begun_at = models.DateTimeField(
        null=True, help_text="Since when somebody compares the totals with the events."
    )

    def __str__(self) -> str:
        return f"ledger of {self.org_id}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def book(self) -> int:
        """What the totals that stand now have in the place of the organization's id."""
        return self.org_id if self.moved_to is None else self.moved_to

    def begin(self, zone: str, *, events: int) -> None:
        """Open a book for `zone` and count anew, from the first of so many events on."""
        self.next_timezone, self.next_book, self.to_recount = zone, new_id(), events
        self.cursor_day, self.cursor_id, self.recounted = None, "", 0

    def reach(self, day: date, event: str, *, events: int) -> None:
        """So many more events are in the next book: all up to this one."""
        self.cursor_day, self.cursor_id = day, event
        self.recounted += events

    def has_reached(self, day: date, event: str) -> bool:
        """Whether the recount has passed an event's place: whoever takes it in must count it in both books."""
        return self.cursor_day is not None and (day, event) <= (self.cursor_day, self.cursor_id)

    def switch(self, *, at: datetime) -> None:
        """Every event is in the next book: from here on it is the one that is read."""
        self.timezone, self.old_book, self.moved_to = self.next_timezone, self.book, self.next_book
        self._close(at)

    def abandon(self, *, at: datetime) -> None:
        """The zone was changed again: what was recounted so far is nothing."""
        self.old_book = self.next_book
        self._close(at)

    def _close(self, at: datetime) -> None:
        self.retired_at, self.next_timezone, self.next_book, self.cursor_day, self.cursor_id = at, "", None, None, ""

    def note(self, reported: set[str], last_event_at: datetime) -> None:
        """Events that reported these things were counted, the latest of them at `last_event_at`."""
        self.reported = sorted(reported.union(self.reported))
        self.last_event_at = max(last_event_at, self.last_event_at or last_event_at)


def book_of(org_id: int) -> Coalesce:
    """What an organization's totals have in the place of its id, as part of a query (see `Ledger.book`)."""
    moved = Ledger.objects.filter(org_id=org_id).values("moved_to")
    return Coalesce(Subquery(moved), Value(org_id), output_field=models.BigIntegerField())


class Verification(models.Model):
    """That the totals were compared with what counting the events again gives, and how many cells differed."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="verifications")
    at = models.DateTimeField(default=timezone.now)
    since = models.DateField(null=True, help_text=_("The first day compared; empty: all of them."))
    differences = models.PositiveIntegerField()
    healed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["org", "-at"], name="verification_by_org")]

    def __str__(self) -> str:
        return f"{self.differences} differences at {self.at:%Y-%m-%d %H:%M}"
