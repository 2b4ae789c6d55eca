"""What happens to workspaces when a member asks for more in one. Named in settings under HOOKS."""

from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Action, Refused, check, require
from orgs.actors import Actor
from orgs.models import AccessRequest, Member, Role
from workspaces import closed
from workspaces.actions.workspaces import nobody_lets_themselves_in
from workspaces.models import Workspace
from workspaces.roles import RANK, counting


def asked_for(member: Member, workspace_id: int, level: str) -> str:
    """The name of a workspace in which `member` can ask to be `level`; empty where they cannot, or may not know of it.

    It is one that they see, and `level` more than they hold there and no more than their role lets count. 3 queries.
    """
    workspace = Workspace.objects.visible_to(member).filter(pk=workspace_id).first()
    if workspace is None or level not in RANK or counting(level, member.role) != level:
        return ""
    held = counting(grants.levels(member).get(workspace.pk, ""), member.role)
    return workspace.name if RANK[level] > RANK.get(held, 0) else ""


def looked_after(member: Member, workspace_id: int) -> str:
    """The name of a workspace that `member` administers; empty where it is none, or they may not know of it.

    2 queries.
    """
    workspace = Workspace.objects.visible_to(member).filter(pk=workspace_id).first()
    may = workspace is not None and check(member, Action.WORKSPACE_MANAGE, workspace).allowed
    return workspace.name if workspace is not None and may else ""


def give(actor: Actor, request: AccessRequest) -> str:
    """Let whoever asked be in the workspace what they asked for; what they were in it before, empty for nothing.

    Raises:
        Denied: the actor does not manage the workspace.
        Refused: it is gone; they are that or more there meanwhile; an organization Viewer as more than a viewer;
            one's own request for a private workspace.
    """
    workspace, member = _workspace(request), request.member
    if workspace is None:
        raise Refused(_("The workspace %(name)s is gone. Decline the request.") % {"name": request.target_name})
    require(actor, Action.WORKSPACE_MANAGE, workspace)
    if counting(request.wanted, member.role) != request.wanted:
        text = _("%(name)s is a Viewer in %(org)s and can only read there.")
        raise Refused(text % {"name": member, "org": request.org})
    held = grants.levels(member).get(workspace.pk, "")
    if RANK[request.wanted] <= RANK.get(held, 0):
        text = _("%(name)s is %(role)s of %(workspace)s by now: there is nothing to grant.")
        raise Refused(text % {"name": member, "role": Role(held).label, "workspace": workspace})
    nobody_lets_themselves_in(actor, workspace, member, level=request.wanted, held=held)
    grants.give(member, request.wanted, workspace)
    return held


def take_back(request: AccessRequest) -> str:
    """Make whoever was granted more for a while what they were before; why not, where it is left as it is."""
    workspace, member = _workspace(request), request.member
    if workspace is None or grants.levels(member).get(workspace.pk, "") != request.wanted:
        return _("changed again meanwhile")
    if workspace.owner_id == member.pk:
        return _("they own the workspace by now")
    if request.before:
        grants.give(member, request.before, workspace)
    else:
        grants.take(member, workspace)
        closed.leave_what_is_in_it(member, workspace)
    return ""


def _workspace(request: AccessRequest) -> Workspace | None:
    return Workspace.objects.filter(org=request.org_id, pk=request.target_id).select_related("org").first()
