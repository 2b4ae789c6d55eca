"""What the monitoring level lets be kept of what people write: flagged messages, titles, and whole conversations.

Written at the door of usage alone (`policies.watching`), and never more than the level in force then allowed.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models import Member, Organization, OrganizationGrant, Team

LONGEST = 20_000  # characters of a message that are kept
LONGEST_TITLE = 200


class WatchedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, actor: Member) -> "WatchedQuerySet":
        """That they are there: to Owners and Admins, and to whom reviewing was delegated. One query.

        What was written is another question: `Action.MONITORING_READ`.
        """
        rows = self.filter(org_id=actor.org_id)
        if actor.administers:
            return rows
        given = OrganizationGrant.objects.filter(user_id=actor.user_id, content_object=actor.org_id)
        return rows.filter(Exists(given.filter(permission__codename=Organization.DELEGATED["compliance"])))

    def open(self) -> "WatchedQuerySet":
        return self.filter(state=FlaggedMessage.State.OPEN)


class FlaggedMessage(Row):
    """A message that a line of the policy flagged. Names are as they were; the text is empty where none was sent."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DISMISSED = "dismissed", _("Dismissed")
        CONFIRMED = "confirmed", _("Confirmed")
        ESCALATED = "escalated", _("Escalated")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="flagged_messages", db_index=False)
    event_id = models.CharField(max_length=64)
    source = models.CharField(max_length=16)
    at = models.DateTimeField()
    flagged_at = models.DateTimeField(default=timezone.now)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="flagged_messages")
    member_name = models.CharField(max_length=254, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    conversation = models.CharField(max_length=128, blank=True)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    model = models.CharField(max_length=100, blank=True)
    # The line of the policy: its version, whose policy it is (empty: the organization's), and what told the use case
    # (empty: the platform's tag).
    policy_number = models.PositiveIntegerField()
    policy_name = models.CharField(max_length=120, blank=True)
    use_case = models.CharField(max_length=100)
    phrase = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    assignee = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = WatchedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("state", "assignee", "note")

    class Meta:
        verbose_name = "flagged message"
        indexes = [
            models.Index(fields=["org", "-at", "-id"], name="flagged_by_time"),
            models.Index(fields=["org"], condition=Q(state="open"), name="flagged_and_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["org", "event_id"], name="an_event_is_flagged_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dismissed", "confirmed", "escalated"]),
                name="a_flagged_message_is_in_a_known_state",
            ),
        ]

    def __str__(self) -> str:
        who = self.member_name or str(_("somebody unknown"))
        return str(_("%(use_case)s by %(name)s") % {"use_case": self.use_case, "name": who})

    def decide(self, state: str, *, at: datetime) -> None:
        """Put it into a state. Does nothing where it is in it already."""
        if state != self.state:
            self.state = self.State(state)
            self.decided_at = None if state == self.State.OPEN else at


class HeardConversation(Row):
    """A conversation of which the level let the title be kept; at `full` any, with what was said in it."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="heard_conversations", db_index=False)
    conversation = models.CharField(max_length=128)
    source = models.CharField(max_length=16)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=254, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    last_at = models.DateTimeField()

    objects = WatchedQuerySet.as_manager()

    class Meta:
        verbose_name = "conversation"
        indexes = [models.Index(fields=["org", "-last_at", "-id"], name="heard_by_time")]
        constraints = [models.UniqueConstraint(fields=["org", "conversation"], name="a_conversation_is_heard_once")]

    def __str__(self) -> str:
        return self.conversation


class KeptMessage(Row):
    """What was said on a platform, kept because the level was `full` when it was sent."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.CharField(max_length=64)
    conversation = models.CharField(max_length=128, blank=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=254, blank=True)
    model = models.CharField(max_length=100, blank=True)
    text = models.TextField()

    objects = WatchedQuerySet.as_manager()

    class Meta:
        verbose_name = "kept message"
        indexes = [models.Index(fields=["org", "conversation", "at", "id"], name="kept_by_conversation")]
        constraints = [models.UniqueConstraint(fields=["org", "event_id"], name="an_event_is_kept_once")]

    def __str__(self) -> str:
        return self.event_id


class LevelChangeQuerySet(models.QuerySet["LevelChange"]):
    def of_some(self, org: Organization) -> "LevelChangeQuerySet":
        """Those that are not everybody's."""
        return self.filter(org=org, member__isnull=False)


class LevelChange(models.Model):
    """Since when an organization has had a monitoring level; members are told of each.

    Of a `member`: since when they stand under another one, by a version that reached them or was taken back; or by
    nobody having told them yet of the higher level that everybody else has.
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="monitoring_levels")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    level = models.CharField(max_length=8)
    since = models.DateTimeField(default=timezone.now)

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return self.level
