"""Deeds on batches of events: support lets one be counted that was parked."""

from functools import partial

from django.db import transaction

from analytics import tasks
from analytics.models import InboxBatch
from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.tasks import kick


def try_again(actor: Actor, batch: InboxBatch) -> None:
    """Put a batch back in the queue that was parked after three failures. Does nothing to others.

    Raises:
        Denied: the actor is not support staff.
    """
    with act(actor, Action.WORK_RETRY, batch):
        batch.try_again()
        batch.save(update_fields=["state", "attempts"])
        transaction.on_commit(partial(kick, tasks.drain))
