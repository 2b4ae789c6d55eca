"""What became of usage that was sent, and how to send it."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.forms import ingest as forms
from analytics.queries import ingest as queries
from orgs.access import Action, require
from orgs.web import ConsoleRequest, page


@require_safe
def batches(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.INGEST_VIEW, request.org)
    form = forms.Batches(request.GET)
    status = 200 if form.is_valid() else 422
    shown = queries.batches(request.member, **form.asked())
    moment = timezone.localtime().isoformat(timespec="seconds")
    context = {"form": form, "batches": shown, "url": settings.PUBLIC_BASE_URL + reverse("events"), "moment": moment}
    return page(request, "analytics/ingest.html", context, part="batches", status=status)
