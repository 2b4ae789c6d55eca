"""Workspaces: the directory, one of them, making one, joining and leaving."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.web import ConsoleRequest, done, page
from workspaces import actions, frame
from workspaces.forms import workspaces as forms
from workspaces.models import Workspace
from workspaces.queries import directory
from workspaces.queries import workspaces as queries
from workspaces.views import finding

LIST, PAGE, NEW = "workspaces/list.html", "workspaces/page.html", "workspaces/new.html"


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: ConsoleRequest) -> HttpResponse:
    if request.method == "POST":
        return _create(request)
    form = forms.Find(request.GET)
    shown = directory.listed(request.member, **form.asked())
    return page(request, LIST, {"form": form, "listed": shown}, part="list")


@require_safe
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.WORKSPACE_CREATE, request.org)
    return page(request, NEW, {"form": forms.Workspace(teams=queries.teams_for(request.member))}, part="panel")


def _create(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.WORKSPACE_CREATE, request.org)
    form = forms.Workspace(request.POST, teams=queries.teams_for(request.member))
    if not form.is_valid():
        return page(request, NEW, {"form": form}, part="panel", status=422)
    workspace = actions.workspaces.create(request.member, **form.cleaned_data)
    return _done(request, workspace, _("%(name)s is made. You are its owner.") % {"name": workspace})


@require_POST
def join(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    actions.workspaces.join(request.member, workspace)
    return _done(request, workspace, _("You take part in %(name)s.") % {"name": workspace})


@require_POST
def leave(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    actions.workspaces.leave(request.member, workspace)
    back = reverse("workspaces", args=[request.org.slug])
    shown = {"form": forms.Find(), "listed": directory.listed(request.member)}
    return done(request, LIST, shown, part="list", message=_("You left %(name)s.") % {"name": workspace}, url=back)


def _done(request: ConsoleRequest, workspace: Workspace, message: str) -> HttpResponse:
    context = _context(request, workspace)
    url = reverse("workspaces_page", args=[request.org.slug, workspace.pk])
    return done(request, PAGE, context, part="head", message=message, url=url)


def _context(request: ConsoleRequest, workspace: Workspace) -> dict[str, Any]:
    member = finding.reader(request)
    return {"shown": queries.page(member, workspace), "tabs": frame.tabs(member, workspace, "workspaces_page")}
