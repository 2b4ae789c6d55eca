"""Deeds on departments: create, rename, merge, delete."""

from django.utils.translation import gettext as _

from orgs import hooks, places
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Department, Invitation, InvitationTemplate, Member, Organization, Team
from orgs.places import Place


def create(actor: Actor, org: Organization, *, name: str) -> Department:
    """Make a department.

    Raises:
        Denied: the actor may not manage departments.
        Refused: there is one of that name.
    """
    with act(actor, Action.DEPARTMENT_MANAGE, org) as entry:
        places.name_is_free(Department, org, name)
        department = Department.objects.create(org=org, name=name)
        entry.made(department)
    return department


def rename(actor: Actor, department: Department, *, name: str) -> None:
    """Give a department another name.

    Raises:
        Denied: the actor may not manage departments.
        Refused: there is one of that name.
    """
    with act(actor, Action.DEPARTMENT_MANAGE, department):
        places.name_is_free(Department, department.org, name, but=department)
        department.name = name
        department.save(update_fields=["name"])


def merge(actor: Actor, department: Department, *, into: Department) -> None:
    """Bring teams, members and open invitations of a department into another one; then it is gone.

    Raises:
        Denied: the actor may not manage departments.
        Refused: into itself; the other is no longer there.
    """
    with act(actor, Action.DEPARTMENT_MANAGE, department) as entry:
        to = places.as_it_is(Place(into), entry.org)
        if into == department:
            raise Refused(_("A department is merged into another one, not into itself."))
        teams = list(Team.objects.filter(department=department).order_by("name").values_list("name", flat=True))
        found = Member.objects.filter(department=department)
        members = places.bring_members(found.filter(team=None), to)
        in_teams = list(found.order_by("pk").values_list("pk", flat=True))
        found.update(department=into)
        for kind in (Invitation, InvitationTemplate, Team):
            kind._default_manager.filter(department=department).update(department=into)
        _end(department)
        members["members"] += len(in_teams)
        entry.happened = True
        entry.detail = {**members, "into": str(into), "into_id": into.pk, "teams": teams}
        entry.detail["member_ids"] += in_teams


def delete(actor: Actor, department: Department, *, members_to: Place) -> None:
    """End a department without teams: its members go to another place, or are in no department any more.

    Raises:
        Denied: the actor may not manage departments.
        Refused: it still has teams; `members_to` is itself or no longer there.
    """
    with act(actor, Action.DEPARTMENT_MANAGE, department) as entry:
        to = places.as_it_is(members_to, entry.org)
        teams = list(Team.objects.filter(department=department).order_by("name").values_list("name", flat=True))
        if teams:
            text = _("%(name)s still has teams: %(teams)s. Move, merge or delete them first.")
            raise Refused(text % {"name": department, "teams": ", ".join(teams)})
        if to.department == department:
            raise Refused(_("Its members cannot stay in a department that is deleted. Choose another place."))
        places.bring_invited(to, department=department)
        entry.detail = {"deleted": True, **places.bring_members(Member.objects.filter(department=department), to)}
        _end(department)
        entry.happened = True


def _end(department: Department) -> None:
    """Delete a department that nobody is in any more: hook "department_ended" gets it just before."""
    hooks.call("department_ended", department)
    Department.objects.filter(pk=department.pk).delete()
