"""What usage is told of conversations: the same fields as any event from outside, and never a text."""

from datetime import datetime
from typing import Any

from orgs import hooks
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


def happened(conversation: Conversation, events: list[dict[str, Any]], *, at: datetime) -> None:
    """Tell usage, in the caller's transaction."""
    hooks.call("usage_happened", conversation.org, events, at=at)
