"""The narrow way of what is not governing: a conversation is begun, a message is posted.

The engine is asked first; what is written, what is counted and the usage event are one transaction, and the row of the
workspace is locked meanwhile, so that two posts at once never pass a limit together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.access import Action, Denied, Refused, require
from orgs.audit import read_again
from orgs.models import Member
from policies import watching
from workspaces.conversations import answers, told
from workspaces.conversations import files as kept
from workspaces.conversations.files import Upload
from workspaces.models import Conversation, Mate, Message, Room, Workspace

LONGEST = 20_000  # characters of a message


def start(actor: Member, place: Workspace | Room | None, *, title: str) -> Conversation:
    """Begin a conversation in `place`; a personal one where that is None.

    Raises:
        Denied: the actor may not post there; the policy blocks what the title is about. Usage is told as by `post`.
    """
    with told.refusals(actor, unwritten(actor, place)), transaction.atomic(durable=True):
        read_again(actor, place)
        conversation = unwritten(actor, place, title=title)
        about = watching.use_cases_in(actor, title, conversation.created_at)
        require(actor, Action.MESSAGE_SEND, conversation, **about)
        conversation.save(force_insert=True)
    return conversation


def unwritten(actor: Member, place: Workspace | Room | None, *, title: str = "") -> Conversation:
    """A conversation that `actor` would begin in `place`, now."""
    at = timezone.now()
    workspace, room = (place.workspace, place) if isinstance(place, Room) else (place, None)
    where: dict[str, Any] = {"workspace": workspace, "room": room}
    return Conversation(org=actor.org, author=actor, title=title, created_at=at, last_at=at, **where)


def may_talk(actor: Member, conversation: Conversation) -> None:
    """What a page asks before it says what is wrong with what was typed. No query beside the actor's subject.

    Raises:
        Denied: the actor may not post there. Usage is told as by `post`.
    """
    with told.refusals(actor, conversation):
        require(actor, Action.MESSAGE_SEND, conversation)


def post(
    actor: Member, conversation: Conversation, *, text: str, files: Sequence[Upload] = (), mate: Mate | None = None
) -> Message:
    """Say `text` in a conversation, with `files`; `mate` then owes an answer. All of it is counted once.

    What the policy, the plan, a rollout, a limit or the budget refuses is told usage as a refusal, without its text;
    what the policy flags is kept as the monitoring level allows.

    Raises:
        Denied: the actor may not post, not upload, or not ask the mate there; the workspace has had its messages of
            today, or would hold more than it may; the policy blocks what the text is about, or the mate's model.
        Refused: the conversation is gone, or the mate; no gateway is set up for mates.
    """
    with told.refusals(actor, conversation, model=mate.model if mate else ""):
        return _post(actor, conversation, text, files, mate)


def refusal_of(actor: Member, conversation: Conversation, **said: Any) -> Denied | None:
    """`post`, for a page that gives back what was typed: None where it was said, else what it would have raised.

    Raises:
        Refused: as `post`.
    """
    try:
        post(actor, conversation, **said)
    except Denied as denied:
        return denied
    return None


def _post(actor: Member, conversation: Conversation, text: str, files: Sequence[Upload], mate: Mate | None) -> Message:
    with kept.undone_on_failure() as paths, transaction.atomic(durable=True):
        at = hold(actor, conversation)
        require(actor, Action.MESSAGE_SEND, conversation, **watching.use_cases_in(actor, text, at))
        if files:
            require(actor, Action.FILE_UPLOAD, conversation, bytes=sum(len(file.content) for file in files))
        if mate is not None:
            read_again(mate)
            answers.may_be_asked(actor, conversation, mate)
        message = Message(org=actor.org, conversation=conversation, author=actor, text=text, at=at)
        message.save(force_insert=True)
        attached = kept.keep(message, files, paths)
        count(conversation, at=at, stored=sum(row.size for row in attached))
        conversation.touch(at=at, messages=1)
        if mate is not None:
            answers.owe(actor, conversation, mate, at=at)
        words: dict[str, Any] = {"title": conversation.title, "text": text}
        events = [told.event(message, "message", member=actor, **words)]
        events += [told.event(message, "file", member=actor, id=row.pk, bytes=row.size) for row in attached]
        told.happened(conversation, events, at=at)
    return message


def hold(actor: Member, conversation: Conversation) -> datetime:
    """Lock the workspace, or a personal conversation itself, then read actor and conversation again, in place.

    Gives the time of what is about to be written.

    Raises:
        Refused: the conversation is gone.
    """
    if conversation.workspace_id is not None:
        Workspace.objects.select_for_update(no_key=True).filter(pk=conversation.workspace_id).first()
    else:
        Conversation.objects.select_for_update(no_key=True).filter(pk=conversation.pk).first()
    read_again(actor)
    try:
        conversation.refresh_from_db(from_queryset=Conversation.objects.placed())
    except Conversation.DoesNotExist as gone:
        raise Refused(_("This conversation is gone: somebody deleted it meanwhile.")) from gone
    return timezone.now()


def count(conversation: Conversation, *, at: datetime, stored: int = 0) -> None:
    """One more message of the workspace's day, which ends at midnight where the organization is, and `stored` bytes.

    At most one query.
    """
    workspace = conversation.workspace
    if workspace is None:
        return
    more: dict[str, Any] = {"stored_bytes": F("stored_bytes") + stored, "messages_today": F("messages_today") + 1}
    if workspace.day_ends_at is None or at >= workspace.day_ends_at:
        today = at.astimezone(conversation.org.zone)
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
        more |= {"messages_today": 1, "day_ends_at": midnight}
    Workspace.objects.filter(pk=workspace.pk).update(**more)
