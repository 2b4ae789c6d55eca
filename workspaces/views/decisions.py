"""The page about decisions for machines: which actions a chat platform may ask for and rely on."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from orgs.access import Action, require
from orgs.web import ConsoleRequest, page
from workspaces.decisions import reliable


@require_safe
def actions(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ACCESS_LINT, request.org)
    return page(request, "workspaces/access_actions.html", {"shown": reliable.page(request.member)})
