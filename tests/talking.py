"""What people say in the tables: conversations of the Den, the Lab, Mika's own and Umbrella's; a room of the Den."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from orgs import grants, links
from orgs.models import Member
from tests.cast import Cast
from workspaces.conversations import files, outside
from workspaces.models import Attachment, Conversation, Mate, Message, Milestone, Room, SharedLink, Workspace


def make_conversation(
    author: Member, place: Workspace | Room | None = None, title: str = "Plans", **fields: Any
) -> Conversation:
    """A conversation as rows alone, with one message in it: nothing is counted."""
    room = place if isinstance(place, Room) else None
    workspace = room.workspace if room else place
    talk = Conversation.objects.create(
        org=author.org, author=author, workspace=workspace, room=room, title=title, messages_count=1, **fields
    )
    Message.objects.create(org=author.org, conversation=talk, author=author, text="Hello", at=talk.last_at)
    return talk


def make_mate(owner: Member, name: str, **fields: Any) -> Mate:
    """A mate as rows alone; its owner holds it."""
    fields.setdefault("model", "fast-iteration")
    mate = Mate.objects.create(org=owner.org, name=name, owner=owner, **fields)
    grants.give(owner, "owner", mate)
    return mate


def attach(talk: Conversation, name: str = "plan.txt") -> Attachment:
    """A file at the first message of a conversation: nothing is counted."""
    message = talk.messages.earliest("at")
    return files.keep(message, [files.Upload(name, "txt", b"The plan")], [])[0]


def make_link(talk: Conversation, **fields: Any) -> SharedLink:
    """A link to a conversation as rows alone, made by whoever began it unless said otherwise."""
    fields = {"ends_at": timezone.now() + timedelta(days=7), "made_by": talk.author} | fields
    link = SharedLink(org=talk.org, conversation=talk, **fields)
    link.digest = links.digest(outside.token(link))
    link.save(force_insert=True)
    return link


def talks(cast: Cast) -> dict[str, dict[str, object]]:
    """For the tables: parameter of a URL → word → value."""
    found = {
        "den": make_conversation(cast.lena, cast.den),
        "lab": make_conversation(cast.olive, cast.lab),
        "mikas": make_conversation(cast.mika),
        "foreign": make_conversation(cast.eve, cast.lair),
    }
    attached = {name: attach(talk).pk for name, talk in found.items()}
    said = {name: talk.messages.earliest("at").pk for name, talk in found.items()}
    rooms = {
        name: Room.objects.create(org=workspace.org, workspace=workspace, name="Corner").pk
        for name, workspace in (("corner", cast.den), ("foreign", cast.lair))
    }
    stones = {
        name: Milestone.objects.create(org_id=org.pk, room_id=rooms[name], title="Beta").pk
        for name, org in (("corner", cast.acme), ("foreign", cast.umbrella))
    }
    shared = {name: make_link(talk).pk for name, talk in found.items() if talk.workspace_id}
    talking = {name: talk.pk for name, talk in found.items()}
    found = {"conversation_id": talking, "file_id": attached, "message_id": said, "link_id": shared}
    return found | {"room_id": rooms, "milestone_id": stones}
