"""What usage is told of conversations: the same fields as any event from outside.

The words of a message go along: usage keeps of them what the monitoring level allows, and drops the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from orgs import hooks
from orgs.access import Denied
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
        "conversation": "" if conversation._state.adding else str(conversation.pk),
        "workspace": conversation.workspace_id,
    }
    return said | {name: value for name, value in more.items() if value != ""}


# What these layers refuse is a refusal of usage (product.md 6); what the others do is nobody's use of anything.
TOLD = {"model", "use_case", "plan", "rollout", "limit", "budget", "quota"}


@contextmanager
def refusals(actor: Member, conversation: Conversation, *, model: str = "") -> Iterator[None]:
    """Tell usage of what is refused inside, after its transaction was taken back."""
    try:
        yield
    except Denied as denied:
        refused(actor, conversation, denied.decision, model=model)
        raise


def refused(
    actor: Member, conversation: Conversation, decision: Decision, *, model: str, owed: Message | None = None
) -> None:
    """Tell usage that the policy, the plan, a rollout, a limit or the budget refused a message; nothing where something
    else did. Its text is told to nobody. The answer that is `owed` is told once, however often it is tried."""
    layer, _slash, rule = decision.deciding.rule.removeprefix("place/").partition("/")
    if layer not in TOLD:
        return
    at = timezone.now()
    about: dict[str, Any] = {"use_case": rule.partition("/")[2]} if layer == "use_case" else {"model": model}
    with transaction.atomic():
        message = owed or Message(org=conversation.org, conversation=conversation, at=at)
        happened(conversation, [event(message, "refusal", member=actor, **about)], at=at)


def happened(conversation: Conversation, events: list[dict[str, Any]], *, at: datetime) -> None:
    """Tell usage, in the caller's transaction."""
    hooks.call("usage_happened", conversation.org, events, at=at)
