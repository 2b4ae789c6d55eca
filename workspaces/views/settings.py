"""The settings of a workspace: what a change would do, saving it, another owner, archiving, a private copy."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.access import Action, require
from orgs.forms.guests import Nothing
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted, see_other, wants_part
from workspaces import actions, frame
from workspaces.forms import settings as forms
from workspaces.models import Workspace
from workspaces.queries import settings as queries
from workspaces.views import finding

PAGE = "workspaces/settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    require(request.member, Action.WORKSPACE_MANAGE, workspace)
    if request.method == "POST":
        return _save(request, workspace)
    return page(request, PAGE, _context(request, workspace), part="settings")


def _save(request: ConsoleRequest, workspace: Workspace) -> HttpResponse:
    """What was typed comes back with the reason when it is no setting, or when somebody else saved meanwhile."""
    form = _form(request, workspace, request.POST)
    if not form.is_valid():
        return page(request, PAGE, _context(request, workspace, form), part="settings", status=form.status)
    if found := queries.meanwhile(workspace, form.cleaned_data["seen"]):
        return page(
            request, PAGE, _context(request, workspace, form) | {"meanwhile": found}, part="settings", status=409
        )
    actions.settings.configure(request.member, workspace, **form.wanted())
    return _saved(request, workspace, _("The settings of %(name)s are saved.") % {"name": workspace})


@require_safe
def check(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    """What saving would do, as a panel whose button saves it."""
    workspace = finding.workspace(request, workspace_id)
    require(request.member, Action.WORKSPACE_MANAGE, workspace)
    form = _form(request, workspace, request.GET)
    if not form.is_valid():
        return page(request, PAGE, _context(request, workspace, form), part="settings", status=form.status)
    panel = queries.changing(request.member, workspace, form.wanted())
    typed = [(name, form[name].value()) for name in form.fields if form[name].value()]
    url = _url(request, workspace, "workspaces_settings")
    return _panel(request, workspace, panel, Nothing(), url=url, target="#settings", hidden=typed)


@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    panel = queries.handing_over(request.member, workspace)
    form = forms.Owner(posted(request), actor=request.member)
    if not form.is_valid():
        return _panel(request, workspace, panel, form, people=queries.successors(workspace))
    actions.settings.hand_over(request.member, workspace, form.cleaned_data["member"])
    said = {"owner": workspace.owner, "name": workspace}
    return _saved(request, workspace, _("%(owner)s owns %(name)s now.") % said)


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    panel = queries.archiving(request.member, workspace)
    if request.method != "POST":
        return _panel(request, workspace, panel, Nothing())
    actions.settings.archive(request.member, workspace)
    return _saved(request, workspace, _("%(name)s is archived.") % {"name": workspace})


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    panel = queries.reopening(request.member, workspace)
    if request.method != "POST":
        return _panel(request, workspace, panel, Nothing())
    actions.settings.reopen(request.member, workspace)
    return _saved(request, workspace, _("%(name)s is open again.") % {"name": workspace})


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    panel = queries.copying(request.member, workspace)
    form = forms.Copy(posted(request), actor=request.member, source=workspace)
    if not form.is_valid():
        return _panel(request, workspace, panel, form)
    made = actions.settings.copy_privately(request.member, workspace, **form.cleaned_data)
    return see_other(_url(request, made, "workspaces_page"))


def _form(request: ConsoleRequest, workspace: Workspace, data: Any = None) -> forms.Settings:
    teams, counts = queries.teams(request.member, workspace), queries.counts(workspace)
    return forms.Settings(data, actor=request.member, workspace=workspace, teams=teams, counts=counts)


def _context(request: ConsoleRequest, workspace: Workspace, form: forms.Settings | None = None) -> dict[str, Any]:
    member = finding.reader(request)
    shown = queries.page(member, workspace)
    context = {"shown": shown, "workspace": workspace, "form": form or _form(request, workspace)}
    return context | {"tabs": frame.tabs(member, workspace, "workspaces_settings")}


def _url(request: ConsoleRequest, workspace: Workspace, name: str) -> str:
    return reverse(name, args=[request.org.slug, workspace.pk])


def _panel(request: ConsoleRequest, workspace: Workspace, panel: Panel, form: Form, **more: Any) -> HttpResponse:
    above = {"home": reverse("workspaces", args=[request.org.slug]), "home_label": _("Workspaces")}
    back = _url(request, workspace, "workspaces_settings")
    return ask(request, panel, form, **above, row=workspace, back=back, **more)


def _saved(request: ConsoleRequest, workspace: Workspace, message: str) -> HttpResponse:
    """The settings as they are now; the list, where the deed took them out of the actor's hands."""
    url = _url(request, workspace, "workspaces_settings")
    if not queries.may_still(finding.reader(request), workspace):
        return see_other(reverse("workspaces", args=[request.org.slug]))
    context = _context(request, workspace) if wants_part(request) else {}
    return done(request, PAGE, context, part="settings", message=message, url=url)
