"""The audit log's rows. Written by `orgs.audit.act` alone; triggers forbid to change or delete them."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.asking import AccessRequest
from orgs.models.members import Member
from orgs.models.organizations import Organization
from orgs.models.structure import OrganizationGrant

CONFIRMED = "settings confirmed"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, actor: Member) -> "AuditEntryQuerySet":
        """Everything for Owners and Admins, and for whom reading the log was delegated to; nothing else. One query."""
        entries = self.filter(org_id=actor.org_id)
        if actor.administers:
            return entries
        given = OrganizationGrant.objects.filter(user_id=actor.user_id, content_object=actor.org_id)
        return entries.filter(models.Exists(given.filter(permission__codename=Organization.DELEGATED["audit"])))

    def about(self, member: Member, actor: Member) -> "AuditEntryQuerySet":
        """What happened to `member`, as far as `actor` is told on their page: Owners, Admins and themselves."""
        told = actor.administers or actor.pk == member.pk
        entries = self.filter(org_id=actor.org_id, target_kind="member", target_id=member.pk)
        return entries if told else self.none()

    def that_changed(self, org: Organization, fields: Iterable[str], *, since: int) -> "AuditEntryQuerySet":
        """What was written after the entry `since` and changed one of these settings of `org`."""
        return self.filter(org=org, target_id=org.pk, seq__gt=since, after__has_any_keys=list(fields))

    def that_decided_after(self, request: AccessRequest) -> "AuditEntryQuerySet":
        """What somebody did to the role or the plan that was granted, later and for good: other than for a while."""
        changed = self.filter(org_id=request.org_id, target_kind="member", target_id=request.member_id)
        changed = changed.filter(at__gt=request.decided_at, after__has_key=str(request.kind))
        return changed.exclude(action="request.end").exclude(action="request.decide", detail__has_key="ends_at")

    def that_settled(self, fields: Iterable[str]) -> "AuditEntryQuerySet":
        """What changed one of these settings of an organization, or confirmed them as they were."""
        edited = self.filter(action="organization.edit")
        return edited.filter(models.Q(after__has_any_keys=list(fields)) | models.Q(detail__what=CONFIRMED))


class AuditEntry(Row):
    # PROTECT: an organization with a history cannot be deleted by a stray cascade.
    org = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="audit_entries")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(default=0)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=48)
    target_kind = models.CharField(max_length=32)
    target_id = models.BigIntegerField(default=0)
    target_name = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()
    CHAINED: ClassVar[tuple[str, ...]] = (
        "id",
        "org_id",
        "seq",
        "at",
        "actor_kind",
        "actor_id",
        "actor_name",
        "actor_role",
        "action",
        "target_kind",
        "target_id",
        "target_name",
        "before",
        "after",
        "detail",
        "ip",
        "request_id",
        "previous_hash",
    )

    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit entries")
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["org", "action", "-seq"], name="audit_by_action"),
            models.Index(fields=["org", "target_id", "-seq"], name="audit_by_target"),
            models.Index(fields=["org", "actor_id", "-seq"], name="audit_by_actor"),
            models.Index(fields=["request_id"], name="audit_by_request"),
        ]
        constraints = [models.UniqueConstraint(fields=["org", "seq"], name="one_entry_per_place_in_the_chain")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target_name}"


class AuditHead(models.Model):
    """How long an organization's chain is and how it ends, so that a cut tail shows."""

    org = models.OneToOneField(Organization, on_delete=models.PROTECT, primary_key=True, related_name="audit_head")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.org}: {self.seq}"
