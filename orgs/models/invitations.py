"""An invitation: somebody's way in, bound to one address, for a while."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Kind, Member
from orgs.models.organizations import Organization
from orgs.models.plans import Plan, Role
from orgs.models.work import Mail


class State(models.TextChoices):
    """What became of an invitation; an expired one can be sent again."""

    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    DECLINED = "declined", _("Declined")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Member) -> "InvitationQuerySet":
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def open(self) -> "InvitationQuerySet":
        """Neither accepted, declined nor revoked; may have expired."""
        return self.filter(accepted_at=None, declined_at=None, revoked_at=None)

    def in_state(self, state: str, at: datetime) -> "InvitationQuerySet":
        match state:
            case State.PENDING:
                return self.open().filter(expires_at__gt=at)
            case State.EXPIRED:
                return self.open().filter(expires_at__lte=at)
        return self.filter(**{f"{state}_at__isnull": False})


class Invitation(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.USER)
    plan = models.CharField(max_length=12, choices=Plan, default=Plan.ESSENTIAL)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MEMBER)
    department = models.ForeignKey("orgs.Department", on_delete=models.SET_NULL, null=True, blank=True)
    team = models.ForeignKey("orgs.Team", on_delete=models.SET_NULL, null=True, blank=True)
    sponsor = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)
    # Ids of workspaces: the floor above, so no foreign key; what no longer exists is passed over.
    workspaces = models.JSONField(default=list, blank=True)
    message = models.CharField(max_length=500, blank=True)
    # People who were taken over from elsewhere stay off the provisioning board.
    already_onboarded = models.BooleanField(_("already onboarded"), default=False)
    # The mail that carries the link of this issue.
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Raised by each resend: the link is made from it, so the one before dies.
    issue = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="invitations_sent")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        "email",
        "role",
        "plan",
        "kind",
        "department",
        "team",
        "sponsor",
        "ends_at",
        "issue",
        "already_onboarded",
        "expires_at",
        "accepted_at",
        "declined_at",
        "revoked_at",
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["org", "created_at", "id"], name="invitation_by_age"),
            models.Index(fields=["org", "email", "id"], name="invitation_by_address"),
        ]
        constraints = [
            models.UniqueConstraint(
                "org",
                Lower("email"),
                condition=Q(accepted_at=None, declined_at=None, revoked_at=None),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="an_invitation_names_a_known_role"),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="an_invitation_names_a_known_plan"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="an_invitation_names_a_known_kind"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def closed_as(self) -> str:
        """`accepted`, `declined`, `revoked`, or nothing while it is open."""
        ends = {"accepted": self.accepted_at, "declined": self.declined_at, "revoked": self.revoked_at}
        return next((name for name, at in ends.items() if at is not None), "")

    def state(self, at: datetime) -> str:
        """One of `State`: what the list shows."""
        return self.closed_as or (State.PENDING if self.expires_at > at else State.EXPIRED)

    def is_open(self, at: datetime) -> bool:
        closed = self.accepted_at or self.declined_at or self.revoked_at
        return closed is None and self.expires_at > at


class InvitationTemplateQuerySet(models.QuerySet["InvitationTemplate"]):
    def visible_to(self, actor: Member) -> "InvitationTemplateQuerySet":
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()


class InvitationTemplate(Row):
    """What invitations of one sort start from: a name and defaults for the form."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitation_templates")
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(max_length=8, choices=Role, default=Role.USER)
    plan = models.CharField(max_length=12, choices=Plan, default=Plan.ESSENTIAL)
    department = models.ForeignKey("orgs.Department", on_delete=models.SET_NULL, null=True, blank=True)
    team = models.ForeignKey("orgs.Team", on_delete=models.SET_NULL, null=True, blank=True)
    workspaces = models.JSONField(default=list, blank=True)
    message = models.CharField(max_length=500, blank=True)

    objects = InvitationTemplateQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("name", "role", "plan", "department", "team", "workspaces", "message")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("org", Lower("name"), name="one_template_of_a_name_per_org"),
        ]

    def __str__(self) -> str:
        return self.name
