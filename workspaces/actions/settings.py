"""Deeds on what a workspace is: its settings and limits, its owner, archived and opened again, copied privately."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import grants, subjects
from orgs.access import Action, Refused, require
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Kind, Member, Team
from workspaces import closed
from workspaces.actions.workspaces import is_open, name_is_free
from workspaces.models import Milestone, Room, RoomGrant, RoomTool, Visibility, Workspace, WorkspaceMate
from workspaces.roles import administers, hands_over

KEPT = ("mates_by", "files_by", "sharing_by", "storage_limit", "daily_messages")  # what a copy takes over


def configure(actor: Actor, workspace: Workspace, *, name: str, team: Team | None, **settings: Any) -> None:
    """Set a workspace's name and team, who may what in it (`mates_by`, `files_by`, `sharing_by`), and its limits.

    `storage_limit` is in bytes; None for a limit: none. The visibility is no setting.

    Raises:
        Denied: the actor does not administer the workspace.
        Refused: it is archived; the name is taken; a team of another organization; a team that the actor leads, of a
            private workspace that they are not in, or of rooms with people of their own that they are not in.
    """
    with act(actor, Action.WORKSPACE_MANAGE, workspace):
        is_open(workspace)
        name_is_free(actor, workspace.org, name, but=workspace)
        _team_fits(actor, workspace, team)
        workspace.name, workspace.team = name, team
        for field in KEPT:
            setattr(workspace, field, settings[field])
        workspace.save(update_fields=["name", "team", *KEPT])


def _team_fits(actor: Actor, workspace: Workspace, team: Team | None) -> None:
    """Raises Refused when `team` is another organization's, or would let the actor into a private workspace, or into
    rooms with people of their own. At most one query."""
    if team is None or team.pk == workspace.team_id:
        return
    if team.org_id != workspace.org_id:
        raise Refused(_("%(team)s is no team of %(org)s.") % {"team": team, "org": workspace.org})
    held = subjects.of(actor).grants
    if workspace.visibility == Visibility.PRIVATE and held.get(team.pk) == "lead" and workspace.pk not in held:
        text = _("You lead %(team)s: this would let you into a private workspace. Ask one of the Admins of %(name)s.")
        raise Refused(text % {"team": team, "name": workspace})
    if isinstance(actor, Member) and held.get(team.pk) == "lead" and held.get(workspace.team_id or 0) != "lead":
        rooms = closed.narrowed_to(actor, Workspace.objects.filter(pk=workspace.pk)).count()
        if rooms:
            text = ngettext(
                "You lead %(team)s: this would let you into a room of %(name)s with people of its own. Ask an Owner or "
                "Admin who does not lead it.",
                "You lead %(team)s: this would let you into %(count)s rooms of %(name)s with people of their own. Ask "
                "an Owner or Admin who does not lead it.",
                rooms,
            )
            raise Refused(text % {"team": team, "name": workspace, "count": rooms})


def hand_over(actor: Actor, workspace: Workspace, member: Member) -> None:
    """Make another Admin of the workspace its owner; the one before stays its Admin.

    Raises:
        Denied: the actor does not administer the workspace.
        Refused: `member` is no active Admin of it, or a guest; the actor is a mere Admin of it, neither its owner nor
            somebody who governs it from outside.
    """
    with act(actor, Action.WORKSPACE_MANAGE, workspace):
        read_again(member)
        if not hands_over(actor, workspace):
            text = _("%(owner)s owns %(name)s and hands it over, or an Owner or Admin of %(org)s does.")
            raise Refused(text % {"owner": workspace.owner, "name": workspace, "org": workspace.org})
        if not administers(member, grants.levels(member).get(workspace.pk, "")) or member.kind == Kind.GUEST:
            text = _("%(member)s is no active Admin of %(name)s. Make them one first; guests own nothing.")
            raise Refused(text % {"member": member, "name": workspace})
        workspace.owner = member
        workspace.save(update_fields=["owner"])


def archive(actor: Actor, workspace: Workspace) -> None:
    """Close a workspace for writing: everything in it stays to be read by those who read it.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    with act(actor, Action.WORKSPACE_ARCHIVE, workspace) as entry:
        workspace.archive(at=entry.at)
        workspace.save(update_fields=["archived_at"])


def reopen(actor: Actor, workspace: Workspace) -> None:
    """Open an archived workspace again, as it was.

    Raises:
        Denied: the actor does not administer the workspace.
    """
    with act(actor, Action.WORKSPACE_ARCHIVE, workspace):
        workspace.reopen()
        workspace.save(update_fields=["archived_at"])


def copy_privately(actor: Member, source: Workspace, *, name: str) -> Workspace:
    """Make a private workspace with the people, rooms with milestones, mates and settings of a public one.

    Conversations stay where they are. The actor owns the copy. About 30 queries, however large the source.

    Raises:
        Denied: the actor's role or plan makes no workspaces, or they do not administer the source.
        Refused: the source is private; the name is taken.
    """
    with act(actor, Action.WORKSPACE_CREATE, actor.org) as entry:
        read_again(source)
        require(actor, Action.WORKSPACE_MANAGE, source)
        if source.visibility != Visibility.PUBLIC:
            raise Refused(_("%(name)s is private already.") % {"name": source})
        name_is_free(actor, actor.org, name)
        fields: dict[str, Any] = {field: getattr(source, field) for field in ("org", "team", *KEPT)}
        copy = Workspace(name=name, visibility=Visibility.PRIVATE, owner=actor, **fields)
        copy.save(force_insert=True)
        people = grants.copy(source, copy)
        grants.give(actor, "admin", copy)
        rooms = _copy_rooms(source, copy)
        mates = [WorkspaceMate(workspace=copy, mate_id=pk) for pk in source.added.values_list("mate", flat=True)]
        WorkspaceMate.objects.bulk_create(mates)
        entry.made(copy)
        entry.detail = {"copy_of": str(source), "people": people, "rooms": rooms}
    return copy


def _copy_rooms(source: Workspace, copy: Workspace) -> int:
    """Make the rooms of `source` anew in `copy`, with milestones, tools and people of their own; how many."""
    made = {
        room.pk: Room(workspace=copy, **{f: getattr(room, f) for f in ("org", *Room.AUDITED) if f != "workspace"})
        for room in source.rooms.select_related("org")
    }
    Room.objects.bulk_create(made.values())
    stones = Milestone.objects.filter(room__in=list(made))
    Milestone.objects.bulk_create(
        [
            Milestone(org_id=s.org_id, room=made[s.room_id], title=s.title, due_on=s.due_on, percent=s.percent)
            for s in stones
        ]
    )
    tools = RoomTool.objects.filter(room__in=list(made))
    RoomTool.objects.bulk_create([RoomTool(room=made[tool.room_id], tool_id=tool.tool_id) for tool in tools])
    here = Member.objects.filter(org=source.org_id, removed_at=None).values("user_id")
    own = RoomGrant.objects.filter(content_object__in=list(made), user__in=here)
    RoomGrant.objects.bulk_create(
        [
            RoomGrant(user_id=g.user_id, permission_id=g.permission_id, content_object=made[g.content_object_id])
            for g in own
        ]
    )
    return len(made)
