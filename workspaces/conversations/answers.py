"""Answers that mates owe: a message that is there from the start, and empty until the gateway has answered.

The database says what is owed. Whoever claims it has it until its time is up, so a task that is lost or run twice
changes nothing; after three tries it has failed, and is shown with the reason.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.access import Action, Refused, check, require
from orgs.models import Member
from orgs.tasks import kick
from policies import watching
from workspaces import uses
from workspaces.conversations import gateway, told
from workspaces.models import Conversation, Mate, Message

TRIES = 3
PAUSE = timedelta(seconds=10)  # after the first failure; longer after each
REMEMBERED = 30  # messages that a mate is told
MOST = 60_000  # characters of them


def may_be_asked(actor: Member, conversation: Conversation, mate: Mate, **context: Any) -> None:
    """Raises Denied or Refused when `mate` does not answer `actor` there. At most 2 queries beside the subject."""
    if not gateway.is_there():
        raise Refused(_("No mate answers: this installation has no gateway to a model. Send the message to people."))
    require(actor, Action.MATE_USE, uses.of(mate, conversation.place), **context)
    require(actor, Action.MODEL_USE, actor.org, model=mate.model, **context)


def owe(actor: Member, conversation: Conversation, mate: Mate, *, at: datetime) -> Message:
    """Let `mate` owe an answer to what was said at `at`, in the caller's transaction. 2 queries."""
    owed = Message(
        org=conversation.org,
        conversation=conversation,
        mate=mate,
        mate_name=mate.name,
        asked_by=actor,
        at=at + timedelta(microseconds=1),
        state=Message.State.OWED,
        due_at=at,
    )
    owed.save(force_insert=True)
    Conversation.objects.filter(pk=conversation.pk).update(mate=mate)
    _soon(owed)
    return owed


def again(actor: Member, message: Message) -> None:
    """Ask once more for an answer that failed, now in the name of `actor`. Does nothing where it did not fail.

    Raises:
        Denied: the actor may not ask the mate there. Usage is told as by `talking.post`.
        Refused: the mate is gone; no gateway is set up.
    """
    from workspaces.conversations.talking import hold  # it lets answers be owed

    conversation, model = message.conversation, message.mate.model if message.mate else ""
    with told.refusals(actor, conversation, model=model), transaction.atomic(durable=True):
        at = hold(actor, conversation)
        if message.mate is None:
            raise Refused(_("%(mate)s is gone. Ask another mate.") % {"mate": message.mate_name})
        may_be_asked(actor, conversation, message.mate, **_asked(message, actor, at))
        failed = Message.objects.filter(pk=message.pk, state=Message.State.FAILED)
        if failed.update(state=Message.State.OWED, attempts=0, error="", due_at=at, asked_by=actor):
            conversation.touch(at=at)
            _soon(message)


def _soon(message: Message) -> None:
    from workspaces import tasks  # they answer

    transaction.on_commit(partial(kick, tasks.answer, message.pk))


def due(now: datetime) -> list[int]:
    """The answers that nobody is at work on, oldest first. One query."""
    owed = Message.objects.filter(state=Message.State.OWED, due_at__lte=now).order_by("due_at")
    return list(owed.values_list("pk", flat=True)[:200])


def answer(message_id: int, *, now: datetime) -> bool:
    """Get the answer that is owed and write it down; whether anything was done.

    The engine is asked again first: who asked may have been shut out, the mate taken away, the policy changed
    meanwhile. What the policy or a limit refuses then is told usage as a refusal.
    """
    owed = _claim(message_id, now)
    if owed is None:
        return False
    mate, why = owed.mate, _why_not(owed, now)
    if mate is None or why:
        _leave(owed, why, last=True)
        return True
    try:
        found = gateway.ask(mate.model, prompt(owed, mate))
    except gateway.Trouble as trouble:
        _leave(owed, str(trouble), last=owed.attempts >= TRIES)
    else:
        _write(owed, mate.model, found)
    return True


def _claim(message_id: int, now: datetime) -> Message | None:
    """Take what is owed for as long as an answer may take; None where it is not due, or somebody else has it."""
    mine = Message.objects.filter(pk=message_id, state=Message.State.OWED, due_at__lte=now)
    until = now + timedelta(seconds=settings.AI_TIMEOUT) * 2
    if not mine.update(attempts=F("attempts") + 1, due_at=until):
        return None
    related = ("mate__team", "asked_by__org", "asked_by__user")
    owed = Message.objects.select_related(*related).filter(pk=message_id).first()
    conversation = Conversation.objects.placed().filter(messages=message_id).first()
    if owed is None or conversation is None:  # deleted in this very moment
        return None
    owed.conversation = conversation
    return owed


def _asked(owed: Message, asker: Member, now: datetime) -> dict[str, Any]:
    """What the engine is told of the message that asks: its own count refuses no answer, and what it is about is held
    against the policies of `now`. One query beside the subject."""
    asking = Message.objects.filter(conversation=owed.conversation, author__isnull=False, at__lt=owed.at)
    text = asking.order_by("-at", "-pk").values_list("text", flat=True).first() or ""
    return {"counted": True, **watching.use_cases_in(asker, text, now)}


def _why_not(owed: Message, now: datetime) -> str:
    """Why the engine no longer lets it be answered; nothing where it does. What is a refusal of usage is told."""
    if owed.attempts > TRIES:
        return _("It was tried three times, and whoever was at work on it ended each time.")
    if owed.mate is None or owed.asked_by is None:
        return _("%(mate)s is gone.") % {"mate": owed.mate_name}
    use, model = uses.of(owed.mate, owed.conversation.place), owed.mate.model
    about = _asked(owed, owed.asked_by, now)
    asked = check(owed.asked_by, Action.MATE_USE, use, **about)
    if asked.allowed:
        asked = check(owed.asked_by, Action.MODEL_USE, owed.asked_by.org, model=model, **about)
    if not asked.allowed:
        told.refused(owed.asked_by, owed.conversation, asked, model=model, owed=owed)
    return "" if asked.allowed else asked.reason


def prompt(owed: Message, mate: Mate) -> list[dict[str, str]]:
    """The mate's instructions and the last of what was said before, as far as it fits. One query."""
    before = Q(at__lt=owed.at) | Q(at=owed.at, pk__lt=owed.pk)
    said = Message.objects.filter(before, conversation=owed.conversation, state=Message.State.SAID).exclude(text="")
    room = MOST
    heard: list[dict[str, str]] = []
    for row in said.order_by("-at", "-pk")[:REMEMBERED]:
        room -= len(row.text)
        if room < 0 and heard:
            break
        heard.append({"role": "assistant" if row.mate_id == mate.pk else "user", "content": row.text})
    rules = [{"role": "system", "content": mate.instructions}] if mate.instructions else []
    return rules + heard[::-1]


def _write(owed: Message, model: str, answer: gateway.Answer) -> None:
    """Say the answer and tell usage, in one transaction; nothing where somebody else was faster."""
    now, conversation = timezone.now(), owed.conversation
    with transaction.atomic(durable=True):
        values = {"text": answer.text, "state": Message.State.SAID, "error": "", "due_at": None}
        if not _mine(owed).update(**values):
            return
        conversation.touch(at=now, messages=1)
        more: dict[str, Any] = {"tokens_in": answer.tokens_in, "tokens_out": answer.tokens_out}
        more |= {"cost": gateway.cost(owed.org, model, answer)}
        event = told.event(owed, "response", member=owed.asked_by, at=now, model=model, **more)
        told.happened(conversation, [event], at=now)


def _leave(owed: Message, why: str, *, last: bool) -> None:
    """Note why there is no answer: for good, or until the next try."""
    now = timezone.now()
    state = Message.State.FAILED if last else Message.State.OWED
    due_at = None if last else now + PAUSE * owed.attempts
    with transaction.atomic(durable=True):
        if _mine(owed).update(state=state, error=why[:300], due_at=due_at) and last:
            owed.conversation.touch(at=now)


def _mine(owed: Message) -> QuerySet[Message]:
    """The message, as long as nobody else claimed it since."""
    return Message.objects.filter(pk=owed.pk, state=Message.State.OWED, attempts=owed.attempts)
