"""A tool: an integration that mates use. Authorization on it decides who may configure or attach it (product.md 3)."""

from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from orgs import grants, sealed
from orgs.ids import Row
from orgs.models import Member, Organization, Team
from workspaces.models import reach


class Everyone(models.TextChoices):
    """What a mate or a tool is to all members who were given nothing on it. Guests are nobody's everyone."""

    NONE = "", _("Nothing")
    LIST = "list", _("List: know that it exists")
    USER = "user", _("User: use it, or attach it")


class Level(models.TextChoices):
    """What somebody is to a mate or a tool. Each includes the ones after it."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    USER = "user", _("User")
    LIST = "list", _("List")


M = TypeVar("M", bound="Authorized")


class AuthorizedQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Member) -> "AuthorizedQuerySet[M]":
        """All of them for Owners and Admins; else what `actor` was given, leads, or what is open to all. One query."""
        rows = self.filter(org_id=actor.org_id)
        if actor.administers:
            return rows
        far, found = reach.of(actor), Q(pk__in=grants.held(actor, self.model))
        if far.led:
            found |= reach.led_by(actor) | ~Q(everyone=Everyone.NONE)
        return rows.filter(found)


class Authorized(Row):
    """What people hold one of four levels on: owner (all, and delete), admin (configure, grant), user, list."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    everyone = models.CharField(_("for everyone"), max_length=4, choices=Everyone, default=Everyone.NONE, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    FACTS: ClassVar[Any] = attrgetter("id", "org_id", "team_id", "everyone")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Tool(Authorized):
    """An integration. `integration` is the name under which its calls appear in usage.

    The secret is sealed (orgs.sealed) and never shown again; another address asks for it anew.
    """

    integration = models.CharField(_("integration"), max_length=100)
    description = models.CharField(_("description"), max_length=500, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    sealed = models.TextField(blank=True, editable=False)
    secret_set_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AuthorizedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        *("name", "integration", "description", "url", "team", "owner", "everyone", "secret_set_at"),
    )
    LEVELS: ClassVar[dict[str, str]] = {
        "owner": "own_tool",
        "admin": "administer_tool",
        "user": "attach_tool",
        "list": "list_tool",
    }

    PURPOSE: ClassVar[str] = "tools"  # of the secrets that are sealed

    class Meta:
        ordering = ["name"]
        permissions = [
            ("own_tool", "Owns the tool"),
            ("administer_tool", "Configures the tool and lets others use it"),
            ("attach_tool", "Attaches the tool to mates"),
            ("list_tool", "Knows that the tool exists"),
        ]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="one_tool_of_a_name_per_org")]

    def keep_secret(self, secret: str, *, at: datetime) -> None:
        """Seal another secret; nothing takes away the one that is kept."""
        self.sealed = sealed.seal(secret, self.PURPOSE) if secret else ""
        self.secret_set_at = at if secret else None

    def move_to(self, url: str) -> bool:
        """Call another address from now on. The secret was meant for the one before: it is dropped; whether it was."""
        dropped = url != self.url and bool(self.sealed)
        if dropped:
            self.sealed, self.secret_set_at = "", None
        self.url = url
        return dropped

    def secret(self) -> str:
        """What is sent along with a call, and shown to nobody; nothing where there is none, or no key opens it."""
        return sealed.unseal(self.sealed, self.PURPOSE) if self.sealed else ""


class ToolGrant(UserObjectPermissionBase):
    """The level that a person holds on a tool."""

    content_object = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="one_level_per_person_and_tool")]
