"""What the pages of workspaces show."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, grants, subjects
from orgs.access import Action
from orgs.models import Member, Role, Team
from orgs.queries import refusals
from workspaces.models import Workspace
from workspaces.roles import counting

NAMED = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A workspace, how many are in it, who looks after it, and what the reader may do there."""

    workspace: Workspace
    people: int
    admins: tuple[str, ...]
    mine: str
    may_manage: bool
    may_join: bool
    may_leave: bool
    why_not_join: str
    why_not_leave: str


def page(actor: Member, workspace: Workspace) -> Page:
    """One workspace. 2 queries, and those that load the subject."""
    subject, now = subjects.of(actor), timezone.now()
    mine = counting(subject.grants.get(workspace.pk, ""), subject.role)
    join = access.ask(subject, Action.WORKSPACE_JOIN, workspace, now, {})
    leave = access.ask(subject, Action.WORKSPACE_LEAVE, workspace, now, {}).allowed
    return Page(
        workspace=workspace,
        people=grants.counts([workspace]).get(workspace.pk, 0),
        admins=_admins(workspace),
        mine=mine,
        may_manage=access.ask(subject, Action.WORKSPACE_MANAGE, workspace, now, {}).allowed,
        may_join=join.allowed and not mine,
        may_leave=leave and bool(mine) and workspace.owner_id != actor.pk,
        why_not_join="" if join.allowed or mine else refusals.why_not(actor, join),
        why_not_leave=_("You own this workspace: its owner stays in it.") if workspace.owner_id == actor.pk else "",
    )


def _admins(workspace: Workspace) -> tuple[str, ...]:
    """The first of those who can look after it today, its owner among them, by name. One query."""
    able = grants.holding(workspace).filter(codename=Workspace.LEVELS["admin"], suspended_at=None)
    return tuple(str(member) for member in able.exclude(role=Role.VIEWER).order_by("listed_as")[:NAMED])


def teams_for(actor: Member) -> QuerySet[Team]:
    """The teams that a workspace of `actor`'s may belong to: those they look after, and their own. One query."""
    looked_after = Q(pk__in=Team.objects.visible_to(actor).values("pk"))
    own = Q(members__pk=actor.pk)
    return Team.objects.filter(looked_after | own, org_id=actor.org_id).distinct()
