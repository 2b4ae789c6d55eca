"""Deeds on teams: create, rename, move, merge, delete, give and take the lead."""

from django.utils.translation import gettext as _

from orgs import grants, hooks, places, subjects
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Department, Invitation, InvitationTemplate, Kind, Member, Team
from orgs.places import Place


def create_team(actor: Actor, department: Department, *, name: str) -> Team:
    """Make a team in a department.

    Raises:
        Denied: the actor may not manage teams.
        Refused: the organization has a team of that name.
    """
    with act(actor, Action.TEAM_MANAGE, department) as entry:
        places.name_is_free(Team, department.org, name)
        team = Team.objects.create(org=department.org, department=department, name=name)
        entry.made(team)
    return team


def rename(actor: Actor, team: Team, *, name: str) -> None:
    """Give a team another name.

    Raises:
        Denied: the actor may not manage teams.
        Refused: the organization has a team of that name.
    """
    with act(actor, Action.TEAM_MANAGE, team):
        places.name_is_free(Team, team.org, name, but=team)
        team.name = name
        team.save(update_fields=["name"])


def move(actor: Actor, team: Team, *, department: Department) -> None:
    """Bring a team, and with it its members and those invited to it, into another department.

    Raises:
        Denied: the actor may not manage teams.
        Refused: the department is no longer there.
    """
    with act(actor, Action.TEAM_MANAGE, team) as entry:
        to = places.as_it_is(Place(department), entry.org)
        if to.department is not None and team.department_id != to.department.pk:
            team.department = to.department
            team.save(update_fields=["department"])
            members = Member.objects.filter(team=team)
            entry.detail = places.bring_members(members, Place.in_team(team))
            for kind in (Invitation, InvitationTemplate):
                kind._default_manager.filter(team=team).update(department=to.department)


def merge(actor: Actor, team: Team, *, into: Team) -> None:
    """Bring members, leads, workspaces and open invitations of a team into another one; then it is gone.

    Raises:
        Denied: the actor may not manage teams.
        Refused: into itself; the other is no longer there; the actor leads one of them, and the other has what
            is closed to them.
    """
    with act(actor, Action.TEAM_MANAGE, team) as entry:
        to = places.as_it_is(Place.in_team(into), entry.org)
        if to.team is None or to.team == team:
            raise Refused(_("A team is merged into another one, not into itself."))
        _opens_nothing(actor, team, to.team)
        _opens_nothing(actor, to.team, team)
        leads = places.bring_leads(team, to.team)
        entry.detail = _end(team, to, to.team) | {"leads": leads, "into": str(to.team), "into_id": to.team.pk}
        entry.happened = True


def delete(actor: Actor, team: Team, *, members_to: Place, workspaces_to: Team | None) -> None:
    """End a team: its members go to another place or to none, its workspaces to another team or to none.

    Whoever led it leads it no more.

    Raises:
        Denied: the actor may not manage teams.
        Refused: a place that is this team, or no longer there; the actor leads the other team, and this one has what
            is closed to them.
    """
    with act(actor, Action.TEAM_MANAGE, team) as entry:
        to = places.as_it_is(members_to, entry.org)
        into = places.as_it_is(Place.in_team(workspaces_to), entry.org).team if workspaces_to else None
        if team in (to.team, into):
            raise Refused(_("Nothing can stay in a team that is deleted. Choose another place."))
        _opens_nothing(actor, team, into)
        entry.detail = _end(team, to, into) | {"deleted": True}
        entry.happened = True


def _opens_nothing(actor: Actor, team: Team, into: Team | None) -> None:
    """Raises Refused when what `team` has comes to `into`, which the actor leads, and some of it is closed to them:
    leading opens it, and administering does not (product.md 3)."""
    if into is None or not isinstance(actor, Member):
        return
    held = subjects.of(actor).grants
    if held.get(into.pk) == "lead" and held.get(team.pk) != "lead" and any(hooks.call("team_hides", actor, team)):
        text = _(
            "You lead %(into)s: this would let you into what is closed to you in %(team)s. Ask an Owner or Admin who "
            "does not lead it."
        )
        raise Refused(text % {"into": into, "team": team})


def _end(team: Team, to: Place, into: Team | None) -> dict[str, object]:
    """Empty a team and delete it; what an entry says of it."""
    said = places.bring_members(Member.objects.filter(team=team), to)
    places.bring_invited(to, team=team)
    workspaces = places.hand_on(team, into)
    Team.objects.filter(pk=team.pk).delete()
    return said | {"workspaces": workspaces, "workspaces_to": str(into or "")}


def give_lead(actor: Actor, team: Team, member: Member) -> None:
    """Let `member` lead `team`. One person may lead several, and a team may have several leads.

    Raises:
        Denied: the actor may not give the lead.
        Refused: a guest, somebody removed, or somebody of another organization; the actor themselves, for leading
            opens the team's private workspaces and administering does not (product.md 3).
    """
    with act(actor, Action.TEAM_LEAD, team) as entry:
        read_again(member)
        if isinstance(actor, Member) and actor.pk == member.pk:
            raise Refused(_("Nobody gives themselves the lead of a team. Ask another Owner or Admin."))
        if member.org_id != team.org_id or member.removed_at is not None or member.kind == Kind.GUEST:
            raise Refused(
                _("%(name)s cannot lead %(team)s: leads are members of the organization.")
                % {"name": member, "team": team}
            )
        if not team.leads.filter(user_id=member.user_id).exists():
            grants.give(member, "lead", team)
            entry.happened, entry.detail = True, {"lead": str(member), "member": member.pk, "given": True}


def take_lead(actor: Actor, team: Team, member: Member) -> None:
    """Take the lead of `team` from `member`. Does nothing where they do not lead it.

    Raises:
        Denied: the actor may not take the lead.
    """
    with act(actor, Action.TEAM_LEAD, team) as entry:
        if team.leads.filter(user_id=member.user_id).exists():
            grants.take(member, team)
            entry.happened, entry.detail = True, {"lead": str(member), "member": member.pk, "given": False}
