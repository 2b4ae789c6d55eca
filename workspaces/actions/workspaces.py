"""Deeds on workspaces: create, give and take roles, join, leave."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs import grants, subjects
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, act, read_again
from orgs.models import AuditEntry, Member, Organization, Role, Team
from workspaces import closed
from workspaces.models import Room, Visibility, Workspace
from workspaces.roles import RANK, administers

UNDONE_WITHIN = timedelta(hours=1)


def create(actor: Member, *, name: str, visibility: str, team: Team | None = None) -> Workspace:
    """Make a workspace whose owner and first Admin is the actor. Its visibility can never be changed.

    Raises:
        Denied: the actor's role or plan does not let them.
        Refused: a public workspace, or one of their own, has that name; private ones of others are not told of.
    """
    with act(actor, Action.WORKSPACE_CREATE, actor.org) as entry:
        if team is not None and team.org_id != actor.org_id:
            raise Refused(_("%(team)s is no team of %(org)s.") % {"team": team, "org": actor.org})
        name_is_free(actor, actor.org, name)
        workspace = Workspace(org=actor.org, name=name, visibility=Visibility(visibility), team=team, owner=actor)
        workspace.save(force_insert=True)
        grants.give(actor, "admin", workspace)
        entry.made(workspace)
    return workspace


def give_role(actor: Member, workspace: Workspace, member: Member, *, level: str, again: bool = False) -> str:
    """Let `member` be `admin`, `user` or `viewer` in `workspace`; an empty `level` takes what they have.

    Gives what they were before, empty where they were nothing. `again`: the actor takes back within an hour that they
    took them out, and what they lost in it by that comes back too.

    Raises:
        Denied: the actor does not administer the workspace.
        Refused: an organization Viewer as more than a viewer; the last Admin; somebody who does not belong; an Owner or
            Admin of the organization themselves, in a private workspace.
    """
    with act(actor, Action.WORKSPACE_MANAGE, workspace) as entry:
        read_again(member)
        held = grants.levels(member).get(workspace.pk, "")
        can_hold(workspace, member, level)
        nobody_lets_themselves_in(actor, workspace, member, level=level, held=held)
        if held != level:
            if member.pk == workspace.owner_id and level != "admin":
                raise Refused(_("%(owner)s owns %(name)s and stays its Admin.") % {"owner": member, "name": workspace})
            grants.give(member, level, workspace) if level else grants.take(member, workspace)
            if held == "admin":
                workspace_keeps_an_admin(workspace)
            entry.happened = True
            entry.detail = {"member": member.pk, "name": str(member), "before": held, "after": level}
            if not level:
                entry.detail["lost_ids"] = closed.leave_what_is_in_it(member, workspace)
            elif again and not held:
                closed.give_back(member, workspace, _lost(entry, member))
    return held


def _lost(entry: Entry, member: Member) -> dict[str, str]:
    """What `member` lost when this actor took them out of this workspace within the last hour. One query."""
    same = {"action": entry.action, "target_id": entry.target.pk, "actor_id": getattr(entry.actor, "pk", 0)}
    found = AuditEntry.objects.filter(org=entry.org, **same, at__gt=entry.at - UNDONE_WITHIN)
    last = found.filter(detail__member=member.pk).order_by("-seq").first()
    lost: dict[str, str] = last.detail.get("lost_ids", {}) if last is not None else {}
    return lost


def add(actor: Member, workspace: Workspace, members: Sequence[Member], *, level: str) -> list[Member]:
    """Let several members be `level` in `workspace`; those who are in it already stay what they are. Gives the others.

    Raises:
        Denied: the actor does not administer the workspace.
        Refused: one of them cannot hold that; nobody is added then.
    """
    with act(actor, Action.WORKSPACE_MANAGE, workspace) as entry:
        inside = set(grants.holding(workspace).values_list("pk", flat=True))
        found = Member.objects.filter(pk__in=[member.pk for member in members]).select_related("org", "user")
        new = [member for member in found.order_by("listed_as") if member.pk not in inside]
        for member in new:
            can_hold(workspace, member, level)
            nobody_lets_themselves_in(actor, workspace, member, level=level)
        grants.give_each(new, level, workspace)
        entry.happened = bool(new)
        entry.detail = {"given": {str(member.pk): level for member in new}, "after": level}
    return new


def join(actor: Member, workspace: Workspace) -> None:
    """Take part in a public workspace: as a User, an organization Viewer as a Viewer. Nothing for who is in already.

    Raises:
        Denied: it is private; the actor is a guest; their plan does not open workspaces.
    """
    with act(actor, Action.WORKSPACE_JOIN, workspace) as entry:
        if workspace.pk not in grants.levels(actor):
            level = "viewer" if actor.role == Role.VIEWER else "user"
            grants.give(actor, level, workspace)
            entry.happened, entry.detail = True, {"after": level}


def leave(actor: Member, workspace: Workspace) -> None:
    """Give back the role that one holds in a workspace.

    Raises:
        Denied: the actor holds none.
        Refused: they own it, or are its last Admin.
    """
    with act(actor, Action.WORKSPACE_LEAVE, workspace) as entry:
        if workspace.owner_id == actor.pk:
            raise Refused(_("You own %(name)s. Its owner stays in it.") % {"name": workspace})
        held = grants.levels(actor)[workspace.pk]
        grants.take(actor, workspace)
        workspace_keeps_an_admin(workspace)
        closed.leave_what_is_in_it(actor, workspace)
        entry.happened, entry.detail = True, {"before": held}


def name_is_free(actor: Actor, org: Organization, name: str, *, but: Workspace | None = None) -> None:
    """Raises Refused when a public workspace has this name, or another of its owner's: the actor where `but` is none.

    Private ones that the actor does not see are not told of. One query.
    """
    own = Q(owner=but.owner_id) if but is not None else Q(owner=getattr(actor, "pk", 0))
    if isinstance(actor, Member) and but is not None:
        own &= Q(pk__in=Workspace.objects.visible_to(actor))
    others = Workspace.objects.filter(Q(visibility=Visibility.PUBLIC) | own, org=org, name=name)
    if others.exclude(pk=but.pk if but is not None else 0).exists():
        raise Refused(_("The name %(name)s is taken. Choose another.") % {"name": name})


def can_hold(place: Workspace | Room, member: Member, level: str) -> None:
    """Raises Refused when `member` belongs elsewhere or no more, or is an organization Viewer who would be more."""
    if member.org_id != place.org_id or member.removed_at is not None:
        raise Refused(_("%(name)s does not belong to %(org)s.") % {"name": member, "org": place.org})
    if level in ("admin", "user") and member.role == Role.VIEWER:
        raise Refused(_("%(name)s is a Viewer in %(org)s and can only read here.") % {"name": member, "org": place.org})


def nobody_lets_themselves_in(
    actor: Actor, place: Workspace | Room, member: Member, *, level: str, held: str = ""
) -> None:
    """Raises Refused when an Owner or Admin of the organization would give themselves more than they hold in a private
    workspace, or in a room with people of its own: administering it opens nothing to read. Who leads its team reads it
    anyway. No query."""
    if not isinstance(actor, Member) or actor.pk != member.pk or place.visibility == Visibility.PUBLIC:
        return
    leads = subjects.of(actor).grants.get(place.team_id or 0) == "lead"
    if RANK.get(level, 0) > RANK.get(held, 0) and not leads:
        text = _("Nobody lets themselves into a private workspace. Ask one of the Admins of %(name)s to let you in.")
        if isinstance(place, Room):
            text = _("Nobody lets themselves into a room with people of its own. Ask one of the Admins of %(name)s.")
        raise Refused(text % {"name": place})


def workspace_keeps_an_admin(workspace: Workspace) -> None:
    """Raises Refused when nobody administers the workspace any more. 2 queries."""
    if not any(administers(member, level) for member, level in grants.holders([workspace])[workspace.pk]):
        raise Refused(
            _("A workspace keeps at least one Admin. Make somebody else an Admin of %(name)s first.")
            % {"name": workspace}
        )


def is_open(place: Workspace | Room) -> None:
    """Raises Refused when the place is archived, or the workspace around it: nothing in it is changed then."""
    if place.closed:
        raise Refused(_("%(name)s is archived. Reopen it first.") % {"name": place})
