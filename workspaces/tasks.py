"""What the worker does for conversations and tools.

Every task finds its work in the database: run twice, it changes nothing.
"""

from celery import shared_task
from django.utils import timezone

from orgs.tasks import kick
from workspaces import renewing
from workspaces.conversations import answers


@shared_task
def answer(message_id: int) -> bool:
    """Get one answer that a mate owes. After the message that asked for it is committed."""
    return answers.answer(message_id, now=timezone.now())


@shared_task
def answer_owed() -> int:
    """Ask for every answer whose time has come: a first task was lost, or an earlier try failed; how many those are."""
    owed = answers.due(timezone.now())
    for message_id in owed:
        kick(answer, message_id)
    return len(owed)


@shared_task
def renew_secrets() -> int:
    """Seal the secrets of tools with the newest key, so that an older one can be taken out; how many that changed."""
    return renewing.renew_secrets()
