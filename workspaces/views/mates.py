"""Mates: making one, one of them, its tools."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.web import ConsoleRequest, done, page, posted
from workspaces import actions
from workspaces.forms import mates as forms
from workspaces.models import Mate
from workspaces.queries import mates as queries
from workspaces.views.levels import find, onward, url_of

PAGE, NEW = "workspaces/mate.html", "workspaces/mate_new.html"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MATE_CREATE, request.org)
    offered, tools = queries.models(request.member), queries.attachable(request.member)
    form = forms.New(posted(request), actor=request.member, models=offered, tools=tools)
    if not form.is_valid():
        status = form.status if form.is_bound else 200
        return page(request, NEW, {"form": form, "models": offered}, part="panel", status=status)
    mate = actions.mates.create(request.member, **form.cleaned_data)
    message = _("%(name)s is made. Nobody but you may use it yet.") % {"name": mate}
    return onward(request, message, url_of(request, mate))


@require_safe
def show(request: ConsoleRequest, mate_id: int) -> HttpResponse:
    mate = _find(request, mate_id)
    require(request.member, Action.MATE_VIEW, mate)
    return page(request, PAGE, _context(request, mate))


@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: ConsoleRequest, mate_id: int) -> HttpResponse:
    mate, offered = _find(request, mate_id), queries.models(request.member)
    require(request.member, Action.MATE_MANAGE, mate)
    now = {name: getattr(mate, name) for name in ("name", "description", "model", "instructions", "team")}
    form = forms.Configure(posted(request), actor=request.member, but=mate, models=offered, initial=now)
    if not form.is_valid():
        status = form.status if form.is_bound else 200
        return page(request, NEW, {"form": form, "models": offered, "thing": mate}, part="panel", status=status)
    actions.mates.configure(request.member, mate, **form.cleaned_data)
    return onward(request, _("%(name)s is configured.") % {"name": mate}, url_of(request, mate))


@require_POST
def tools(request: ConsoleRequest, mate_id: int) -> HttpResponse:
    mate, form = _find(request, mate_id), forms.Attach(request.POST, actor=request.member)
    require(request.member, Action.MATE_MANAGE, mate)
    if not form.is_valid():
        return page(request, PAGE, _context(request, mate) | {"wrong": form}, part="tools", status=422)
    tool, take = form.cleaned_data["tool"], form.cleaned_data["take"]
    deed = actions.mates.detach if take else actions.mates.attach
    deed(request.member, mate, tool=tool)
    said = _("%(tool)s is taken away from %(name)s.") if take else _("%(tool)s is attached to %(name)s.")
    fields = [("tool", str(tool.pk)), *([] if take else [("take", "1")])]
    return _changed(request, mate, said % {"tool": tool, "name": mate}, fields)


def _changed(request: ConsoleRequest, mate: Mate, message: str, fields: list[tuple[str, str]]) -> HttpResponse:
    """Its tools, with what takes the deed back."""
    undo, url = (reverse("mates_tools", args=[request.org.slug, mate.pk]), fields), url_of(request, mate)
    context = _context(request, mate)
    return done(request, PAGE, context, part="tools", message=message, url=url, undo=undo, target="#tools")


def _find(request: ConsoleRequest, mate_id: int) -> Mate:
    found: Any = find(request, mate_id=mate_id)
    mate: Mate = found
    return mate


def _context(request: ConsoleRequest, mate: Mate) -> dict[str, Any]:
    page_of = queries.page(request.member, mate)
    return {"mate": page_of, "shown": page_of.levels, "thing": mate, "here": url_of(request, mate)}
