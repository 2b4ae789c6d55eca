"""A mate: an AI agent. Authorization on it decides who may use it, together with the tools attached (product.md 3)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from workspaces.models.tools import Authorized, AuthorizedQuerySet, Tool
from workspaces.models.workspaces import Workspace


class Mate(Authorized):
    """`listing` is the name in the store that it was onboarded from; empty for one that was created here."""

    description = models.CharField(_("description"), max_length=500, blank=True)
    model = models.CharField(_("model"), max_length=100)
    instructions = models.TextField(_("instructions"), max_length=20_000, blank=True)
    listing = models.SlugField(max_length=60, blank=True, editable=False)
    tools = models.ManyToManyField(Tool, through="MateTool", related_name="mates")
    workspaces = models.ManyToManyField(Workspace, through="WorkspaceMate", related_name="mates")

    objects = AuthorizedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        *("name", "description", "model", "instructions", "team", "owner", "everyone", "listing"),
    )
    LEVELS: ClassVar[dict[str, str]] = {
        "owner": "own_mate",
        "admin": "administer_mate",
        "user": "use_mate",
        "list": "list_mate",
    }

    class Meta:
        ordering = ["name"]
        permissions = [
            ("own_mate", "Owns the mate"),
            ("administer_mate", "Configures the mate and lets others use it"),
            ("use_mate", "Uses the mate"),
            ("list_mate", "Knows that the mate exists"),
        ]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="one_mate_of_a_name_per_org")]


class MateGrant(UserObjectPermissionBase):
    """The level that a person holds on a mate."""

    content_object = models.ForeignKey(Mate, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="one_level_per_person_and_mate")]


class MateTool(models.Model):
    """That a tool is attached to a mate: whoever may use the mate reaches the tool through it."""

    mate = models.ForeignKey(Mate, on_delete=models.CASCADE, related_name="attached")
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="attached")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mate", "tool"], name="a_tool_is_attached_once_per_mate")]

    def __str__(self) -> str:
        return str(self.pk)


class WorkspaceMate(models.Model):
    """That a mate was added to a workspace: it can be asked there."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="added")
    mate = models.ForeignKey(Mate, on_delete=models.CASCADE, related_name="added")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "mate"], name="a_mate_is_added_once_per_workspace")]

    def __str__(self) -> str:
        return str(self.pk)
