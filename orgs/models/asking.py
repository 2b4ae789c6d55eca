"""What people ask each other for: access, a place in the organization, ownership; and what everybody is told."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization
from orgs.models.people import User
from orgs.models.plans import Plan, Role


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def visible_to(self, actor: Member) -> "AccessRequestQuerySet":
        """One's own; all of the organization for its Owners and Admins. One query."""
        requests = self.filter(org_id=actor.org_id)
        return requests if actor.administers else requests.filter(member=actor)

    def open(self) -> "AccessRequestQuerySet":
        return self.filter(decided_at=None, withdrawn_at=None)

    def due(self, at: datetime) -> "AccessRequestQuerySet":
        """Granted until a moment that is past, and not taken back yet."""
        return self.filter(granted=True, ended_at=None, ends_at__lte=at)


class AccessRequest(Row):
    """A member asks for what they were refused; somebody who may give it decides."""

    class Kind(models.TextChoices):
        ROLE = "role", gettext_lazy("Role")
        PLAN = "plan", gettext_lazy("Plan")
        WORKSPACE = "workspace", gettext_lazy("Workspace")
        INVITATION = "invitation", gettext_lazy("Invitation")
        USE_CASE = "use_case", gettext_lazy("Use case")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="access_requests")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="access_requests")
    kind = models.CharField(max_length=12, choices=Kind)
    # A role, a plan, or the level in a workspace; `exception` where a use case is asked for.
    wanted = models.CharField(max_length=16)
    # The workspace that is asked for: the floor above, so no foreign key. Its name as it was. Of a use case, which is a
    # word of the policy: a number made of it, and the word.
    target_id = models.BigIntegerField(default=0)
    target_name = models.CharField(max_length=200, blank=True)
    # Whom from outside the workspace is meant for, where an invitation is asked for.
    email = models.EmailField(blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(gettext_lazy("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    granted = models.BooleanField(default=False)
    note = models.CharField(gettext_lazy("note"), max_length=500, blank=True)
    # Where a grant ends by itself: when, what comes back then, and when that happened.
    ends_at = models.DateTimeField(null=True, blank=True)
    before = models.CharField(max_length=16, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AccessRequestQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        "kind",
        "wanted",
        "target_name",
        "email",
        "withdrawn_at",
        "decided_at",
        "granted",
        "note",
        "ends_at",
        "ended_at",
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["org", "decided_at", "-created_at"], name="request_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "target_id", "email"],
                condition=Q(decided_at=None, withdrawn_at=None),
                name="one_open_request_per_member_and_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.what}"

    @property
    def what(self) -> str:
        """What is asked for, in words: “the plan Expert”, “User in Atlas”."""
        match self.kind:
            case AccessRequest.Kind.ROLE:
                return _("the role %(role)s") % {"role": Role(self.wanted).label}
            case AccessRequest.Kind.PLAN:
                return _("the plan %(plan)s") % {"plan": Plan(self.wanted).label}
            case AccessRequest.Kind.USE_CASE:
                return _("an exception for %(use_case)s") % {"use_case": self.target_name}
            case AccessRequest.Kind.INVITATION:
                words = {"email": self.email, "level": Role(self.wanted).label, "name": self.target_name}
                return _("an invitation of %(email)s as %(level)s in %(name)s") % words
            case _:
                return _("%(level)s in %(name)s") % {"level": Role(self.wanted).label, "name": self.target_name}

    @property
    def state(self) -> str:
        """`open`, `granted`, `declined`, `withdrawn` or `ended`."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.decided_at is None:
            return "open"
        if not self.granted:
            return "declined"
        return "granted" if self.ended_at is None else "ended"

    def is_due(self, at: datetime) -> bool:
        """Whether what was granted for a while is to be taken back now."""
        return self.granted and self.ended_at is None and self.ends_at is not None and self.ends_at <= at


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def visible_to(self, actor: Member) -> "JoinRequestQuerySet":
        """Those who ask for the organization, for its Owners and Admins."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()


class JoinRequest(Row):
    """Somebody with an address in a verified domain asks to become a member."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="join_requests")
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    accepted = models.BooleanField(default=False)

    objects = JoinRequestQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("decided_at", "accepted")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "user"], condition=Q(decided_at=None), name="one_open_join_request_per_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class OwnershipTransferQuerySet(models.QuerySet["OwnershipTransfer"]):
    def visible_to(self, actor: Member) -> "OwnershipTransferQuerySet":
        """The offers that one made or was made. One query."""
        return self.filter(Q(offered_by=actor) | Q(offered_to=actor), org_id=actor.org_id)

    def unanswered(self) -> "OwnershipTransferQuerySet":
        """Neither accepted, declined nor taken back; may have ended."""
        return self.filter(accepted_at=None, declined_at=None, withdrawn_at=None)


class OwnershipTransfer(Row):
    """An Owner offers another member to become Owner in their place; it takes effect when that one accepts."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="ownership_transfers")
    offered_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    offered_to = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="ownership_offers")
    # The role that the old Owner keeps.
    keeps = models.CharField(max_length=8, choices=Role, default=Role.ADMIN)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnershipTransferQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("keeps", "expires_at", "accepted_at", "declined_at", "withdrawn_at")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["offered_by"],
                condition=Q(accepted_at=None, declined_at=None, withdrawn_at=None),
                name="one_open_offer_per_owner",
            ),
            models.CheckConstraint(condition=Q(keeps__in=Role.values), name="an_old_owner_keeps_a_known_role"),
        ]

    def __str__(self) -> str:
        return str(self.offered_to)

    def is_open(self, at: datetime) -> bool:
        closed = self.accepted_at or self.declined_at or self.withdrawn_at
        return closed is None and self.expires_at > at


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, actor: Member) -> "AnnouncementQuerySet":
        """All of the organization, past and to come, for Owners and Admins. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def not_over(self, org_id: int, at: datetime) -> "AnnouncementQuerySet":
        """What every member of an organization reads now or will read, the gravest first."""
        grave = models.Case(
            models.When(severity=Announcement.Severity.CRITICAL, then=0),
            models.When(severity=Announcement.Severity.WARNING, then=1),
            default=2,
        )
        return self.filter(org_id=org_id, ends_at__gt=at, withdrawn_at=None).order_by(grave, "starts_at")


class Announcement(Row):
    """A banner that every member sees from its start to its end.

    Where it is news of what pages say for good (`about` them), each member may close it for themselves.
    """

    class Severity(models.TextChoices):
        INFO = "info", gettext_lazy("Information")
        WARNING = "warning", gettext_lazy("Warning")
        CRITICAL = "critical", gettext_lazy("Critical")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="announcements")
    text = models.CharField(gettext_lazy("text"), max_length=300)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.INFO)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    about = models.CharField(max_length=20, blank=True, help_text=gettext_lazy("The item whose pages say it."))

    objects = AnnouncementQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("text", "severity", "starts_at", "ends_at", "withdrawn_at")

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="a_banner_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def first(self) -> str:
        """Its first sentence."""
        return self.text[: len(self.text) - len(self.rest)].rstrip()

    @property
    def rest(self) -> str:
        """What follows the first sentence."""
        return self.text.partition(". ")[2]

    def is_shown(self, at: datetime) -> bool:
        return self.withdrawn_at is None and self.starts_at <= at < self.ends_at

    def is_closed_by(self, member: Member) -> bool:
        until = member.news_closed_until
        return bool(self.about) and until is not None and self.starts_at <= until
