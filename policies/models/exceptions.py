"""Exceptions: a use that the policy restricts, approved for somebody, with a reason and an end."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.ids import Row
from orgs.models import Member, Organization
from policies.models.versions import WHOLE


class UseCaseExceptionQuerySet(models.QuerySet["UseCaseException"]):
    def visible_to(self, actor: Member) -> "UseCaseExceptionQuerySet":
        """All of the organization for its Owners and Admins, their own for everybody else. One query."""
        rows = self.filter(org_id=actor.org_id)
        return rows if actor.administers else rows.filter(member=actor)

    def standing(self, at: datetime) -> "UseCaseExceptionQuerySet":
        """Those that count at `at`."""
        return self.filter(ended_at=None, ends_at__gt=at)


class UseCaseException(Row):
    """`use_case` is approved for a member, or for everybody in a policy group, until `ends_at`.

    `scope` says of whose policy the group is, WHOLE or a department: several policies may have groups of one name. A
    plain number with a name, as versions have it.
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="use_case_exceptions")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="use_case_exceptions"
    )
    group = models.CharField(max_length=64, blank=True)
    scope = models.BigIntegerField(default=WHOLE)
    scope_name = models.CharField(max_length=120, blank=True)
    use_case = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    approver_name = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UseCaseExceptionQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("use_case", "group", "scope_name", "member", "reason", "ends_at", "ended_at")

    class Meta:
        verbose_name = "exception"
        indexes = [models.Index(fields=["org", "ends_at"], name="exception_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) & ~Q(group="") | Q(member__isnull=False, group=""),
                name="an_exception_is_a_members_or_a_groups",
            ),
        ]

    def __str__(self) -> str:
        return self.use_case

    @property
    def whose_group(self) -> str:
        """The group, with the department whose policy's it is."""
        words = {"group": self.group, "department": self.scope_name}
        return _("%(group)s of %(department)s") % words if self.scope_name else self.group
