"""Deeds on jobs: support lets one go on that was stopped."""

from functools import partial

from django.db import transaction

from orgs import tasks
from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Job


def try_again(actor: Actor, job: Job) -> None:
    """Let a job go on that was parked after three failures; what it did before is not done again.

    Raises:
        Denied: the actor is not support staff.
    """
    with act(actor, Action.WORK_RETRY, job):
        job.try_again()
        job.save(update_fields=["state", "attempts", "ended_at"])
        transaction.on_commit(partial(tasks.kick, tasks.run_job, job.pk))
