"""The policy: versions that never change, the draft that becomes the next one, and which version is in force."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from orgs.ids import Row
from orgs.models import Member, Organization

WHOLE = 0  # the scope of the organization's own policy; else it is a department's id


class ScopedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, actor: Member) -> "ScopedQuerySet":
        """All of the organization's for its Owners and Admins, nothing for anybody else. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()

    def of(self, org: Organization, scope: int = WHOLE) -> "ScopedQuerySet":
        return self.filter(org=org, scope=scope)


class PolicyVersion(Row):
    """A policy as it was published. A trigger keeps it as it is for ever.

    `scope` is WHOLE or the department that it narrows the organization's policy for; a plain number, because a version
    outlives the department, like the name of who published it.
    """

    org = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="policy_versions")
    scope = models.BigIntegerField(default=WHOLE)
    scope_name = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField()
    # The value of `ai_usage_policy`, with ids for departments, teams and members (policies.document).
    document = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    author_id = models.BigIntegerField(default=0)
    author_name = models.CharField(max_length=200)
    published_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("number", "scope_name", "note")

    class Meta:
        verbose_name = "policy version"
        constraints = [
            models.UniqueConstraint(fields=["org", "scope", "number"], name="policy_versions_count_up"),
        ]

    def __str__(self) -> str:
        return f"{self.scope_name} {self.number}".strip()


class PolicyDraft(Row):
    """What is being written. `revision` counts every save, so that nobody overwrites what they have not read.

    No two drafts of a policy have a revision in common: see `PolicyInForce.last_revision`.
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="policy_drafts")
    scope = models.BigIntegerField(default=WHOLE)
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    # Number of the version that it began as; 0: none.
    based_on = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("revision", "based_on")

    class Meta:
        verbose_name = "policy draft"
        constraints = [models.UniqueConstraint(fields=["org", "scope"], name="one_draft_per_policy")]

    def __str__(self) -> str:
        return f"draft {self.revision}"


class PolicyInForce(Row):
    """Which version counts now, and which one runs report-only beside it, and until when."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="policies_in_force")
    scope = models.BigIntegerField(default=WHOLE)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(null=True)  # the version counts; None: since it was published
    trial = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    trial_from = models.DateTimeField(null=True)
    trial_until = models.DateTimeField(null=True)
    # The highest revision that a draft of this policy ever had, whatever became of the draft.
    last_revision = models.PositiveIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("version", "trial", "trial_from", "trial_until")

    class Meta:
        verbose_name = "policy"
        constraints = [
            models.UniqueConstraint(fields=["org", "scope"], name="one_policy_in_force"),
            models.CheckConstraint(
                condition=models.Q(trial=None, trial_from=None, trial_until=None)
                | models.Q(trial__isnull=False, trial_from__isnull=False, trial_until__isnull=False),
                name="a_report_only_policy_has_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return "policy"

    @property
    def revision_without_draft(self) -> int:
        """What was read where there is no draft: 0 until the first one, then a number that no draft ever has."""
        return self.last_revision and self.last_revision + 1

    def end_trial(self) -> None:
        """Let no version run report-only any more."""
        self.trial = self.trial_from = self.trial_until = None
