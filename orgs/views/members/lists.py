"""The list of members, and the list as a file."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from orgs import actions, tables
from orgs.access import Action, require
from orgs.forms import members as forms
from orgs.models import Member, Team
from orgs.queries import members as queries
from orgs.views.lists import tidy
from orgs.web import ConsoleRequest, page

PAGE = "orgs/members.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_LIST, request.org)
    form = forms.Filter(request.GET, actor=request.member)
    status = 200 if form.is_valid() else 422
    shown = queries.listing(request.member, form.filters(), form.place())
    context = {"form": form, "list": shown, **frame(request.member)}
    response = page(request, PAGE, context, part="list", status=status)
    response["HX-Push-Url"] = tidy(request)
    return response


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.MEMBER_EXPORT, request.org)
    form = forms.Filter(request.GET, actor=request.member)
    if not form.is_valid():
        shown = queries.listing(request.member, form.filters(), form.place())
        return page(request, PAGE, {"form": form, "list": shown, **frame(request.member)}, status=422)
    actions.exports.members(request.member, request.org, filters=form.filters().said())
    found = queries.exported(request.member, form.filters())
    return tables.download(f"{request.org.slug}-members.csv", queries.COLUMNS, found)


def frame(actor: Member) -> dict[str, Any]:
    """What the list needs around its rows: where it lives, and the teams to filter by."""
    teams = Team.objects.visible_to(actor).values_list("pk", "name")
    choices = tuple((str(pk), name) for pk, name in teams)
    return {"base": reverse("members", args=[actor.org.slug]), "teams": choices}
