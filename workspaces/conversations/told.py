"""What usage is told of conversations: the same fields as any event from outside.

The words of a message go along: usage keeps of them what the monitoring level allows, and drops the rest.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from orgs import hooks
from orgs.decision import Decision
from orgs.models import Member
from workspaces.models import Conversation, Message


def event(message: Message, kind: str, *, member: Member | None, id: int = 0, **more: Any) -> dict[str, Any]:
    """A message, one of its files (`id`), or an answer."""
    conversation = message.conversation
    said = {
        "id": f"{kind}-{id or message.pk}",
        "at": message.at,
        "kind": kind,
        "member": member.pk if member is not None else None,
        "conversation": str(conversation.pk),
        "workspace": conversation.workspace_id,
    }
    return said | {name: value for name, value in more.items() if value != ""}


# What these layers refuse is a refusal of usage (product.md 6); what the others do is nobody's use of anything.
TOLD = {"model", "use_case", "plan", "rollout", "limit", "budget", "quota"}


def refused(actor: Member, conversation: Conversation, decision: Decision, *, model: str) -> None:
    """Tell usage that the policy, the plan, a rollout, a limit or the budget refused a message; nothing where something
    else did. Its text is told to nobody."""
    layer, _slash, rule = decision.deciding.rule.removeprefix("place/").partition("/")
    if layer not in TOLD:
        return
    at = timezone.now()
    about: dict[str, Any] = {"use_case": rule.partition("/")[2]} if layer == "use_case" else {"model": model}
    with transaction.atomic(durable=True):
        message = Message(org=conversation.org, conversation=conversation, at=at)
        happened(conversation, [event(message, "refusal", member=actor, **about)], at=at)


def happened(conversation: Conversation, events: list[dict[str, Any]], *, at: datetime) -> None:
    """Tell usage, in the caller's transaction."""
    hooks.call("usage_happened", conversation.org, events, at=at)
