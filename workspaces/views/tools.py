"""Tools: connecting one, one of them, its secret, the mates it is attached to."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.queries.members.panels import Panel
from orgs.web import ConsoleRequest, done, page, posted
from workspaces import actions
from workspaces.forms import tools as forms
from workspaces.forms.mates import Which
from workspaces.models import Tool
from workspaces.queries import tools as queries
from workspaces.views.levels import ask, find, onward, url_of

PAGE, NEW = "workspaces/tool.html", "workspaces/tool_new.html"


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.TOOL_CREATE, request.org)
    form = forms.Connect(posted(request), actor=request.member)
    if not form.is_valid():
        return page(request, NEW, {"form": form}, part="panel", status=form.status if form.is_bound else 200)
    tool = actions.tools.create(request.member, **form.cleaned_data)
    message = _("%(name)s is connected. Nobody but you may attach it yet.") % {"name": tool}
    return onward(request, message, url_of(request, tool))


@require_safe
def show(request: ConsoleRequest, tool_id: int) -> HttpResponse:
    tool = _find(request, tool_id)
    require(request.member, Action.TOOL_VIEW, tool)
    return page(request, PAGE, _context(request, tool))


@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: ConsoleRequest, tool_id: int) -> HttpResponse:
    tool = _find(request, tool_id)
    require(request.member, Action.TOOL_MANAGE, tool)
    now = {name: getattr(tool, name) for name in ("name", "integration", "description", "url", "team")}
    form = forms.Configure(posted(request), actor=request.member, but=tool, initial=now)
    if not form.is_valid():
        panel = Panel("configure", _("Configure %(name)s") % {"name": tool}, _("Save"), (), dangerous=False)
        return ask(request, panel, form, tool)
    dropped = actions.tools.configure(request.member, tool, **form.cleaned_data)
    said = _("%(name)s is configured. Its secret was dropped with the address: set it anew.") if dropped else ""
    return onward(request, (said or _("%(name)s is configured.")) % {"name": tool}, url_of(request, tool))


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: ConsoleRequest, tool_id: int) -> HttpResponse:
    tool, form = _find(request, tool_id), forms.Secret(posted(request))
    require(request.member, Action.TOOL_MANAGE, tool)
    if not form.is_valid():
        title = _("The secret of %(name)s") % {"name": tool}
        happens = (("lock", _("It is encrypted, sent to %(url)s alone and never shown again.") % {"url": tool.url}),)
        panel = Panel("secret", title, _("Keep it"), happens if tool.url else (), dangerous=False)
        return ask(request, panel, form, tool)
    actions.tools.keep_secret(request.member, tool, **form.cleaned_data)
    said = _("The secret of %(name)s is kept.") if tool.sealed else _("%(name)s has no secret any more.")
    return onward(request, said % {"name": tool}, url_of(request, tool))


@require_POST
def mates(request: ConsoleRequest, tool_id: int) -> HttpResponse:
    """Take a tool away from a mate, for whoever says who may attach it."""
    tool, form = _find(request, tool_id), Which(request.POST, actor=request.member)
    require(request.member, Action.TOOL_GRANT, tool)
    if not form.is_valid():
        return page(request, PAGE, _context(request, tool) | {"wrong": form}, part="mates", status=422)
    mate = form.cleaned_data["mate"]
    actions.tools.take_from(request.member, tool, mate=mate)
    message = _("%(tool)s is taken away from %(name)s.") % {"tool": tool, "name": mate}
    context, url = _context(request, tool), url_of(request, tool)
    return done(request, PAGE, context, part="mates", message=message, url=url)


def _find(request: ConsoleRequest, tool_id: int) -> Tool:
    found: Any = find(request, tool_id=tool_id)
    tool: Tool = found
    return tool


def _context(request: ConsoleRequest, tool: Tool) -> dict[str, Any]:
    page_of = queries.page(request.member, tool)
    return {"tool": page_of, "shown": page_of.levels, "thing": tool, "here": url_of(request, tool)}
