"""The role that somebody has in a workspace or room, and the level they have on a mate or tool, as it counts."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from orgs import subjects
from orgs.access import Action
from orgs.actors import Actor
from orgs.models import Member, Role
from workspaces.models import Authorized, Mate, Tool, Workspace

# The actions on a mate, and on a tool, that are alike: say who holds which level on it, own it, configure it.
GRANT: dict[type[Authorized], Action] = {Mate: Action.MATE_GRANT, Tool: Action.TOOL_GRANT}
OWN: dict[type[Authorized], Action] = {Mate: Action.MATE_DELETE, Tool: Action.TOOL_DELETE}
MANAGE: dict[type[Authorized], Action] = {Mate: Action.MATE_MANAGE, Tool: Action.TOOL_MANAGE}
RANK = {"viewer": 1, "list": 1, "user": 2, "admin": 3, "owner": 4}


def counting(level: str, role: str) -> str:
    """`level` as held by a member of that organization role: a Viewer is no more than a viewer (product.md 3)."""
    return "viewer" if level in RANK and role == Role.VIEWER else level


def strongest(held: Mapping[int, str], at: Iterable[int]) -> str:
    """The highest level held on any of the objects `at`; empty for none."""
    return max((held.get(pk, "") for pk in at), key=lambda level: RANK.get(level, 0), default="")


def hands_over(actor: Actor, workspace: Workspace) -> bool:
    """Whether who administers the workspace may also say who owns it: its owner, its team's leads, and whoever governs
    it from outside. No query beside the actor's subject."""
    if not isinstance(actor, Member) or actor.administers:
        return True
    return workspace.owner_id == actor.pk or subjects.of(actor).grants.get(workspace.team_id or 0) == "lead"


def administers(member: Member, level: str) -> bool:
    """Whether `member`, who holds `level`, can look after the workspace today: a guest whose stay is over cannot."""
    return counting(level, member.role) == "admin" and member.is_active(timezone.now())
