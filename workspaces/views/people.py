"""The people of a workspace or of a room: a page of them, one role changed, several added at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orgs import actions as deeds
from orgs.access import Action, require
from orgs.forms.requests import Outsider
from orgs.models import AccessRequest, Member
from orgs.queries.requests import asking_outside
from orgs.views import asking
from orgs.web import ConsoleRequest, done, page, posted
from workspaces import actions, frame
from workspaces.forms import people as forms
from workspaces.models import Room, Workspace
from workspaces.queries import people as queries
from workspaces.views import finding

PAGE, ADD = "workspaces/people.html", "workspaces/people_add.html"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with people, as the pages and deeds about them know it."""

    place: Workspace | Room
    name: str  # of its URL
    view: Action
    manage: Action
    set_role: Callable[..., str]
    add: Callable[..., list[Member]]

    def url(self, request: ConsoleRequest, *, add: bool = False) -> str:
        return reverse(f"{self.name}_add" if add else self.name, args=[request.org.slug, self.place.pk])


def _workspace(request: ConsoleRequest, workspace_id: int) -> Spot:
    place, deeds = finding.workspace(request, workspace_id), actions.workspaces
    verbs = (Action.WORKSPACE_VIEW, Action.WORKSPACE_MANAGE)
    give_role = partial(deeds.give_role, again="again" in request.POST)
    return Spot(place, "workspaces_people", *verbs, give_role, deeds.add)


def _room(request: ConsoleRequest, room_id: int) -> Spot:
    place, deeds = finding.room(request, room_id), actions.rooms
    return Spot(
        place, "workspaces_room_people", Action.ROOM_VIEW, Action.ROOM_MANAGE, deeds.set_role, deeds.name_people
    )


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    return _listed(request, _workspace(request, workspace_id))


@require_http_methods(["GET", "HEAD", "POST"])
def listed_in_room(request: ConsoleRequest, room_id: int) -> HttpResponse:
    return _listed(request, _room(request, room_id))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    return _add(request, _workspace(request, workspace_id))


@require_http_methods(["GET", "HEAD", "POST"])
def add_to_room(request: ConsoleRequest, room_id: int) -> HttpResponse:
    return _add(request, _room(request, room_id))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    """Ask the organization's Owners and Admins to invite somebody from outside."""
    spot = _workspace(request, workspace_id)
    require(request.member, spot.manage, spot.place)
    form = Outsider(posted(request), initial=request.GET.dict())
    if not form.is_valid():
        return _asking(request, spot, form)
    wish = {"kind": AccessRequest.Kind.INVITATION, "target_id": workspace_id, **form.cleaned_data}
    made = deeds.requests.ask(request.member, request.member, **wish)
    return _done(request, spot, _("You asked for %(what)s.") % {"what": made.what})


def _asking(request: ConsoleRequest, spot: Spot, form: Outsider) -> HttpResponse:
    panel = asking_outside(request.member, spot.place.name)
    above = {"home": reverse("workspaces", args=[request.org.slug]), "home_label": _("Workspaces")}
    return asking.ask(request, panel, form, **above, row=spot.place, back=spot.url(request), target="#people")


def _listed(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    if request.method == "POST":
        return _set(request, spot)
    require(request.member, spot.view, spot.place)
    return page(request, PAGE, _context(request, spot), part="people")


def _set(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    """Give one person a role, or take it."""
    require(request.member, spot.manage, spot.place)
    form = forms.Person(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, PAGE, _context(request, spot, form), part="people", status=422)
    who, level = form.cleaned_data["member"], form.cleaned_data["role"]
    before = spot.set_role(request.member, spot.place, who, level=level)
    said = _("%(name)s is %(role)s in it now.") if level else _("%(name)s is out of it now.")
    role = dict(forms.LEVELS).get(level, "")
    return _done(request, spot, said % {"name": who, "role": role}, undo=(who, before))


def _add(request: ConsoleRequest, spot: Spot) -> HttpResponse:
    """Let several members in at once, by their addresses; addresses of nobody here are named, and nobody is let in."""
    require(request.member, spot.manage, spot.place)
    form = forms.Several(posted(request), actor=request.member)
    if not form.is_valid() or form.outsiders:
        context: dict[str, Any] = {"place": spot.place, "workspace": spot.place.within, "form": form}
        context |= {"base": spot.url(request), "url": spot.url(request, add=True)}
        context |= {"outside": queries.outside(request.member, spot.place, form.outsiders)}
        return page(request, ADD, context, part="panel", status=422 if form.is_bound else 200)
    new = spot.add(request.member, spot.place, form.members, level=form.cleaned_data["role"])
    return _done(request, spot, _said(new, len(form.members) - len(new)))


def _said(new: list[Member], already: int) -> str:
    added = ngettext("%(n)s person is in it now.", "%(n)s people are in it now.", len(new)) % {"n": len(new)}
    there = ngettext("%(n)s was in it already.", "%(n)s were in it already.", already) % {"n": already}
    return " ".join(text for text, count in ((added, len(new)), (there, already)) if count)


def _context(request: ConsoleRequest, spot: Spot, problem: Any = None) -> dict[str, Any]:
    """The page under the filters of the URL. `problem`: a form that was refused."""
    member, form = finding.reader(request), forms.Find(request.GET)
    shown = queries.listed(member, spot.place, **form.asked())
    said = urlencode({name: value for name, value in request.GET.items() if name in form.fields and value})
    here = "workspaces_people" if isinstance(spot.place, Workspace) else "workspaces_rooms"
    context = {"place": spot.place, "workspace": spot.place.within, "people": shown, "form": form, "problem": problem}
    context |= {"base": spot.url(request), "add": spot.url(request, add=True), "levels": forms.LEVELS}
    context["room"] = spot.place if isinstance(spot.place, Room) else None
    return context | {"here": f"?{said}" if said else "", "tabs": frame.tabs(member, spot.place.within, here)}


def _done(request: ConsoleRequest, spot: Spot, message: str, *, undo: tuple[Member, str] | None = None) -> HttpResponse:
    """`undo` is whose role was changed, and what it was before."""
    context = _context(request, spot)
    back = None
    if undo is not None:
        back = (context["base"], [("member", str(undo[0].pk)), ("role", undo[1]), ("again", "1")])
    sees = queries.sees(finding.reader(request), spot.place)
    url = f"{context['base']}{context['here']}" if sees else reverse("workspaces", args=[request.org.slug])
    return done(request, PAGE, context, part="people", message=message, url=url, undo=back, target="#people")
