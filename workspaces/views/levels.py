"""What mates and tools have in common: their lists, who may do what with one, deleting one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import require
from orgs.queries.members.panels import Panel
from orgs.views import asking
from orgs.web import ConsoleRequest, done, page, posted, see_other
from workspaces import actions
from workspaces.forms import levels as forms
from workspaces.models import Authorized, Level, Mate, Tool
from workspaces.queries import levels as queries
from workspaces.queries import lists
from workspaces.roles import GRANT

PARTS = "workspaces/mate_levels.html"
LISTS = {"mates": lists.mates, "tools": lists.tools}
ENDS: dict[type[Authorized], Callable[..., None]] = {Mate: actions.mates.delete, Tool: actions.tools.delete}


@require_safe
def listed(request: ConsoleRequest, kind: str) -> HttpResponse:
    form = forms.Find(request.GET)
    shown = LISTS[kind](request.member, **form.asked())
    return page(request, f"workspaces/{kind}.html", {"form": form, "listed": shown}, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, **named: int) -> HttpResponse:
    thing = find(request, **named)
    panel = queries.deleting(request.member, thing)
    form = forms.Delete(posted(request), thing=thing, type_the_name=panel.type_the_name)
    if not form.is_valid():
        return ask(request, panel, form, thing)
    ENDS[type(thing)](request.member, thing)
    home = reverse(queries.kind_of(thing), args=[request.org.slug])
    return onward(request, _("%(name)s is deleted.") % {"name": thing}, home)


@require_POST
def one(request: ConsoleRequest, **named: int) -> HttpResponse:
    thing = find(request, **named)
    require(request.member, GRANT[type(thing)], thing)
    form = forms.One(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, PARTS, _context(request, thing) | {"form": form}, part="levels", status=422)
    who, level = form.cleaned_data["member"], form.cleaned_data["level"]
    before = actions.levels.give(request.member, thing, who, level=level)
    said = _("%(who)s is %(level)s of %(name)s now.") if level else _("%(who)s holds nothing on %(name)s any more.")
    facts = {"who": who, "level": Level(level).label if level else "", "name": thing}
    back = [("member", str(who.pk)), ("level", before)]
    return _changed(request, thing, said % facts, undo=(_door(request, thing, "levels"), back))


@require_POST
def everyone(request: ConsoleRequest, **named: int) -> HttpResponse:
    thing = find(request, **named)
    require(request.member, GRANT[type(thing)], thing)
    form = forms.ForEveryone(request.POST)
    if not form.is_valid():
        return page(request, PARTS, _context(request, thing) | {"wrong": form}, part="levels", status=422)
    before = actions.levels.open_to_everyone(request.member, thing, everyone=form.cleaned_data["everyone"])
    undo = _door(request, thing, "everyone"), [("everyone", before)]
    return _changed(request, thing, _("What %(name)s is to everyone is set.") % {"name": thing}, undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
def each(request: ConsoleRequest, **named: int) -> HttpResponse:
    thing = find(request, **named)
    panel, form = queries.giving_each(request.member, thing), forms.Each(posted(request), actor=request.member)
    if not form.is_valid():
        return ask(request, panel, form, thing, target="#levels")
    members = form.cleaned_data["members"]
    left = actions.levels.give_each(request.member, thing, members, level=form.cleaned_data["level"])
    message = _("%(n)s changed.") % {"n": len(members) - len(left)}
    if left:
        names = ", ".join(f"{member} ({why.rstrip('.')})" for member, why in left[:5])
        message += " " + _("Left as they were: %(names)s.") % {"names": names}
    return _changed(request, thing, message)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: ConsoleRequest, **named: int) -> HttpResponse:
    thing = find(request, **named)
    panel = queries.handing_over(request.member, thing)
    form = forms.HandOver(posted(request), actor=request.member)
    if not form.is_valid():
        return ask(request, panel, form, thing, target="#levels")
    who = form.cleaned_data["member"]
    actions.levels.hand_over(request.member, thing, who)
    return _changed(request, thing, _("%(who)s owns %(name)s now.") % {"who": who, "name": thing})


def find(request: ConsoleRequest, **named: int) -> Authorized:
    """The mate or tool that the URL names, if the reader may know of it; else 404."""
    seen: Any = Mate if "mate_id" in named else Tool
    found = seen.objects.visible_to(request.member).select_related("org", "team", "owner__user", "owner__org")
    thing: Authorized = get_object_or_404(found, pk=next(iter(named.values())))
    return thing


def onward(request: ConsoleRequest, message: str, url: str) -> HttpResponse:
    """To another page after a deed, which tells `message`."""
    messages.success(request, message)
    return see_other(url)


def url_of(request: ConsoleRequest, thing: Authorized) -> str:
    return reverse(f"{queries.kind_of(thing)}_page", args=[request.org.slug, thing.pk])


def ask(
    request: ConsoleRequest, panel: Panel, form: Form, thing: Authorized, *, target: str = "", **more: Any
) -> HttpResponse:
    """What a deed on a mate or a tool would do."""
    kind = queries.kind_of(thing)
    label = _("Mates") if kind == "mates" else _("Tools")
    above = {"home": reverse(kind, args=[request.org.slug]), "home_label": label}
    here = {"url": request.get_full_path(), "target": target, "back": url_of(request, thing)}
    response = asking.ask(request, panel, form, row=thing, **here, **above, **more)
    if form.is_bound:
        response["HX-Retarget"], response["HX-Reswap"] = "#panel", "innerHTML"
    return response


def _context(request: ConsoleRequest, thing: Authorized) -> dict[str, Any]:
    shown = queries.levels(request.member, thing)
    return {"shown": shown, "here": url_of(request, thing), "thing": thing}


def _door(request: ConsoleRequest, thing: Authorized, verb: str) -> str:
    return reverse(f"{queries.kind_of(thing)}_{verb}", args=[request.org.slug, thing.pk])


def _changed(
    request: ConsoleRequest, thing: Authorized, message: str, *, undo: tuple[str, list[tuple[str, str]]] | None = None
) -> HttpResponse:
    request.member.org.refresh_from_db(fields=["access_version"])
    url, context = url_of(request, thing), _context(request, thing)
    return done(request, PARTS, context, part="levels", message=message, url=url, undo=undo, target="#levels")
