"""Limits: what a member may use of messages, money and storage; what they have used; and who was warned."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models import Member, Organization, Plan, Team

NEVER = date(1970, 1, 1)


class LimitQuerySet(models.QuerySet["Limit"]):
    def visible_to(self, actor: Member) -> "LimitQuerySet":
        """All of the organization's for its Owners and Admins, none for the rest. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()


class Limit(Row):
    """What each member of what it names may use at most: messages a day, nano-USD a month, bytes in all."""

    class Kind(models.TextChoices):
        MESSAGES_DAY = "messages_day", _("Messages a day")
        COST_MONTH = "cost_month", _("Cost a month")
        STORAGE = "storage", _("Storage")

    class Level(models.TextChoices):
        """Whom it is for, the nearest to the member last."""

        ORGANIZATION = "organization", _("Organization")
        PLAN = "plan", _("Plan")
        TEAM = "team", _("Team")
        MEMBER = "member", _("Member")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="limits")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    plan = models.CharField(_("plan"), max_length=12, choices=Plan, blank=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="limits")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="limits")
    amount = models.BigIntegerField(_("amount"))

    objects = LimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit")
        constraints = [
            models.UniqueConstraint(
                fields=["org", "kind"], condition=Q(level="organization"), name="one_limit_of_a_kind_per_organization"
            ),
            models.UniqueConstraint(
                fields=["org", "kind", "plan"], condition=Q(level="plan"), name="one_limit_of_a_kind_per_plan"
            ),
            models.UniqueConstraint(
                fields=["kind", "team"], condition=Q(level="team"), name="one_limit_of_a_kind_per_team"
            ),
            models.UniqueConstraint(
                fields=["kind", "member"], condition=Q(level="member"), name="one_limit_of_a_kind_per_member"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_limit_is_never_below_nothing"),
            models.CheckConstraint(
                condition=Q(kind__in=["messages_day", "cost_month", "storage"]), name="a_limit_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(level="organization", plan="", team=None, member=None)
                | (Q(level="plan", team=None, member=None) & ~Q(plan=""))
                | Q(level="team", plan="", team__isnull=False, member=None)
                | Q(level="member", plan="", team=None, member__isnull=False),
                name="a_limit_names_whom_it_is_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.member or self.team or self.plan or self.org}"


class Consumption(models.Model):
    """What a member has used: pushed down by whoever counts usage, in the transaction that counts it.

    `day` is their last day with any event, by the organization's clock, and `messages` what they sent on it; `month`
    is the month of that day, and `cost_nanos` what they cost in it. `uploaded_bytes` are those of all their files,
    `freed_bytes` those of the files that were deleted since.
    """

    member = models.OneToOneField(
        Member, on_delete=models.CASCADE, primary_key=True, related_name="consumption", db_constraint=False
    )
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    day = models.DateField(default=NEVER)
    messages = models.BigIntegerField(default=0)
    month = models.DateField(default=NEVER)
    cost_nanos = models.BigIntegerField(default=0)
    uploaded_bytes = models.BigIntegerField(default=0)
    freed_bytes = models.BigIntegerField(default=0)
    as_of = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("consumption")

    def __str__(self) -> str:
        return f"consumption of {self.member_id}"

    @property
    def stored_bytes(self) -> int:
        """What is kept now. A file may be deleted before it was counted."""
        return max(0, self.uploaded_bytes - self.freed_bytes)


class LimitWarning(Row):
    """That a member was told of a limit: at 80 % and at 100 %, each once a period (the month for storage).

    Whatever the limit is by then: one that is set anew tells nobody the same again.
    """

    SHARES: ClassVar[tuple[int, ...]] = (80, 100)

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="limit_warnings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="limit_warnings")
    kind = models.CharField(max_length=12, choices=Limit.Kind)
    share = models.PositiveSmallIntegerField()
    period = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("warning of a limit")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "share", "period"], name="one_warning_of_a_share_per_period"
            )
        ]
        indexes = [models.Index(fields=["org", "period"], name="limit_warning_by_period")]

    def __str__(self) -> str:
        return f"{self.share} % of {self.kind}"
