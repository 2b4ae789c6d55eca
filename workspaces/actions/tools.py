"""Deeds on tools: create, configure, keep a secret, take away from mates, delete; and switch on in a room."""

from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Member, Team
from workspaces.actions.workspaces import is_open
from workspaces.models import Level, Mate, MateTool, Room, RoomTool, Tool


def create(
    actor: Member,
    *,
    name: str,
    integration: str,
    description: str,
    url: str,
    secret: str = "",
    team: Team | None = None,
) -> Tool:
    """Connect a tool, with the actor as its owner. Nobody else may attach it yet. The secret is sealed at once.

    Raises:
        Denied: the actor's role or plan does not let them.
        Refused: the organization has a tool of that name; a team of elsewhere.
    """
    with act(actor, Action.TOOL_CREATE, actor.org) as entry:
        words = {"name": name, "integration": integration, "description": description}
        tool = Tool(org=actor.org, owner=actor, url=url, team=team, **words)
        _fits(tool, name, team)
        tool.keep_secret(secret, at=entry.at)
        tool.save(force_insert=True)
        grants.give(actor, Level.OWNER, tool)
        entry.made(tool)
    return tool


def configure(
    actor: Actor, tool: Tool, *, name: str, integration: str, description: str, url: str, team: Team | None
) -> bool:
    """Change what a tool is called, under which name usage knows it, its address and its team.

    Another address drops the secret, which was meant for the one before. Gives whether it did.

    Raises:
        Denied: the actor does not manage it.
        Refused: another tool has that name; a team of elsewhere.
    """
    with act(actor, Action.TOOL_MANAGE, tool):
        _fits(tool, name, team)
        dropped = tool.move_to(url)
        tool.name, tool.integration, tool.description, tool.team = name, integration, description, team
        tool.save(
            update_fields=["name", "integration", "description", "team", "url", "sealed", "secret_set_at"],
        )
    return dropped


def keep_secret(actor: Actor, tool: Tool, *, secret: str) -> None:
    """Keep another secret for a tool, sealed; an empty one takes away what is kept. The log says when, never what.

    Raises:
        Denied: the actor does not manage it.
    """
    with act(actor, Action.TOOL_MANAGE, tool) as entry:
        tool.keep_secret(secret, at=entry.at)
        tool.save(update_fields=["sealed", "secret_set_at"])


def delete(actor: Actor, tool: Tool) -> None:
    """Delete a tool with its secret: no mate reaches it any more.

    Raises:
        Denied: the actor is no Owner of it.
    """
    with act(actor, Action.TOOL_DELETE, tool) as entry:
        mates = MateTool.objects.filter(tool=tool).values_list("mate__name", flat=True)
        entry.detail = {"deleted": True, "mates": sorted(mates)}
        entry.happened = True
        Tool.objects.filter(pk=tool.pk).delete()


def take_from(actor: Actor, tool: Tool, *, mate: Mate) -> None:
    """Take a tool away from a mate that somebody attached it to. Does nothing where it is not attached.

    Raises:
        Denied: the actor does not say who may attach the tool.
    """
    with act(actor, Action.TOOL_GRANT, tool) as entry:
        if MateTool.objects.filter(mate=mate, tool=tool).delete()[0]:
            entry.happened, entry.detail = True, {"mate": str(mate), "mate_id": mate.pk, "attached": False}


def switch(actor: Actor, room: Room, *, tool: Tool, on: bool) -> None:
    """Let mates call `tool` in `room`, or no longer. Which mates have it is said elsewhere.

    Raises:
        Denied: the actor does not manage the room.
        Refused: the room is archived, or its workspace.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        is_open(room)
        read_again(tool)
        here = RoomTool.objects.filter(room=room, tool=tool)
        if here.exists() != on:
            RoomTool.objects.create(room=room, tool=tool) if on else here.delete()
            entry.happened, entry.detail = True, {"tool": str(tool), "tool_id": tool.pk, "switched_on": on}


def _fits(tool: Tool, name: str, team: Team | None) -> None:
    if Tool.objects.filter(org=tool.org_id, name=name).exclude(pk=tool.pk).exists():
        raise Refused(_("The name %(name)s is taken. Choose another.") % {"name": name})
    if team is not None and team.org_id != tool.org_id:
        raise Refused(_("%(team)s is no team of %(org)s.") % {"team": team, "org": tool.org})
