"""Deeds on conversations: one is deleted for good. They are begun and written in by the narrow way (`talking`)."""

from collections.abc import Iterable
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from orgs.access import Action
from orgs.audit import act, facts
from orgs.models import Member
from policies import consumption
from workspaces.models import Attachment, Conversation, Message, SharedLink, Workspace


def delete(actor: Member, conversation: Conversation) -> None:
    """Delete a conversation for good, with its messages, files and links; the storage it took is given back.

    What it counted for in usage stays, and the log keeps neither its title nor anything said in it. Its files leave
    the disk once this is committed.

    Raises:
        Denied: the actor neither administers its place nor leads its team; it is somebody else's personal chat; the
            place is archived.
        Refused: it is gone already.
    """
    with act(actor, Action.CONVERSATION_DELETE, conversation) as entry:
        _hold(conversation)
        kept = Attachment.objects.filter(conversation=conversation)
        files = list(kept.values_list("path", "size", "message__author"))
        place, stored = conversation.place, sum(size for _path, size, _by in files)
        entry.detail = {"thing": str(place) if place else "", "files": len(files), "bytes": stored}
        entry.detail["messages"] = Message.objects.filter(conversation=conversation).count()
        entry.detail["links"] = SharedLink.objects.live(timezone.now()).filter(conversation=conversation).count()
        Conversation.objects.filter(pk=conversation.pk).delete()
        if conversation.workspace_id is not None:
            left = Greatest(F("stored_bytes") - stored, 0)
            Workspace.objects.filter(pk=conversation.workspace_id).update(stored_bytes=left)
        consumption.give_back(conversation.org, _freed(files))
        for path, _size, _by in files:
            transaction.on_commit(partial(default_storage.delete, path), robust=True)
        conversation.title, entry.happened = "", True
        entry.before = facts(conversation)


def _freed(files: Iterable[tuple[str, int, int | None]]) -> dict[int, int]:
    """How many bytes less each member keeps."""
    freed: dict[int, int] = {}
    for _path, size, member in files:
        if member is not None:
            freed[member] = freed.get(member, 0) + size
    return freed


def _hold(conversation: Conversation) -> None:
    """Wait for whoever is writing in it, and let nobody begin to: they find it gone."""
    if conversation.workspace_id is not None:
        Workspace.objects.select_for_update(no_key=True).filter(pk=conversation.workspace_id).first()
    Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
