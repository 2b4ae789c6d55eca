"""What the events add up to (product.md 6). Written by the drain and by recounting, read by queries.

A *subject* is what a figure may be about, spelled as one text: the organization (empty), `d:<id>` a department,
`t:<id>` a team, `w:<id>` a workspace (`w:=name` when none has that name), `p:<id>` a member, `m:<name>` a model,
`i:<name>` an integration, `u:<name>` a use case. `d:0`, `t:0` and `p:0` are events of no department, team or known
member. Every subject has the same totals, so every figure can be asked of every one of them.
"""

import msgspec
from django.db import models

from orgs.models import Organization

# Beside an event's kind, what is summed; the order is that of the columns below.
COUNTS = ("messages", "responses", "files", "integration_calls", "refusals", "errors")
SUMS = ("tokens_in", "tokens_out", "cost_nanos", "bytes")
MEASURES = (*COUNTS, *SUMS)


class Total(models.Model):
    """`org_id` is the *book* (`Ledger.book`): the organization's own id until its time zone changes, then another."""

    # No constraint: the drain writes thousands of these a second, always for the organization it has locked.
    org = models.ForeignKey(
        Organization, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class Measured(Total):
    messages = models.BigIntegerField(default=0)
    responses = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    integration_calls = models.BigIntegerField(default=0)
    refusals = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    tokens_in = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)
    cost_nanos = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class UsageTotal(Measured):
    """A subject's day, whole (empty dimension) and split by model, integration and use case.

    The organization, departments and teams are split by workspace too. The values of a dimension, the empty one
    included, add up to the whole.
    """

    pk = models.CompositePrimaryKey("org_id", "subject", "dimension", "day", "value")
    subject = models.CharField(max_length=104)
    dimension = models.CharField(max_length=12, blank=True)
    day = models.DateField()
    value = models.CharField(max_length=104, blank=True)


class HourTotal(Total):
    """Messages of a subject by local hour: the heat map and the peak."""

    pk = models.CompositePrimaryKey("org_id", "subject", "day", "hour")
    subject = models.CharField(max_length=104)
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    messages = models.BigIntegerField(default=0)


class MemberSplit(msgspec.Struct, array_like=True):
    """Responses by model, calls by integration, messages by local hour."""

    models: dict[str, int] = {}
    integrations: dict[str, int] = {}
    hours: dict[int, int] = {}


class MemberDay(Measured):
    """A member's day in a department and team, with its split in `detail`.

    `detail` is MessagePack of `MemberSplit`: rows of their own would be as many as the events.
    """

    pk = models.CompositePrimaryKey("org_id", "team", "day", "member", "department")
    member = models.BigIntegerField()
    day = models.DateField()
    department = models.BigIntegerField()
    team = models.BigIntegerField()
    detail = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["org", "member", "day"], name="member_day_by_member")]


class ActiveDay(Total):
    """Which members were there: bit n is the member with ordinal n, little-endian.

    Without an integration: who sent a message that is the subject's. With one: who called that integration (an event
    `integration_call`); to know how many of the active members did, AND it with the former.
    """

    pk = models.CompositePrimaryKey("org_id", "subject", "integration", "day")
    subject = models.CharField(max_length=104)
    integration = models.CharField(max_length=100, blank=True)
    day = models.DateField()
    bits = models.BinaryField()


class ConversationTotal(Total):
    """How many conversations of a use case were seen on `day`, having last been seen on `previous_day`.

    Seen means a message or response that is the subject's; `previous_day` is 1970-01-01 where there is none. Distinct
    conversations of days a to b are the sum over day in [a, b] with previous_day before a: each counts on its first
    day in the range. `use_case` is the conversation's: that of its first event (by time, then id) that names one.
    """

    pk = models.CompositePrimaryKey("org_id", "subject", "day", "use_case", "previous_day")
    subject = models.CharField(max_length=104)
    day = models.DateField()
    use_case = models.CharField(max_length=100, blank=True)
    previous_day = models.DateField()
    conversations = models.BigIntegerField(default=0)


class Conversation(Total):
    """What the drain must remember of a conversation to keep `ConversationTotal` exact whatever comes late.

    `days` is MessagePack of subject -> its days in order, as days since 1970-01-01.
    """

    pk = models.CompositePrimaryKey("org_id", "key")
    key = models.CharField(max_length=128)
    use_case = models.CharField(max_length=100, blank=True)
    use_case_at = models.BigIntegerField(default=0, help_text="Microseconds since 1970 of the event that named it.")
    use_case_event = models.CharField(max_length=64, blank=True)
    days = models.BinaryField()
