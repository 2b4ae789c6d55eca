"""Deeds on mates: onboard, create, configure, delete, attach tools, bring them to where people work."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Action, Refused, check, require
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Member, Team
from workspaces.actions.workspaces import is_open
from workspaces.models import Level, Mate, MateTool, Tool, Workspace, WorkspaceMate
from workspaces.store import Listing


def onboard(actor: Member, listing: Listing, *, name: str, model: str, team: Team | None = None) -> Mate:
    """Take a mate of the store into the organization, with the actor as its owner. Nobody else may use it yet.

    Raises:
        Denied: the actor's role or plan does not let them; they may not use the model.
        Refused: the organization has a mate of that name; a team of elsewhere.
    """
    with act(actor, Action.MATE_ONBOARD, actor.org) as entry:
        words = {"description": listing.description, "instructions": listing.instructions}
        mate = Mate(org=actor.org, owner=actor, name=name, model=model, team=team, listing=listing.slug, **words)
        _make(actor, mate)
        entry.made(mate)
    return mate


def create(
    actor: Member,
    *,
    name: str,
    description: str,
    model: str,
    instructions: str,
    team: Team | None = None,
    tools: Sequence[Tool] = (),
) -> Mate:
    """Make a mate of one's own words, with the actor as its owner. Nobody else may use it yet.

    Raises:
        Denied: the actor's role or plan does not let them; they may not use the model, or attach one of the tools.
        Refused: the organization has a mate of that name; a team of elsewhere.
    """
    with act(actor, Action.MATE_CREATE, actor.org) as entry:
        words = {"description": description, "instructions": instructions}
        mate = Mate(org=actor.org, owner=actor, name=name, model=model, team=team, **words)
        _make(actor, mate)
        for tool in tools:
            read_again(tool)
            require(actor, Action.TOOL_ATTACH, tool)
            MateTool.objects.create(mate=mate, tool=tool)
        entry.made(mate)
        entry.detail = {"tools": [str(tool) for tool in tools]} if tools else {}
    return mate


def configure(
    actor: Actor, mate: Mate, *, name: str, description: str, model: str, instructions: str, team: Team | None
) -> None:
    """Change what a mate is called, what it is told, with which model it answers and to which team it belongs.

    Raises:
        Denied: the actor does not manage it; they may not use the model.
        Refused: another mate has that name; a team of elsewhere.
    """
    with act(actor, Action.MATE_MANAGE, mate):
        _name_is_free(mate, name)
        _team_is_here(mate, team)
        if model != mate.model:
            require(actor, Action.MODEL_USE, None, model=model)
        mate.name, mate.description, mate.instructions = name, description, instructions
        mate.model, mate.team = model, team
        mate.save(update_fields=["name", "description", "instructions", "model", "team"])


def delete(actor: Actor, mate: Mate) -> None:
    """Delete a mate: it answers nowhere any more. What it said stays, under the name that it had.

    Raises:
        Denied: the actor is no Owner of it.
    """
    with act(actor, Action.MATE_DELETE, mate) as entry:
        spots = WorkspaceMate.objects.filter(mate=mate).values_list("workspace__name", flat=True)
        tools = MateTool.objects.filter(mate=mate).values_list("tool__name", flat=True)
        entry.detail = {"deleted": True, "workspaces": sorted(spots), "tools": sorted(tools)}
        entry.happened = True
        Mate.objects.filter(pk=mate.pk).delete()


def attach(actor: Actor, mate: Mate, *, tool: Tool) -> None:
    """Let whoever may use `mate` reach `tool` through it.

    Raises:
        Denied: the actor does not manage the mate, or may not attach the tool.
    """
    with act(actor, Action.MATE_MANAGE, mate) as entry:
        read_again(tool)
        require(actor, Action.TOOL_ATTACH, tool)
        if MateTool.objects.get_or_create(mate=mate, tool=tool)[1]:
            entry.happened, entry.detail = True, {"tool": str(tool), "tool_id": tool.pk, "attached": True}


def detach(actor: Actor, mate: Mate, *, tool: Tool) -> None:
    """Take `tool` away from `mate`. Does nothing where it is not attached.

    Raises:
        Denied: the actor does not manage the mate.
    """
    with act(actor, Action.MATE_MANAGE, mate) as entry:
        if MateTool.objects.filter(mate=mate, tool=tool).delete()[0]:
            entry.happened, entry.detail = True, {"tool": str(tool), "tool_id": tool.pk, "attached": False}


def add(actor: Actor, workspace: Workspace, *, mate: Mate) -> None:
    """Let `mate` be asked in `workspace` by those who may use it.

    Raises:
        Denied: the actor may not add mates there, by its collaboration settings for one; they may not use the mate.
    """
    with act(actor, Action.MATE_ADD, workspace) as entry:
        read_again(mate)
        require(actor, Action.MATE_BRING, mate)
        if WorkspaceMate.objects.get_or_create(workspace=workspace, mate=mate)[1]:
            entry.happened, entry.detail = True, {"mate": str(mate), "mate_id": mate.pk, "added": True}


def take_out(actor: Actor, workspace: Workspace, *, mate: Mate) -> None:
    """Let `mate` be asked in `workspace` no more. What it said stays. Does nothing where it is not there.

    Raises:
        Denied: the actor may neither add mates there nor manage the workspace.
        Refused: the workspace is archived.
    """
    adds = check(actor, Action.MATE_ADD, workspace).allowed
    with act(actor, Action.MATE_ADD if adds else Action.WORKSPACE_MANAGE, workspace) as entry:
        is_open(workspace)
        if WorkspaceMate.objects.filter(workspace=workspace, mate=mate).delete()[0]:
            entry.happened, entry.detail = True, {"mate": str(mate), "mate_id": mate.pk, "added": False}


def _make(actor: Member, mate: Mate) -> None:
    _name_is_free(mate, mate.name)
    _team_is_here(mate, mate.team)
    require(actor, Action.MODEL_USE, None, model=mate.model)
    mate.save(force_insert=True)
    grants.give(actor, Level.OWNER, mate)


def _name_is_free(mate: Mate, name: str) -> None:
    if Mate.objects.filter(org=mate.org_id, name=name).exclude(pk=mate.pk).exists():
        raise Refused(_("The name %(name)s is taken. Choose another.") % {"name": name})


def _team_is_here(mate: Mate, team: Team | None) -> None:
    if team is not None and team.org_id != mate.org_id:
        raise Refused(_("%(team)s is no team of %(org)s.") % {"team": team, "org": mate.org})
