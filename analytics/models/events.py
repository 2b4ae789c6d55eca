"""An event: that somebody did something once. Written by the drain alone, never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Organization


class Kind(models.TextChoices):
    MESSAGE = "message", _("Message")
    RESPONSE = "response", _("Response")
    FILE = "file", _("File")
    INTEGRATION_CALL = "integration_call", _("Integration call")
    REFUSAL = "refusal", _("Refusal")
    ERROR = "error", _("Error")


class Event(models.Model):
    """Ids that are absent are 0, texts that are absent are empty; money is in nano-USD.

    `day` and `hour` are local to the zone that the organization's ledger had when it was taken in: the totals' are told
    by `at` once that zone has changed. `member`, `team` and `department` are as of
    when it was taken in; whoever could not be found is kept by the name that was sent (`member_name`).
    """

    pk = models.CompositePrimaryKey("org_id", "id")
    org = models.ForeignKey(
        Organization, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    id = models.CharField(max_length=64)
    at = models.DateTimeField()
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    member = models.BigIntegerField(default=0)
    member_name = models.CharField(max_length=254, blank=True)
    department = models.BigIntegerField(default=0)
    team = models.BigIntegerField(default=0)
    workspace = models.BigIntegerField(default=0)
    workspace_name = models.CharField(max_length=100, blank=True)
    conversation = models.CharField(max_length=128, blank=True)
    model = models.CharField(max_length=100, blank=True)
    integration = models.CharField(max_length=100, blank=True)
    use_case = models.CharField(max_length=100, blank=True)
    tokens_in = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)
    cost_nanos = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    batch = models.BigIntegerField(default=0)
    # 64 bits of BLAKE2b over what was sent: the same id with another one is a conflict.
    fingerprint = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["org", "day"], name="event_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="an_event_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="an_event_happens_in_an_hour_of_the_day"),
            models.CheckConstraint(
                condition=Q(tokens_in__gte=0, tokens_out__gte=0, cost_nanos__gte=0, bytes__gte=0),
                name="an_event_counts_up_only",
            ),
        ]

    def __str__(self) -> str:
        return self.id
