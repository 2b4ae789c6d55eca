"""Mates where people work: those of a workspace, and which of their tools are switched on in a room."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs.access import Action, require
from orgs.web import ConsoleRequest, done, page
from workspaces import actions, frame
from workspaces.forms.mates import Which
from workspaces.forms.tools import Switch
from workspaces.models import Room, Workspace
from workspaces.queries import mates as queries
from workspaces.queries import tools as tool_queries
from workspaces.views import finding

MATES, TOOLS = "workspaces/mates_inside.html", "workspaces/tools_inside.html"


@require_http_methods(["GET", "HEAD", "POST"])
def of_workspace(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    if request.method == "POST":
        return _bring(request, workspace)
    require(request.member, Action.WORKSPACE_VIEW, workspace)
    return page(request, MATES, _mates(request, workspace), part="mates")


def _bring(request: ConsoleRequest, workspace: Workspace) -> HttpResponse:
    """Add a mate to the workspace, or take it out."""
    form = Which(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, MATES, _mates(request, workspace) | {"wrong": form}, part="mates", status=422)
    mate, take = form.cleaned_data["mate"], form.cleaned_data["take"]
    deed = actions.mates.take_out if take else actions.mates.add
    deed(request.member, workspace, mate=mate)
    said = _("%(mate)s is out of %(name)s now.") if take else _("%(mate)s can be asked in %(name)s now.")
    url = reverse("workspaces_mates", args=[request.org.slug, workspace.pk])
    undo = url, [("mate", str(mate.pk)), *([] if take else [("take", "1")])]
    facts, context = {"mate": mate, "name": workspace}, _mates(request, workspace)
    return done(request, MATES, context, part="mates", message=said % facts, url=url, undo=undo, target="#mates")


def _mates(request: ConsoleRequest, workspace: Workspace) -> dict[str, Any]:
    tabs = frame.tabs(request.member, workspace, "workspaces_mates")
    return {"inside": queries.inside(request.member, workspace), "workspace": workspace, "tabs": tabs}


@require_http_methods(["GET", "HEAD", "POST"])
def of_room(request: ConsoleRequest, room_id: int) -> HttpResponse:
    room = finding.room(request, room_id)
    if request.method == "POST":
        return _switch(request, room)
    require(request.member, Action.ROOM_VIEW, room)
    return page(request, TOOLS, _tools(request, room), part="tools")


def _switch(request: ConsoleRequest, room: Room) -> HttpResponse:
    """Switch a tool on or off in the room."""
    require(request.member, Action.ROOM_MANAGE, room)
    form = Switch(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, TOOLS, _tools(request, room) | {"wrong": form}, part="tools", status=422)
    tool, on = form.cleaned_data["tool"], form.cleaned_data["on"]
    actions.tools.switch(request.member, room, tool=tool, on=on)
    said = _("%(tool)s is switched on in %(room)s.") if on else _("%(tool)s is switched off in %(room)s.")
    url = reverse("workspaces_room_tools", args=[request.org.slug, room.pk])
    undo = url, [("tool", str(tool.pk)), *([] if on else [("on", "1")])]
    facts, context = {"tool": tool, "room": room}, _tools(request, room)
    return done(request, TOOLS, context, part="tools", message=said % facts, url=url, undo=undo, target="#tools")


def _tools(request: ConsoleRequest, room: Room) -> dict[str, Any]:
    shown = tool_queries.integrations(request.member, room)
    return {"shown": shown, "room": room, "workspace": room.workspace}
