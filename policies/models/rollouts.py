"""Rollouts: what reaches people in stages, whom it has reached, and what they say of it (product.md 4)."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models import Member, Organization
from policies.models.versions import PolicyVersion


class RolloutQuerySet(models.QuerySet["Rollout"]):
    def visible_to(self, actor: Member) -> "RolloutQuerySet":
        """All of the organization's for its Owners and Admins; others see those that reached them. One query."""
        rows = self.filter(org_id=actor.org_id)
        mine = Reached.objects.filter(rollout=OuterRef("pk"), member=actor)
        return rows if actor.administers else rows.filter(Exists(mine))

    def open(self) -> "RolloutQuerySet":
        """Not over: planned, running or paused."""
        return self.filter(finished_at=None, discarded_at=None)

    def going_on(self) -> "RolloutQuerySet":
        """Begun and not over: running or paused."""
        return self.open().filter(started_at__isnull=False)

    def running(self) -> "RolloutQuerySet":
        return self.going_on().filter(paused_at=None)


class Rollout(Row):
    """A model, a feature, a tool or a version of the policy on its way to everybody.

    While it goes on, only those whom it reached have it. Finished: everybody. Discarded: nobody, until another rollout
    of the same thing starts.
    """

    class Kind(models.TextChoices):
        MODEL = "model", _("Model")
        FEATURE = "feature", _("Feature")
        TOOL = "tool", _("Tool")
        POLICY = "policy", _("Policy version")

    class State(models.TextChoices):
        DRAFT = "draft", _("Not started")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        DISCARDED = "discarded", _("Discarded")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="rollouts")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    # A model's own name, a feature, the id of a tool, the number of a policy's version (a department's: `id/number`).
    what = models.CharField(max_length=128)
    label = models.CharField(max_length=200)  # what it is called
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")  # who is told
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = RolloutQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        *("name", "kind", "label", "started_at", "paused_at", "pause_reason", "finished_at", "discarded_at"),
    )

    class Meta:
        verbose_name = _("rollout")
        indexes = [models.Index(fields=["org", "created_at"], name="rollouts_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="policy", version__isnull=False) | ~Q(kind="policy") & Q(version=None),
                name="a_rollout_of_a_policy_has_its_version",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(discarded_at=None), name="a_rollout_ends_in_one_way"
            ),
            models.UniqueConstraint(
                fields=["org", "kind", "what"],
                condition=Q(finished_at=None, discarded_at=None),
                name="one_open_rollout_of_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.discarded_at is not None:
            return self.State.DISCARDED
        if self.finished_at is not None:
            return self.State.FINISHED
        if self.started_at is None:
            return self.State.DRAFT
        return self.State.RUNNING if self.paused_at is None else self.State.PAUSED

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None or self.discarded_at is not None

    @property
    def goes_on(self) -> bool:
        return self.started_at is not None and not self.is_over


class Stage(Row):
    """Whom a rollout reaches next, when that begins, and what must be true before the stage after it.

    `audience` has the shape of a policy group's rule (`policies.rollouts.stages.Audience`). What was measured since
    the stage began is written by an hourly task and hangs on nothing else.
    """

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80)
    audience = models.JSONField(default=dict)
    starts_at = models.DateTimeField(null=True, blank=True)  # None: by hand
    least_people = models.PositiveIntegerField(default=0)
    least_days = models.PositiveSmallIntegerField(default=0)
    highest_refusals = models.PositiveSmallIntegerField(null=True, blank=True)  # per cent
    lowest_score = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    # Refusals and scores count from here: its beginning, or the last time that the rollout was resumed.
    judged_from = models.DateTimeField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    used_by = models.PositiveIntegerField(default=0)
    messages = models.PositiveBigIntegerField(default=0)
    refusals = models.PositiveBigIntegerField(default=0)
    met_at = models.DateTimeField(null=True, blank=True)  # since when all its gates are

    class Meta:
        verbose_name = _("stage")
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["rollout", "position"], name="stages_count_up")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_gates(self) -> bool:
        asked = (self.highest_refusals, self.lowest_score)
        return bool(self.least_people or self.least_days) or any(limit is not None for limit in asked)


class Reached(Row):
    """A member whom a stage reached. They stay so, wherever they are moved, until somebody goes back."""

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="reached")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()  # of the stage
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rollout", "member"], name="a_rollout_reaches_a_member_once")]
        indexes = [models.Index(fields=["rollout", "position"], name="reached_by_stage")]

    def __str__(self) -> str:
        return str(self.member_id)


class Feedback(Row):
    """What a reached member says of a rollout; without a score: they do not want to be asked."""

    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="feedback")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    AUDITED: ClassVar[tuple[str, ...]] = ("score",)

    class Meta:
        verbose_name = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["rollout", "member"], name="one_feedback_per_member_and_rollout"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="a_score_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return str(self.rollout)


class PowerUser(models.Model):
    """One of the top tenth by active days, then messages, of the last 30 full days. Analytics pushes them down."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    messages = models.PositiveBigIntegerField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("power user")

    def __str__(self) -> str:
        return str(self.member_id)
