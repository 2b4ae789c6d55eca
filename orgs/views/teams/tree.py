"""The tree of departments and teams, and what is added to it."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import places as forms
from orgs.models import Department, Team
from orgs.queries import teams as queries
from orgs.queries.members.panels import Panel
from orgs.views import asking
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/teams.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    form = forms.Search(request.GET)
    status = 200 if form.is_valid() else 422
    shown = queries.tree(request.member, form.cleaned_data.get("q", ""))
    if not shown.teams:  # nobody's lead: only who manages them has a reason to come here
        require(request.member, Action.TEAM_MANAGE, request.org)
    return page(request, PAGE, {"tree": shown, "form": form}, part="tree", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.TEAM_MANAGE, request.org)
    form = forms.NewTeam(posted(request), actor=request.member, initial={"department": request.GET.get("department")})
    if not form.is_valid():
        panel = Panel("new", _("Add a team"), _("Add the team"), (), dangerous=False)
        return ask(request, panel, form)
    given = form.cleaned_data
    made = actions.teams.create_team(request.member, given["department"], name=given["name"])
    return changed(request, _("%(name)s is a team of %(of)s now.") % {"name": made, "of": made.department})


@require_http_methods(["GET", "HEAD", "POST"])
def department_new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.DEPARTMENT_MANAGE, request.org)
    form = forms.Name(posted(request), kind=Department, org=request.org)
    if not form.is_valid():
        panel = Panel("new", _("Add a department"), _("Add the department"), (), dangerous=False)
        return ask(request, panel, form)
    made = actions.departments.create(request.member, request.org, name=form.cleaned_data["name"])
    return changed(request, _("%(name)s is a department now. Add its teams.") % {"name": made})


def on_page(request: ConsoleRequest) -> bool:
    """Whether a deed was asked for on the page of what it is about, not in the tree."""
    return request.GET.get("on") == "page"


def ask(request: ConsoleRequest, panel: Panel, form: Form, *, row: Department | Team | None = None) -> HttpResponse:
    """What a deed on a department or a team would do, in the tree or on the page of `row`."""
    above = {"home": reverse("teams", args=[request.org.slug]), "home_label": _("Teams")}
    more: dict[str, Any] = {"url": request.get_full_path(), "target": "" if on_page(request) else "#tree"}
    more |= {"row": row, "back": url_of(row)} if row else {}
    response = asking.ask(request, panel, form, **above, **more)
    if form.is_bound:  # said by the answer: the form cannot know whether a 409 brings it again, or a toast alone
        response["HX-Retarget"], response["HX-Reswap"] = "#panel", "innerHTML"
    return response


def changed(
    request: ConsoleRequest, message: str, *, url: str = "", undo: tuple[str, Sequence[tuple[str, str]]] | None = None
) -> HttpResponse:
    """The tree as it is now, with a toast; a plain form is sent to `url`, or to the tree."""
    context = {"tree": queries.tree(request.member), "form": forms.Search({})}
    url = url or reverse("teams", args=[request.org.slug])
    return done(request, PAGE, context, part="tree", message=message, url=url, undo=undo, target="#tree")


def url_of(row: Department | Team) -> str:
    """The page of a department or a team."""
    return reverse("teams_page" if isinstance(row, Team) else "teams_department", args=[row.org.slug, row.pk])
