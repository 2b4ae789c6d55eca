"""What past usage would have been under another policy: counted by the floor above, read by the pages of this one."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Sum

from orgs.models import Job, Organization
from policies.models.versions import PolicyVersion


class JudgedQuerySet(models.QuerySet["Judged"]):
    def by(self, *names: str) -> Any:
        """Sums by these fields: `asked` responses, `refused` ones and what those cost (`spent`, nano-USD)."""
        gone = ~Q(rule="")
        return (
            self.order_by()
            .values(*names)
            .annotate(asked=Sum("responses"))
            .annotate(refused=Sum("responses", filter=gone, default=0), spent=Sum("cost_nanos", filter=gone, default=0))
        )

    def losing_half(self) -> Any:
        """The people of whom more than half of the responses would have been refused."""
        return self.exclude(member=0).by("member").filter(refused__gt=F("asked") / 2.0)


class Judged(models.Model):
    """Responses of a member with a model and a use case, from `day` on, under a policy that did not hold.

    `rule` is the rule that would have refused them (empty: none would). Member 0 stands for people who are unknown or
    have left: nobody can be judged for them. Of a replay (`job`), or of a version that runs report-only.
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, null=True, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    member = models.BigIntegerField()
    model = models.CharField(max_length=100, blank=True)
    use_case = models.CharField(max_length=100, blank=True)
    rule = models.CharField(max_length=255, blank=True)
    responses = models.PositiveBigIntegerField()
    cost_nanos = models.BigIntegerField()

    objects = JudgedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["job", "member"], name="judged_by_replay"),
            models.Index(fields=["version", "day"], name="judged_by_trial"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(job=None, version__isnull=False) | Q(job__isnull=False, version=None),
                name="judged_for_a_replay_or_a_trial",
            ),
            models.UniqueConstraint(
                fields=["job", "day", "member", "model", "use_case"], name="judged_once_by_a_replay"
            ),
            models.UniqueConstraint(
                fields=["version", "day", "member", "model", "use_case"], name="judged_once_by_a_trial"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.rule}"
