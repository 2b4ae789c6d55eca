"""Work that outlives a request: jobs with their progress and results, mails."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Member) -> "JobQuerySet":
        """The jobs one started oneself; all of the organization for its Owners and Admins. One query."""
        jobs = self.filter(org_id=actor.org_id)
        return jobs if actor.administers else jobs.filter(started_by=actor)


class Job(Row):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        PARKED = "parked", _("Stopped after three failures")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=32)
    params = models.JSONField(default=dict)
    started_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="jobs")
    # The job that this one takes back: a job is taken back once.
    undoes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="undone_by", editable=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    # When a worker last showed that it is at it; long ago: it died, and another one may go on.
    alive_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("state",)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def try_again(self) -> None:
        """Let a worker go on with it where it stopped. Does nothing to a job that was not parked."""
        if self.state == self.State.PARKED:
            self.state, self.attempts, self.ended_at = self.State.WAITING, 0, None


class JobRow(models.Model):
    """What a job did, or has still to do, with one target."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    target_id = models.BigIntegerField()
    target_name = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8, blank=True, help_text=_("Empty until tried; then done, same or refused."))
    reason = models.CharField(max_length=500, blank=True)
    # What the batch must know of the target beforehand, or what it leaves for the day it is taken back.
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "target_id"], name="one_result_per_job_and_target")]

    def __str__(self) -> str:
        return f"{self.target_name}: {self.outcome}"


class Mail(Row):
    """A mail to be sent, and what became of it. Its text is made when it is sent and never kept: it may hold a link."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="mails")
    kind = models.CharField(max_length=32)
    to = models.EmailField()
    # Names and ids that the template needs; never a secret.
    params = models.JSONField(default=dict)
    # Codes and what else nobody may read here, sealed (`orgs.sealed`); emptied when the mail is sent or given up.
    sealed = models.TextField(blank=True, default="", editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    # When it may be tried: moved ahead by whoever takes it, so nobody else sends it meanwhile.
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    LIMIT: ClassVar[int] = 5

    class Meta:
        verbose_name, verbose_name_plural = _("e-mail"), _("e-mails")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="mail_by_state"),
            models.Index(fields=["to", "due_at"], name="mail_by_address"),
            models.Index(fields=["org", "due_at"], name="mail_by_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
