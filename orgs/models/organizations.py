"""An organization: its name, its clock, its edition, and the settings that its Owners choose."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row

# Of an organization's address: lower-case letters, digits and single hyphens.
SHORT_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"


class Edition(models.TextChoices):
    TEAM = "team", _("Team")
    BUSINESS = "business", _("Business")
    ENTERPRISE = "enterprise", _("Enterprise")


class CostVisibility(models.TextChoices):
    """Who sees cost (product.md 6, Privacy). Each includes the ones before it."""

    OWNERS = "owners", _("Owners")
    ADMINS = "admins", _("Owners and Admins")
    LEADS = "leads", _("Owners, Admins and leads for their team")


# How somebody may prove who they are, apart from single sign-on.
SIGN_IN_WAYS = ("password", "code", "passkey")


def all_ways() -> list[str]:
    return list(SIGN_IN_WAYS)


class Organization(Row):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    edition = models.CharField(max_length=12, choices=Edition, default=Edition.TEAM)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, help_text=_("Empty: unlimited."))
    cost_visible_to = models.CharField(
        _("who sees cost"), max_length=8, choices=CostVisibility, default=CostVisibility.OWNERS
    )
    session_hours = models.PositiveSmallIntegerField(
        _("session length in hours"), default=8, validators=[MinValueValidator(1)]
    )
    second_factor_from = models.DateTimeField(_("second factor required from"), null=True, blank=True)
    guest_days = models.PositiveSmallIntegerField(_("longest stay of a guest in days"), default=90)
    invitation_days = models.PositiveSmallIntegerField(_("days until an invitation expires"), default=7)
    guests_allowed = models.BooleanField(_("guests may come in"), default=True)
    external_sharing = models.BooleanField(_("conversations may be shared outside"), default=True)
    # Any of SIGN_IN_WAYS; single sign-on is a thing of its own (IdentityProvider).
    sign_in_ways = models.JSONField(_("ways to sign in"), default=all_ways)
    # Of a calendar month, for all usage; None: no budget.
    budget_nanos = models.PositiveBigIntegerField(_("monthly budget"), null=True, blank=True)
    budget_stops = models.BooleanField(_("stop at the budget"), default=False)
    # First day of the month in which the Owners were warned last.
    budget_warned_month = models.DateField(null=True, blank=True, editable=False)
    # Where the budget is used up and stops usage: until when, which is the end of the month.
    budget_stopped_until = models.DateTimeField(null=True, blank=True, editable=False)
    # What had been spent when that began.
    budget_spent_nanos = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    setup_guide = models.TextField(_("setup guide"), max_length=20_000, blank=True, help_text=_("Markdown."))
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=500, blank=True)
    access_version = models.PositiveBigIntegerField(default=1, editable=False)
    next_ordinal = models.PositiveIntegerField(default=1, editable=False)
    checklist_done_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    AUDITED: ClassVar[tuple[str, ...]] = (
        "name",
        "timezone",
        "edition",
        "seats",
        "cost_visible_to",
        "session_hours",
        "second_factor_from",
        "guest_days",
        "invitation_days",
        "guests_allowed",
        "external_sharing",
        "sign_in_ways",
        "budget_nanos",
        "budget_stops",
        "budget_warned_month",
        "budget_stopped_until",
        "suspended_at",
        "suspension_reason",
    )

    # What can be delegated over the whole organization, and the permission that says so (orgs.grants).
    DELEGATED: ClassVar[dict[str, str]] = {
        "audit": "read_audit_log",
        "compliance": "review_compliance",
        "usage": "view_usage",
    }
    # Of these what no role gives.
    IN_NO_ROLE: ClassVar[frozenset[str]] = frozenset({"compliance"})

    class Meta:
        permissions = [
            ("read_audit_log", "Reads the audit log"),
            ("review_compliance", "Reviews compliance"),
            ("view_usage", "Sees usage"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(edition__in=Edition.values), name="an_edition_is_a_known_one"),
            models.CheckConstraint(
                condition=models.Q(cost_visible_to__in=CostVisibility.values), name="cost_is_shown_to_a_known_circle"
            ),
            models.CheckConstraint(
                condition=models.Q(session_hours__gte=1, session_hours__lte=24),
                name="a_session_lasts_from_one_hour_to_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def org_id(self) -> int:
        """Itself: every row that the engine is asked about says to which organization it belongs."""
        return self.id

    @property
    def zone(self) -> ZoneInfo:
        """The clock that days, hours and ends of stay are told by."""
        return ZoneInfo(self.timezone)

    def requires_second_factor(self, at: datetime) -> bool:
        return self.second_factor_from is not None and self.second_factor_from <= at

    def suspend(self, *, at: datetime, reason: str) -> None:
        """Close this organization's doors. Does nothing when they are closed already."""
        if self.suspended_at is None:
            self.suspended_at, self.suspension_reason = at, reason

    def reopen(self) -> None:
        self.suspended_at, self.suspension_reason = None, ""


class PlanPrice(models.Model):
    """What a seat of a plan costs an organization per month, in nano-units of USD, and how many seats it has of it."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="prices")
    plan = models.CharField(max_length=12)
    price_nanos = models.PositiveBigIntegerField()
    # How many of the organization's seats are bought for this plan; None: any of its seats may be of it.
    seats = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "plan"], name="one_price_per_org_and_plan")]

    def __str__(self) -> str:
        return f"{self.org}: {self.plan}"
