"""A workspace: a name, a visibility that never changes, who holds which role in it, and what they may do together."""

from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from orgs import grants
from orgs.ids import Row
from orgs.models import Member, Organization, Team
from workspaces.models import reach


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")


class Circle(models.TextChoices):
    """Who in a workspace may do what its collaboration settings are about. Each includes the ones before it."""

    NOBODY = "nobody", _("Nobody")
    ADMINS = "admins", _("Its Admins")
    USERS = "users", _("Its Admins and Users")


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def visible_to(self, actor: Member) -> "WorkspaceQuerySet":
        """All of them for Owners and Admins; else what one was given, leads, or may discover. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.read_by(actor)

    def read_by(self, actor: Member) -> "WorkspaceQuerySet":
        """Those whose conversations `actor` may read: what they were given, lead, or what is public. For a subquery."""
        far, found = reach.of(actor), Q(pk__in=[])
        if far.given:
            found |= Q(pk__in=grants.held(actor, Workspace))
        if far.public:
            found |= Q(visibility=Visibility.PUBLIC)
        if far.led:
            found |= reach.led_by(actor)
        return self.filter(found, org_id=actor.org_id)

    def of(self, actor: Member) -> "WorkspaceQuerySet":
        """Those that `actor` was given a role in or whose team they lead, whatever that opens to them now."""
        return self.filter(Q(pk__in=grants.held(actor, Workspace)) | reach.led_by(actor), org_id=actor.org_id)


class Workspace(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="workspaces")
    name = models.CharField(_("name"), max_length=80)
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="workspaces")
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="owned_workspaces")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Collaboration settings (product.md 3).
    mates_by = models.CharField(_("adds mates"), max_length=8, choices=Circle, default=Circle.ADMINS)
    files_by = models.CharField(_("uploads files"), max_length=8, choices=Circle, default=Circle.USERS)
    sharing_by = models.CharField(_("shares outside"), max_length=8, choices=Circle, default=Circle.ADMINS)
    # Limits; None: none of its own.
    storage_limit = models.PositiveBigIntegerField(_("storage in bytes"), null=True, blank=True)
    daily_messages = models.PositiveIntegerField(
        _("messages a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Counted where messages and files are written (workspaces.conversations); the day ends at `day_ends_at`.
    stored_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    messages_today = models.PositiveIntegerField(default=0, editable=False)
    day_ends_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WorkspaceQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "visibility", "team_id", "closed", "within")
    AUDITED: ClassVar[tuple[str, ...]] = (
        *("name", "visibility", "team", "owner", "archived_at", "mates_by", "files_by", "sharing_by"),
        *("storage_limit", "daily_messages"),
    )
    LEVELS: ClassVar[dict[str, str]] = {
        "admin": "administer_workspace",
        "user": "use_workspace",
        "viewer": "read_workspace",
    }

    class Meta:
        ordering = ["name"]
        permissions = [
            ("administer_workspace", "Administers the workspace"),
            ("use_workspace", "Posts in the workspace"),
            ("read_workspace", "Reads the workspace"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "name"],
                condition=Q(visibility=Visibility.PUBLIC),
                name="one_public_workspace_of_a_name_per_org",
            ),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="a_visibility_is_a_known_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def within(self) -> "Workspace":
        """The workspace whose settings and limits hold: itself."""
        return self

    @property
    def limited(self) -> bool:  # type: ignore[override]
        return self.daily_messages is not None or self.storage_limit is not None

    @property
    def closed(self) -> bool:
        return self.archived_at is not None

    def messages_by(self, at: datetime) -> int:
        """How many messages the day has had so far, in the organization's zone."""
        return self.messages_today if self.day_ends_at is not None and at < self.day_ends_at else 0

    def archive(self, *, at: datetime) -> None:
        """Close it for writing; what is in it stays to be read. Does nothing where it is closed already."""
        if self.archived_at is None:
            self.archived_at = at

    def reopen(self) -> None:
        self.archived_at = None


class WorkspaceGrant(UserObjectPermissionBase):
    """The role that a person holds in a workspace."""

    content_object = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "content_object"], name="one_role_per_person_and_workspace")
        ]
