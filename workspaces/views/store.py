"""The store: mates that are written already, and taking one of them into the organization."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.access import Action, check, require
from orgs.queries import refusals
from orgs.web import ConsoleRequest, page, posted
from workspaces import actions
from workspaces.forms import mates as forms
from workspaces.queries import mates as queries
from workspaces.store import listings
from workspaces.views.levels import onward, url_of

PAGE, ONBOARD = "workspaces/store.html", "workspaces/store_onboard.html"


@require_safe
def store(request: ConsoleRequest) -> HttpResponse:
    answer = check(request.member, Action.MATE_ONBOARD, request.org)
    shelves = queries.store(request.member)
    return page(
        request, PAGE, {"shelves": shelves, "may": answer.allowed, "why": refusals.why_not(request.member, answer)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def onboard(request: ConsoleRequest, listing: str) -> HttpResponse:
    found, offered = listings().get(listing), queries.models(request.member)
    if found is None:
        raise Http404
    require(request.member, Action.MATE_ONBOARD, request.org)
    form = forms.Onboard(posted(request), actor=request.member, models=offered, initial={"name": found.name})
    if not form.is_valid():
        context, status = {"form": form, "listing": found, "models": offered}, form.status if form.is_bound else 200
        return page(request, ONBOARD, context, part="panel", status=status)
    mate = actions.mates.onboard(request.member, found, **form.cleaned_data)
    return onward(
        request, _("%(name)s is here. Nobody but you may use it yet.") % {"name": mate}, url_of(request, mate)
    )
