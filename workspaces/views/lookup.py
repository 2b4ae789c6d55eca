"""The search of the top bar: a page of its own, and the first hits under the field as somebody types."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from orgs.web import ConsoleRequest, page, wants_part
from workspaces.forms import lookup as forms
from workspaces.queries import lookup as queries

FEW, MANY = 5, 25


@require_safe
def search(request: ConsoleRequest) -> HttpResponse:
    form = forms.Search(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    kinds = queries.found(request.member, text, most=FEW if wants_part(request) else MANY)
    return page(request, "workspaces/search.html", {"form": form, "text": text, "kinds": kinds}, part="found")
