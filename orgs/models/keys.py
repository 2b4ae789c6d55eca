"""Service keys: how machines speak for an organization."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization


class Scope(models.TextChoices):
    EVENTS_WRITE = "events:write", _("Send usage events")
    USAGE_READ = "usage:read", _("Read usage totals")
    DECISIONS_READ = "decisions:read", _("Ask for decisions")


class ServiceKeyQuerySet(models.QuerySet["ServiceKey"]):
    def visible_to(self, actor: Member) -> "ServiceKeyQuerySet":
        """Every key of the organization for Owners and Admins, none for the rest. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def alive(self, at: datetime) -> "ServiceKeyQuerySet":
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=at), revoked_at=None)


class ServiceKey(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="service_keys")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12, help_text=_("The first characters, to tell keys apart."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the whole key, hexadecimal."))
    scopes = models.JSONField(default=list)
    shared = models.BooleanField(
        _("shared"),
        default=False,
        help_text=_("Its events belong to the end user they name, never to the key's owner."),
    )
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="keys_made")
    created_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceKeyQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("name", "scopes", "shared", "ends_at", "revoked_at")

    class Meta:
        ordering = ["name", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_key_is_kept_as_a_digest_only"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_alive(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.ends_at is None or self.ends_at > at)

    def revoke(self, *, at: datetime) -> None:
        if self.revoked_at is None:
            self.revoked_at = at
