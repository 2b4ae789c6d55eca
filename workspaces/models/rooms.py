"""A room: a project inside a workspace, with people of its own where it has any, milestones, and tools switched on."""

from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from orgs import grants
from orgs.ids import Row
from orgs.models import Member, Organization
from workspaces.models import reach
from workspaces.models.tools import Tool
from workspaces.models.workspaces import Workspace


class Progress(models.TextChoices):
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    DONE = "done", _("Done")


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, actor: Member) -> "RoomQuerySet":
        """All of them for Owners and Admins; else those that `actor` may read. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.read_by(actor)

    def read_by(self, actor: Member) -> "RoomQuerySet":
        """Those whose conversations `actor` may read: as the workspace says, or, where the room has people of its
        own, as those say alone. Who leads the workspace's team reads them all. For a subquery."""
        far = reach.of(actor)
        found = Q(narrowed=False, workspace__in=Workspace.objects.read_by(actor))
        if far.given:
            found |= Q(narrowed=True, pk__in=grants.held(actor, Room))
        if far.led:
            found |= reach.led_by(actor, "workspace__team")
        return self.filter(found, org_id=actor.org_id)


class Room(Row):
    """Load it with its workspace: what the engine looks at is the workspace's too.

    `narrowed`: it has people of its own, and those alone decide; else it follows its workspace (product.md 3).
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="rooms")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    narrowed = models.BooleanField(_("has people of its own"), default=False)
    progress = models.CharField(_("status"), max_length=8, choices=Progress, default=Progress.ON_TRACK)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RoomQuerySet.as_manager()
    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "held_at", "visibility", "team_id", "closed", "within")
    AUDITED: ClassVar[tuple[str, ...]] = ("name", "workspace", "narrowed", "progress", "note", "archived_at")
    LEVELS: ClassVar[dict[str, str]] = {"admin": "administer_room", "user": "use_room", "viewer": "read_room"}

    class Meta:
        ordering = ["name"]
        permissions = [
            ("administer_room", "Administers the room"),
            ("use_room", "Posts in the room"),
            ("read_room", "Reads the room"),
        ]
        # A name is taken among those that whoever makes rooms there sees: one with people of its own takes none.
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(narrowed=False), name="one_following_room_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def held_at(self) -> tuple[int, ...]:
        return (self.id if self.narrowed else self.workspace_id,)

    @property
    def word(self) -> str:
        return "room" if self.narrowed else "workspace"

    @property
    def within(self) -> Workspace:
        """The workspace whose settings and limits hold."""
        return self.workspace

    @property
    def limited(self) -> bool:  # type: ignore[override]
        return self.workspace.limited

    @property
    def closed(self) -> bool:
        return self.archived_at is not None or self.workspace.closed

    @property
    def team_id(self) -> int | None:
        return self.workspace.team_id

    @property
    def visibility(self) -> str:
        return "" if self.narrowed else self.workspace.visibility

    def archive(self, *, at: datetime) -> None:
        """Close it for writing; what is in it stays to be read. Does nothing where it is closed already."""
        if self.archived_at is None:
            self.archived_at = at

    def reopen(self) -> None:
        self.archived_at = None


class RoomGrant(UserObjectPermissionBase):
    """The role that a person holds in a room that has people of its own."""

    content_object = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="one_role_per_person_and_room")]


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, actor: Member) -> "MilestoneQuerySet":
        """Those of the rooms that `actor` sees. One query."""
        return self.filter(room__in=Room.objects.visible_to(actor), org_id=actor.org_id)


class Milestone(Row):
    """Something a room is to reach, and how far it is."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="milestones")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=120)
    due_on = models.DateField(_("due"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("progress in percent"), default=0, validators=[MaxValueValidator(100)])

    objects = MilestoneQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("title", "room", "due_on", "percent")

    class Meta:
        ordering = ["due_on", "title"]
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="a_milestone_is_at_most_reached")]

    def __str__(self) -> str:
        return self.title


class RoomTool(models.Model):
    """That an integration is switched on in a room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="switched_on")
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="rooms")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "tool"], name="a_tool_is_switched_on_once_per_room")]

    def __str__(self) -> str:
        return str(self.pk)
