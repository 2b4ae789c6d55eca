"""The list of invitations, how far its mails are, and the list as a file. A POST to the list invites."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from orgs import actions, tables
from orgs.access import Action, require
from orgs.forms import invitations as forms
from orgs.queries import invitations as queries
from orgs.views.invitations import inviting
from orgs.views.lists import tidy
from orgs.web import ConsoleRequest, page

PAGE = "orgs/invitations.html"


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_INVITE, request.org)
    if request.method == "POST":
        return inviting.invite(request)
    form = forms.Filter(request.GET)
    status = 200 if form.is_valid() else 422
    response = page(request, PAGE, shown(request, form), part="list", status=status)
    response["HX-Push-Url"] = tidy(request)
    return response


@require_safe
def mails(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_INVITE, request.org)
    context = {"progress": queries.going_out(request.org, timezone.now()), "base": base(request)}
    return page(request, "orgs/invitations_mails.html", context, part="mails")


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.MEMBER_EXPORT, request.org)
    form = forms.Filter(request.GET)
    if not form.is_valid():
        return page(request, PAGE, shown(request, form), status=422)
    actions.exports.invitations(request.member, request.org, filters=form.filters().said())
    rows = queries.export(request.member, form.filters())
    return tables.download(f"{request.org.slug}-invitations.csv", queries.COLUMNS, rows)


def shown(request: ConsoleRequest, form: forms.Filter) -> dict[str, Any]:
    """What the list's template is given; the filter as far as it makes sense."""
    form.full_clean()
    found = queries.listing(request.member, form.filters(), form.place())
    return {"form": form, "list": found, "progress": found.progress, "base": base(request)}


def base(request: ConsoleRequest) -> str:
    return reverse("invitations", args=[request.org.slug])
