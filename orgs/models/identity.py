"""How an organization's people prove who they are: its domains, its identity provider, a lost second factor."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization
from orgs.models.people import User
from orgs.models.plans import Plan, Role


class Admission(models.TextChoices):
    """What a verified domain does for somebody with an address in it who is no member yet (product.md 2)."""

    NONE = "none", _("They need an invitation")
    REQUEST = "request", _("They may ask, an Admin decides")
    JOIN = "join", _("They join by themselves")


# Whom a domain or an identity provider may take in by itself: never somebody who administers.
ADMITTED_ROLES = (Role.USER, Role.VIEWER)


# For so long a domain counts on whose record is gone from DNS: time to put it back, not to keep what was sold.
GRACE = timedelta(days=30)


class DomainQuerySet(models.QuerySet["Domain"]):
    def visible_to(self, actor: Member) -> "DomainQuerySet":
        return self.filter(org_id=actor.org_id) if actor.role == Role.OWNER else self.none()

    def verified(self) -> "DomainQuerySet":
        return self.filter(verified_at__isnull=False)

    def held_elsewhere(self, domain: "Domain") -> bool:
        """Whether another organization has proven the same name, and has not lost it. One query."""
        return self.verified().filter(name=domain.name, lapsed_at=None).exclude(pk=domain.pk).exists()

    def counting(self, at: datetime) -> "DomainQuerySet":
        """Verified, and their record not gone for too long: the domains that let people in and bind them."""
        return self.verified().filter(Q(missing_since=None) | Q(missing_since__gt=at - GRACE))

    def of_address(self, email: str) -> "DomainQuerySet":
        """The domain that counts now and that an address is in: at most one in the whole installation."""
        return self.counting(timezone.now()).filter(name=email.rpartition("@")[2].strip().lower())


class Domain(Row):
    """An e-mail domain that an organization claims, and proves by a TXT record or a mail to its postmaster."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    name = models.CharField(_("domain"), max_length=253, help_text=_("In lower case, international names in ASCII."))
    token = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=12, blank=True, help_text=_("dns or mail."))
    checked_at = models.DateTimeField(null=True, blank=True)
    # Since when DNS, asked daily, has no longer had the record that proved the domain.
    missing_since = models.DateTimeField(null=True, blank=True)
    # When the Owners were told that it no longer counts for want of its record; what counts is asked of `counts`.
    # From then on another organization can prove it.
    lapsed_at = models.DateTimeField(null=True, blank=True)
    admission = models.CharField(max_length=8, choices=Admission, default=Admission.NONE)
    role = models.CharField(max_length=8, choices=Role, default=Role.USER)
    plan = models.CharField(max_length=12, choices=Plan, default=Plan.ESSENTIAL)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DomainQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        "name",
        "verified_at",
        "verified_by",
        "missing_since",
        "lapsed_at",
        "admission",
        "role",
        "plan",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["org", "name"], name="one_claim_per_org_and_domain"),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(verified_at__isnull=False, lapsed_at=None),
                name="a_domain_is_verified_by_one_organization",
            ),
            models.CheckConstraint(condition=Q(name=Lower("name")), name="a_domain_is_kept_in_lower_case"),
            models.CheckConstraint(condition=Q(admission__in=Admission.values), name="an_admission_is_a_known_one"),
            models.CheckConstraint(
                condition=Q(role__in=ADMITTED_ROLES), name="a_domain_takes_in_users_and_viewers_only"
            ),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="a_domain_gives_a_known_plan"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lapses_at(self) -> datetime | None:
        """When it stops to count, if its record stays gone."""
        return None if self.missing_since is None else self.missing_since + GRACE

    def counts(self, at: datetime) -> bool:
        """Whether it lets people in and binds them."""
        return self.verified_at is not None and (self.lapses_at is None or at < self.lapses_at)


class IdentityProvider(Row):
    """An organization's single sign-on: allauth's `SocialApp` and what we know about it beyond the protocol."""

    org = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="identity_provider")
    app = models.OneToOneField("socialaccount.SocialApp", on_delete=models.CASCADE, related_name="identity_provider")
    # Set by a sign-in through it that ended well; cleared when what was tested changes.
    tested_at = models.DateTimeField(null=True, blank=True)
    # From when on people with an address in a verified domain sign in here and nowhere else.
    enforced_at = models.DateTimeField(null=True, blank=True)
    just_in_time = models.BooleanField(_("take in people who are no members yet"), default=False)
    role = models.CharField(max_length=8, choices=Role, default=Role.USER)
    plan = models.CharField(max_length=12, choices=Plan, default=Plan.ESSENTIAL)
    created_at = models.DateTimeField(default=timezone.now)

    AUDITED: ClassVar[tuple[str, ...]] = ("tested_at", "enforced_at", "just_in_time", "role", "plan")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=ADMITTED_ROLES), name="sign_on_takes_in_users_and_viewers_only"
            ),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="sign_on_gives_a_known_plan"),
            models.CheckConstraint(
                condition=Q(enforced_at=None) | Q(tested_at__isnull=False), name="sign_on_is_tested_before_enforced"
            ),
        ]

    def __str__(self) -> str:
        return str(self.app)


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def visible_to(self, actor: Member) -> "RecoveryQuerySet":
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def open(self) -> "RecoveryQuerySet":
        """Neither done nor stopped."""
        return self.filter(done_at=None, stopped_at=None)

    def due(self, at: datetime) -> "RecoveryQuerySet":
        """Open, and the day for objections is over."""
        return self.open().filter(ready_at__lte=at)


class Recovery(Row):
    """A sole Owner's way back in, by two members of support staff and after a day in which anybody can object."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="recoveries")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recoveries")
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    # A day after the approval; until then an Owner or Admin, or the person, may stop it.
    ready_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("reason", "approved_at", "ready_at", "done_at", "stopped_at")

    class Meta:
        verbose_name, verbose_name_plural = _("recovery"), _("recoveries")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "user"], condition=Q(done_at=None, stopped_at=None), name="one_open_recovery_per_person"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")),
                name="a_recovery_takes_two_members_of_staff",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def state(self) -> str:
        """`asked`, `approved`, `done` or `stopped`."""
        if self.stopped_at is not None:
            return "stopped"
        if self.done_at is not None:
            return "done"
        return "asked" if self.approved_at is None else "approved"

    def is_due(self, at: datetime) -> bool:
        """Whether it is open and the day for objections is over."""
        return self.state == "approved" and self.ready_at is not None and self.ready_at <= at
