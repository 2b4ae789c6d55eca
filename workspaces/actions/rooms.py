"""Deeds on rooms: make, describe, archive; milestones; people of their own, and following the workspace again."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs import grants, subjects
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act, facts, read_again
from orgs.models import Kind, Member
from workspaces.actions.workspaces import can_hold, is_open, nobody_lets_themselves_in
from workspaces.models import Milestone, Progress, Room, Workspace
from workspaces.roles import administers


def create(actor: Actor, workspace: Workspace, *, name: str) -> Room:
    """Make a room that follows its workspace: whoever is in that is in the room.

    Raises:
        Denied: the actor does not administer the workspace; it is archived.
        Refused: a room there has that name.
    """
    with act(actor, Action.ROOM_CREATE, workspace) as entry:
        room_name_is_free(actor, workspace, name)
        room = Room(org=workspace.org, workspace=workspace, name=name)
        room.save(force_insert=True)
        entry.made(room)
    return room


def describe(actor: Actor, room: Room, *, name: str, progress: str, note: str) -> None:
    """Set a room's name, and how its project stands with a note on it.

    Raises:
        Denied: the actor does not administer the room.
        Refused: it is archived; another room there has that name.
    """
    with act(actor, Action.ROOM_MANAGE, room):
        is_open(room)
        room_name_is_free(actor, room.workspace, name, but=room)
        room.name, room.progress, room.note = name, Progress(progress), note
        room.save(update_fields=["name", "progress", "note"])


def archive(actor: Actor, room: Room) -> None:
    """Close a room for writing; what is in it stays to be read.

    Raises:
        Denied: the actor does not administer the room.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        room.archive(at=entry.at)
        room.save(update_fields=["archived_at"])


def reopen(actor: Actor, room: Room) -> None:
    """Open an archived room again.

    Raises:
        Denied: the actor does not administer the room.
        Refused: its workspace is archived.
    """
    with act(actor, Action.ROOM_MANAGE, room):
        is_open(room.workspace)
        room.reopen()
        room.save(update_fields=["archived_at"])


# ---------------------------------------------------------------- milestones


def add_milestone(actor: Actor, room: Room, *, title: str, due_on: date | None = None, percent: int = 0) -> Milestone:
    """Add something that a room is to reach.

    Raises:
        Denied: the actor does not administer the room.
        Refused: it is archived.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        is_open(room)
        stone = Milestone(org=room.org, room=room, title=title, due_on=due_on, percent=percent)
        stone.save(force_insert=True)
        entry.made(stone)
    return stone


def change_milestone(actor: Actor, stone: Milestone, *, title: str, due_on: date | None, percent: int) -> None:
    """Set what a milestone is called, when it is due and how far it is, in percent.

    Raises:
        Denied: the actor does not administer the room.
        Refused: the room is archived; the milestone is gone.
    """
    with act(actor, Action.ROOM_MANAGE, stone.room) as entry:
        is_open(stone.room)
        read_again(stone)
        entry.target, entry.before = stone, facts(stone)
        stone.title, stone.due_on, stone.percent = title, due_on, percent
        stone.save(update_fields=["title", "due_on", "percent"])


def delete_milestone(actor: Actor, stone: Milestone) -> None:
    """Take a milestone away for good.

    Raises:
        Denied: the actor does not administer the room.
        Refused: the room is archived; the milestone is gone.
    """
    with act(actor, Action.ROOM_MANAGE, stone.room) as entry:
        is_open(stone.room)
        read_again(stone)
        entry.target, entry.before = stone, facts(stone)
        entry.happened, entry.detail = True, {"deleted": True, "percent": stone.percent}
        Milestone.objects.filter(pk=stone.pk).delete()


# ---------------------------------------------------------------- people


def narrow(actor: Actor, room: Room) -> None:
    """Give a room people of its own: those of its workspace, with the same roles, until they are changed.

    From then on they alone decide who reads it, posts and looks after it. Does nothing where it has its own already.

    Raises:
        Denied: the actor does not administer the room.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        if not room.narrowed:
            entry.detail = {"people": grants.copy(room.workspace, room)}
            room.narrowed = True
            room.save(update_fields=["narrowed"])


def follow(actor: Actor, room: Room) -> None:
    """Let a room follow its workspace again: the people of its own, and their roles there, are gone for good.

    Raises:
        Denied: the actor does not administer the room.
        Refused: an Owner or Admin of the organization who is none of its people: it could open to them; a room that
            follows has its name meanwhile.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        if room.narrowed:
            one_of_its_people(actor, room)
            nobody_took_its_name(room)
            entry.detail = {"people": grants.counts([room]).get(room.pk, 0)}
            grants.take_everybody(room)
            room.narrowed = False
            room.save(update_fields=["narrowed"])


def set_role(actor: Actor, room: Room, member: Member, *, level: str) -> str:
    """Let `member` be `admin`, `user` or `viewer` in a room with people of its own; an empty `level` takes it.

    Gives what they were before, empty where they were nothing.

    Raises:
        Denied: the actor does not administer the room.
        Refused: it follows its workspace; an organization Viewer as more than a viewer; a guest who is not in the
            workspace; the last Admin; an Owner or Admin of the organization themselves.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        read_again(member)
        room_has_its_own_people(room)
        held = grants.levels(member).get(room.pk, "")
        can_be_named(room, member, level)
        nobody_lets_themselves_in(actor, room, member, level=level, held=held)
        if held != level:
            grants.give(member, level, room) if level else grants.take(member, room)
            if held == "admin":
                room_keeps_an_admin(room)
            entry.happened = True
            entry.detail = {"member": member.pk, "name": str(member), "before": held, "after": level}
    return held


def name_people(actor: Actor, room: Room, members: Sequence[Member], *, level: str) -> list[Member]:
    """Let several members be `level` in a room with people of its own; those in it already
    stay what they are. Gives the others.

    Raises:
        Denied: the actor does not administer the room.
        Refused: it follows its workspace; one of them cannot hold that; nobody is added then.
    """
    with act(actor, Action.ROOM_MANAGE, room) as entry:
        room_has_its_own_people(room)
        inside = set(grants.holding(room).values_list("pk", flat=True))
        found = Member.objects.filter(pk__in=[member.pk for member in members]).select_related("org", "user")
        new = [member for member in found.order_by("listed_as") if member.pk not in inside]
        for member in new:
            can_be_named(room, member, level)
            nobody_lets_themselves_in(actor, room, member, level=level)
        grants.give_each(new, level, room)
        entry.happened = bool(new)
        entry.detail = {"given": {str(member.pk): level for member in new}, "after": level}
    return new


# ---------------------------------------------------------------- rules


def room_name_is_free(actor: Actor, workspace: Workspace, name: str, *, but: Room | None = None) -> None:
    """Raises Refused when another room of the workspace that the actor sees has this name. One query.

    One with people of its own that they do not see is not told of: two of a name can be there then.
    """
    others = Room.objects.filter(workspace=workspace, name=name).exclude(pk=but.pk if but is not None else 0)
    if isinstance(actor, Member):
        seen = Q(pk__in=Room.objects.visible_to(actor))
        others = others.filter(seen | Q(narrowed=False) if but is None or not but.narrowed else seen)
    if others.exists():
        raise Refused(_("%(workspace)s has a room %(name)s already.") % {"workspace": workspace, "name": name})


def room_has_its_own_people(room: Room) -> None:
    """Raises Refused when the room follows its workspace: there is nobody in it to be named or taken out."""
    if not room.narrowed:
        text = _("%(name)s follows its workspace. Give it people of its own first.")
        raise Refused(text % {"name": room})


def can_be_named(room: Room, member: Member, level: str) -> None:
    """Raises Refused when `member` cannot be that in a room: see `can_hold`; or is a guest of other workspaces."""
    can_hold(room, member, level)
    if level and member.kind == Kind.GUEST and room.workspace_id not in grants.levels(member):
        text = _("%(member)s is a guest and was not named for %(workspace)s.")
        raise Refused(text % {"member": member, "workspace": room.workspace})


def nobody_took_its_name(room: Room) -> None:
    """Raises Refused when a room that follows the workspace is called like this one. One query."""
    if Room.objects.filter(workspace=room.workspace_id, name=room.name, narrowed=False).exclude(pk=room.pk).exists():
        text = _("%(workspace)s has another room %(name)s. Give this one another name first.")
        raise Refused(text % {"workspace": room.workspace, "name": room})


def one_of_its_people(actor: Actor, room: Room) -> None:
    """Raises Refused when the actor neither holds a role in the room nor leads its team. No query."""
    if isinstance(actor, Member):
        held = subjects.of(actor).grants
        if room.pk not in held and held.get(room.team_id or 0) != "lead":
            text = _("Nobody lets themselves into a room with people of its own. Ask one of the Admins of %(name)s.")
            raise Refused(text % {"name": room})


def room_keeps_an_admin(room: Room) -> None:
    """Raises Refused when nobody administers a room with people of its own any more. 2 queries."""
    if not any(administers(member, level) for member, level in grants.holders([room])[room.pk]):
        text = _("A room keeps at least one Admin. Make somebody else an Admin of %(name)s first.")
        raise Refused(text % {"name": room})
