"""Finding what was said, over all conversations that the reader reads."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from orgs.web import ConsoleRequest, page
from workspaces.forms import conversations as forms
from workspaces.queries import search as queries

PAGE = "workspaces/conversations_found.html"


@require_safe
def found(request: ConsoleRequest) -> HttpResponse:
    form = forms.Find(request.GET)
    text = form.text()
    shown = queries.find(request.member, text) if text else None
    return page(request, PAGE, {"find": form, "found": shown}, part="found")
