"""The front page: straight on to the one organization, or a choice of several."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from orgs import joining
from orgs.queries import account as queries
from orgs.web import page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    places, offer = queries.places(user), joining.offer(user)
    if len(places) == 1 and (offer is None or offer.waiting):
        return redirect("overview", places[0].slug)
    return page(request, "orgs/account_home.html", {"places": places, "offer": offer})
