"""Deeds on one department or team: each asks on a panel first what it is to be, and answers with the tree."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs import actions
from orgs.access import Action, require
from orgs.forms import places as forms
from orgs.models import Department, Team
from orgs.queries import teams as queries
from orgs.views.teams.tree import ask, changed, on_page, url_of
from orgs.web import ConsoleRequest, posted


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ConsoleRequest, team_id: int) -> HttpResponse:
    return _rename(request, find_team(request, team_id), actions.teams.rename)


@require_http_methods(["GET", "HEAD", "POST"])
def department_rename(request: ConsoleRequest, department_id: int) -> HttpResponse:
    return _rename(request, find_department(request, department_id), actions.departments.rename)


def _rename(request: ConsoleRequest, row: Department | Team, deed: Callable[..., None]) -> HttpResponse:
    panel, names = queries.renaming(request.member, row), {"name": row.name}
    form = forms.Name(posted(request), kind=type(row), org=request.org, but=row, initial=names)
    if not form.is_valid():
        return ask(request, panel, form, row=row)
    before = row.name
    deed(request.member, row, name=form.cleaned_data["name"])
    door = "teams_rename" if isinstance(row, Team) else "teams_department_rename"
    undo = (reverse(door, args=[request.org.slug, row.pk]), [("name", before)]) if before != row.name else None
    message = _("%(before)s is called %(name)s now.") % {"before": before, "name": row}
    return changed(request, message, url=url_of(row) if on_page(request) else "", undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ConsoleRequest, team_id: int) -> HttpResponse:
    team = find_team(request, team_id)
    panel, before = queries.moving(request.member, team), team.department_id
    form = forms.MoveTeam(posted(request), actor=request.member, initial={"department": before})
    if not form.is_valid():
        return ask(request, panel, form, row=team)
    actions.teams.move(request.member, team, department=form.cleaned_data["department"])
    undo = (reverse("teams_move", args=[request.org.slug, team.pk]), [("department", str(before))])
    message = _("%(name)s belongs to %(department)s now.") % {"name": team, "department": team.department}
    url = url_of(team) if on_page(request) else ""
    return changed(request, message, url=url, undo=undo if before != team.department_id else None)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: ConsoleRequest, team_id: int) -> HttpResponse:
    return _merge(request, find_team(request, team_id), actions.teams.merge)


@require_http_methods(["GET", "HEAD", "POST"])
def department_merge(request: ConsoleRequest, department_id: int) -> HttpResponse:
    return _merge(request, find_department(request, department_id), actions.departments.merge)


def _merge(request: ConsoleRequest, row: Department | Team, deed: Callable[..., None]) -> HttpResponse:
    panel, form = queries.merging(request.member, row), forms.Merge(posted(request), actor=request.member, what=row)
    if not form.is_valid():
        return ask(request, panel, form, row=row)
    into = form.cleaned_data["into"]
    deed(request.member, row, into=into)
    message = _("%(name)s is part of %(into)s now.") % {"name": row, "into": into}
    return changed(request, message, url=url_of(into) if on_page(request) else "")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, team_id: int) -> HttpResponse:
    team = find_team(request, team_id)
    form = forms.DeleteTeam(posted(request), actor=request.member, what=team)
    return _delete(request, team, form, actions.teams.delete)


@require_http_methods(["GET", "HEAD", "POST"])
def department_delete(request: ConsoleRequest, department_id: int) -> HttpResponse:
    row = find_department(request, department_id)
    form = forms.Delete(posted(request), actor=request.member, what=row)
    return _delete(request, row, form, actions.departments.delete)


def _delete(
    request: ConsoleRequest, row: Department | Team, form: forms.Delete, deed: Callable[..., None]
) -> HttpResponse:
    panel = queries.deleting(request.member, row)
    if not form.is_valid():
        return ask(request, panel, form, row=row)
    deed(request.member, row, **form.cleaned_data)
    return changed(request, _("%(name)s is deleted.") % {"name": row})


def find_team(request: ConsoleRequest, team_id: int) -> Team:
    """A team that the reader can see, or 404."""
    seen = Team.objects.visible_to(request.member).select_related("org", "department")
    return get_object_or_404(seen, pk=team_id)


def find_department(request: ConsoleRequest, department_id: int) -> Department:
    """A department that the reader can see, or 404."""
    seen = Department.objects.visible_to(request.member).select_related("org")
    found = get_object_or_404(seen, pk=department_id)
    require(request.member, Action.DEPARTMENT_MANAGE, found)
    return found
