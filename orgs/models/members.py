"""A member: a person's place in one organization."""

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.organizations import Organization
from orgs.models.people import User
from orgs.models.plans import Plan, Role

if TYPE_CHECKING:
    from orgs.models.keys import ServiceKey


class Kind(models.TextChoices):
    MEMBER = "member", _("Member")
    GUEST = "guest", _("Guest")


class Status(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REMOVED = "removed", _("Removed")


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self, at: datetime) -> "MemberQuerySet":
        """Those who may do anything at all: not suspended, not removed, not a guest past the end."""
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=at), suspended_at=None, removed_at=None, user__is_active=True
        )

    def administrators(self, at: datetime) -> "MemberQuerySet":
        """The Owners and Admins who can act now."""
        return self.active(at).filter(role__in=[Role.OWNER, Role.ADMIN])

    def holding_a_seat(self) -> "MemberQuerySet":
        """Active or suspended: what product.md 6 divides active members by."""
        return self.filter(removed_at=None)

    def with_status(self, status: str) -> "MemberQuerySet":
        if status == Status.REMOVED:
            return self.filter(removed_at__isnull=False)
        return self.filter(removed_at=None, suspended_at__isnull=status == Status.ACTIVE)

    def visible_to(self, actor: "Member") -> "MemberQuerySet":
        """Everybody for Owners and Admins; their teams' members for a lead; oneself for the rest. One query."""
        members = self.filter(org_id=actor.org_id)
        if actor.administers:
            return members
        led = Q(team__leads__user_id=actor.user_id, removed_at=None)
        return members.filter(Q(pk=actor.pk) | Q(pk__in=Member.objects.filter(led, org_id=actor.org_id).values("pk")))

    def in_org(self, key: "ServiceKey") -> "MemberQuerySet":
        return self.filter(org_id=key.org_id)


class Member(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    # Counts up from 1 in each organization: the member's place in the bitmaps of analytics.
    ordinal = models.PositiveIntegerField(editable=False)
    external_id = models.CharField(max_length=64, blank=True)
    # Name, then address, in lower case: what lists of 100,000 sort and search by without joining. See `relist`.
    listed_as = models.CharField(max_length=380, editable=False, default="")
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.USER)
    plan = models.CharField(_("plan"), max_length=12, choices=Plan, default=Plan.ESSENTIAL)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MEMBER)
    department = models.ForeignKey(
        "orgs.Department", on_delete=models.SET_NULL, null=True, blank=True, related_name="members"
    )
    team = models.ForeignKey("orgs.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    sponsor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="sponsored")
    ends_at = models.DateTimeField(null=True, blank=True)
    # The end that guest and sponsor were reminded of; another end is reminded of again.
    reminded_of = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)
    # When all items of the provisioning board were done, or the board was left behind.
    onboarded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A daily mail of what waits for them: since when they want it, and the day of the last one.
    digest_from = models.DateTimeField(null=True, blank=True, editable=False)
    digest_day = models.DateField(null=True, blank=True, editable=False)
    # They closed the news that may be closed, up to what began then.
    news_closed_until = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removal_reason = models.CharField(max_length=500, blank=True)

    objects = MemberQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "role", "team_id")
    AUDITED: ClassVar[tuple[str, ...]] = (
        "role",
        "plan",
        "department",
        "team",
        "sponsor",
        "ends_at",
        "suspended_at",
        "suspension_reason",
        "removed_at",
        "removal_reason",
    )

    class Meta:
        indexes = [
            models.Index(fields=["org", "listed_as", "id"], name="member_by_name"),
            models.Index(fields=["org", "role", "listed_as", "id"], name="member_by_role"),
            models.Index(fields=["org", "plan", "listed_as", "id"], name="member_by_plan"),
            models.Index(fields=["org", "joined_at", "id"], name="member_by_joining"),
            models.Index(fields=["org", "team", "listed_as", "id"], name="member_by_team"),
            models.Index(fields=["org", "external_id"], name="member_by_external_id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["org", "user"], name="one_membership_per_person_and_org"),
            models.UniqueConstraint(fields=["org", "ordinal"], name="one_ordinal_per_member"),
            models.UniqueConstraint(
                fields=["org", "external_id"], condition=~Q(external_id=""), name="one_external_id_per_member"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_role_is_a_known_one"),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="a_plan_is_a_known_one"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_kind_is_a_known_one"),
            models.CheckConstraint(
                condition=Q(kind=Kind.MEMBER) | Q(role__in=[Role.USER, Role.VIEWER]),
                name="a_guest_is_a_user_or_a_viewer",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.MEMBER, ends_at=None, sponsor=None) | Q(kind=Kind.GUEST, ends_at__isnull=False),
                name="a_guest_has_an_end_and_nobody_else_has",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def status(self) -> str:
        """`active`, `suspended` or `removed`; a guest past the end is still `active` here: see `ends_at`."""
        if self.removed_at is not None:
            return Status.REMOVED
        return Status.ACTIVE if self.suspended_at is None else Status.SUSPENDED

    @property
    def administers(self) -> bool:
        """Owner or Admin. Says who sees everybody's row, not what may be done with it."""
        return self.role in (Role.OWNER, Role.ADMIN)

    def is_active(self, at: datetime) -> bool:
        ended = self.ends_at is not None and self.ends_at <= at
        return self.suspended_at is None and self.removed_at is None and not ended

    def relist(self) -> None:
        """Take over the person's name and address into what lists sort and search by."""
        self.listed_as = f"{self.user.name} {self.user.email}".strip().lower()

    def suspend(self, *, at: datetime, reason: str) -> None:
        """Shut this member out. Does nothing when already suspended."""
        if self.suspended_at is None:
            self.suspended_at, self.suspension_reason = at, reason

    def reactivate(self) -> None:
        """Let a suspended member in again, exactly as they were."""
        self.suspended_at, self.suspension_reason = None, ""

    def remove(self, *, at: datetime, reason: str) -> None:
        """End this membership. Role, plan and place stay on the row for the day they are restored."""
        if self.removed_at is None:
            self.removed_at, self.removal_reason = at, reason

    def restore(self, *, fresh: bool) -> None:
        """Let a removed member in again: as they were, suspended or not, or (`fresh`) as a User on Essential."""
        self.removed_at, self.removal_reason = None, ""
        if fresh:
            self.suspended_at, self.suspension_reason = None, ""
            self.role, self.plan = Role.USER, Plan.ESSENTIAL
            self.department = self.team = None
