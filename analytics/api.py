"""The hot door for usage: plain views on msgspec (performance.md, The pipeline)."""

from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analytics import body, ingest, listening
from analytics.incoming import Sorted
from analytics.models import InboxBatch
from analytics.queries import overview as overviews
from analytics.queries import periods
from analytics.queries import summary as summaries
from orgs.access import Action, check
from orgs.keys import KeyRequest, door

_OUTCOME = (
    "state",
    "received",
    "rejected",
    "new",
    "duplicates",
    "conflicts",
    "received_at",
    "settled_at",
    "error",
)


@require_POST
@door(Action.EVENTS_WRITE)
def events(request: KeyRequest) -> HttpResponse:
    """Take in usage events: 202 after the commit, with what was not taken and why."""
    return _take(request, "api", ingest.read_events, listens=listening.listens(request.key.org))


@require_POST
@door(Action.EVENTS_WRITE)
def litellm(request: KeyRequest) -> HttpResponse:
    """Take in what a LiteLLM proxy's webhook sends."""
    listens, shared = listening.listens(request.key.org), request.key.shared
    return _take(request, "litellm", ingest.read_litellm, listens=listens, shared=shared)


@require_safe
@door(Action.EVENTS_WRITE)
def batch(request: KeyRequest, batch_id: int) -> HttpResponse:
    """What became of a batch: `new`, `duplicates` and `conflicts` once it is counted."""
    found = InboxBatch.objects.in_org(request.key).defer("body").filter(pk=batch_id).first()
    if found is None:
        return JsonResponse({"error": "There is no such batch."}, status=404)
    return JsonResponse({"batch": str(found.pk), **{name: getattr(found, name) for name in _OUTCOME}})


@require_safe
@door(Action.USAGE_VIEW)
def summary(request: KeyRequest) -> HttpResponse:
    """The overview of the days `from` to `to`, both included, in the organization's time zone; else of the last 30."""
    org, now = request.key.org, timezone.now()
    try:
        period = periods.asked(request.GET.get("from"), request.GET.get("to"), now=now, zone=org.zone)
    except ValueError as wrong:
        return JsonResponse({"error": str(wrong)}, status=422)
    cost = check(request.key, Action.USAGE_COST, org).allowed
    answer = summaries.summary(overviews.overview(org, period), cost=cost)
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")


def _take(request: KeyRequest, source: str, read: Callable[..., Sorted], **options: bool) -> HttpResponse:
    now = timezone.now()
    try:
        found = read(body.read(request), now, **options)
    except body.Unreadable as reason:
        return JsonResponse({"error": reason.error}, status=reason.status)
    batch = ingest.store(request.key.org, request.key, source, found, now)
    answer: dict[str, Any] = {"batch": str(batch.pk), "received": batch.received, "rejected": found.rejected}
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json", status=202)
