"""The rooms of a workspace: the list, one of them, how it stands, its milestones, whose people it has."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.access import Action, require
from orgs.forms.guests import Nothing
from orgs.models import Member
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted
from workspaces import actions, frame
from workspaces.forms import conversations as talk_forms
from workspaces.forms import rooms as forms
from workspaces.models import Milestone, Room, Workspace
from workspaces.queries import conversations, people, tools
from workspaces.queries import rooms as queries
from workspaces.views import finding

LIST, PAGE = "workspaces/rooms.html", "workspaces/room.html"


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    require(request.member, Action.WORKSPACE_VIEW, workspace)
    if request.method != "POST":
        return page(request, LIST, _list(request, workspace), part="list")
    require(request.member, Action.ROOM_CREATE, workspace)
    form = forms.New(request.POST, actor=request.member, workspace=workspace)
    if not form.is_valid():
        return page(request, LIST, _list(request, workspace, form), part="list", status=form.status)
    room = actions.rooms.create(request.member, workspace, **form.cleaned_data)
    return _done(request, room, _("The room %(name)s is made.") % {"name": room})


@require_safe
def show(request: ConsoleRequest, room_id: int) -> HttpResponse:
    room = finding.room(request, room_id)
    require(request.member, Action.ROOM_VIEW, room)
    return page(request, PAGE, _context(request, room), part="list")


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: ConsoleRequest, room_id: int) -> HttpResponse:
    room = finding.room(request, room_id)
    panel = queries.writing(request.member, room, _("How %(name)s stands") % {"name": room}, _("Save"))
    form = forms.Describe(posted(request), actor=request.member, room=room)
    if not form.is_valid():
        return _panel(request, room, panel, form)
    actions.rooms.describe(request.member, room, **form.cleaned_data)
    return _done(request, room, _("It is noted how %(name)s stands.") % {"name": room})


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_new(request: ConsoleRequest, room_id: int) -> HttpResponse:
    room = finding.room(request, room_id)
    title = _("A milestone of %(name)s") % {"name": room}
    panel = queries.writing(request.member, room, title, _("Add the milestone"))
    form = forms.Stone(posted(request))
    if not form.is_valid():
        return _panel(request, room, panel, form)
    actions.rooms.add_milestone(request.member, room, **form.cleaned_data)
    return _done(request, room, _("The milestone is added."))


@require_http_methods(["GET", "HEAD", "POST"])
def milestone(request: ConsoleRequest, room_id: int, milestone_id: int) -> HttpResponse:
    stone = _stone(request, room_id, milestone_id)
    panel = queries.writing(request.member, stone.room, _("Change %(title)s") % {"title": stone}, _("Save"))
    form = forms.Stone(posted(request), stone=stone)
    if not form.is_valid():
        return _panel(request, stone.room, panel, form)
    actions.rooms.change_milestone(request.member, stone, **form.cleaned_data)
    return _done(request, stone.room, _("%(title)s is saved.") % {"title": stone})


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_delete(request: ConsoleRequest, room_id: int, milestone_id: int) -> HttpResponse:
    stone = _stone(request, room_id, milestone_id)
    panel = queries.deleting(request.member, stone)
    if request.method != "POST":
        return _panel(request, stone.room, panel, Nothing())
    actions.rooms.delete_milestone(request.member, stone)
    return _done(request, stone.room, _("%(title)s is deleted.") % {"title": stone})


@require_http_methods(["GET", "HEAD", "POST"])
def narrow(request: ConsoleRequest, room_id: int) -> HttpResponse:
    said = _("%(name)s has people of its own now.")
    return _change(request, room_id, queries.narrowing, actions.rooms.narrow, said)


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ConsoleRequest, room_id: int) -> HttpResponse:
    said = _("%(name)s follows its workspace again.")
    return _change(request, room_id, queries.following, actions.rooms.follow, said)


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: ConsoleRequest, room_id: int) -> HttpResponse:
    return _change(request, room_id, queries.archiving, actions.rooms.archive, _("%(name)s is archived."))


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ConsoleRequest, room_id: int) -> HttpResponse:
    return _change(request, room_id, queries.reopening, actions.rooms.reopen, _("%(name)s is open again."))


def _change(
    request: ConsoleRequest,
    room_id: int,
    told: Callable[[Member, Room], Panel],
    deed: Callable[[Member, Room], None],
    said: str,
) -> HttpResponse:
    """A deed that needs nothing but the click: its panel first."""
    room = finding.room(request, room_id)
    panel = told(request.member, room)
    if request.method != "POST":
        return _panel(request, room, panel, Nothing())
    deed(request.member, room)
    return _done(request, room, said % {"name": room})


def _stone(request: ConsoleRequest, room_id: int, milestone_id: int) -> Milestone:
    """A milestone of a room that the reader sees, or 404."""
    found = Milestone.objects.visible_to(request.member).filter(room=room_id)
    related = ("org", "room__org", "room__workspace__org", "room__workspace__team")
    return get_object_or_404(found.select_related(*related), pk=milestone_id)


def _list(request: ConsoleRequest, workspace: Workspace, form: forms.New | None = None) -> dict[str, Any]:
    shown = queries.listed(request.member, workspace, page=forms.Find(request.GET).asked())
    form = form or forms.New(actor=request.member, workspace=workspace)
    context = {"workspace": workspace, "rooms": shown, "form": form}
    return context | {"tabs": frame.tabs(request.member, workspace, "workspaces_rooms")}


def _context(request: ConsoleRequest, room: Room) -> dict[str, Any]:
    """The room's page, with its conversations and a way to begin one."""
    member = finding.reader(request)
    said = conversations.listed(member, room, after=talk_forms.Find(request.GET).edge())
    context: dict[str, Any] = {"shown": queries.page(member, room), "room": room, "workspace": room.workspace}
    context |= {"listed": said, "form": talk_forms.Start(), "tools": tools.integrations(member, room)}
    return context | {"tabs": frame.tabs(member, room.workspace, "workspaces_rooms")}


def _panel(request: ConsoleRequest, room: Room, panel: Panel, form: Form) -> HttpResponse:
    home = reverse("workspaces", args=[request.org.slug])
    return ask(request, panel, form, home=home, home_label=_("Workspaces"), row=room, back=_url(request, room))


def _url(request: ConsoleRequest, room: Room) -> str:
    return reverse("workspaces_room", args=[request.org.slug, room.pk])


def _done(request: ConsoleRequest, room: Room, message: str) -> HttpResponse:
    """The room's page; the list of workspaces, where the deed took the room out of the actor's sight."""
    sees = people.sees(finding.reader(request), room)
    url = _url(request, room) if sees else reverse("workspaces", args=[request.org.slug])
    return done(request, PAGE, _context(request, room), part="room", message=message, url=url)
