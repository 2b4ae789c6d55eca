"""The hot door for decisions: OpenID AuthZEN Authorization API 1.0, plain views on msgspec (product.md 5)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from orgs.access import Action
from orgs.keys import KeyRequest, door
from workspaces.decisions import answers, search, wire

_ENDPOINTS = {
    "access_evaluation_endpoint": "decision",
    "access_evaluations_endpoint": "decisions",
    "search_subject_endpoint": "decisions_who",
    "search_resource_endpoint": "decisions_what",
    "search_action_endpoint": "decisions_which",
}


def _told(view: Callable[[KeyRequest], Any]) -> Callable[[KeyRequest], HttpResponse]:
    """Answer with what `view` gives, as JSON; what cannot be answered is said with its status."""

    @wraps(view)
    def answered(request: KeyRequest) -> HttpResponse:
        try:
            answer = view(request)
        except wire.Malformed as malformed:
            return JsonResponse({"error": malformed.error}, status=malformed.status)
        return HttpResponse(msgspec.json.encode(answer), content_type="application/json")

    return answered


@require_POST
@door(Action.DECISIONS_READ, decides=True)
@_told
def evaluation(request: KeyRequest) -> Any:
    """May somebody do something? Always 200: a refusal is `{"decision": false}` with its reasons."""
    return answers.sent(request.key.org, wire.body(request), now=timezone.now())


@require_POST
@door(Action.DECISIONS_READ, decides=True)
@_told
def evaluations(request: KeyRequest) -> Any:
    """Many questions at once, as of one moment; an item that is broken is answered no and breaks no other."""
    return answers.many(request.key.org, wire.read_many(request), now=timezone.now())


@require_POST
@door(Action.DECISIONS_READ, decides=True)
@_told
def search_subject(request: KeyRequest) -> Any:
    """Who may do it?"""
    return search.who(request.key.org, wire.read(request, wire.SubjectSearch), now=timezone.now())


@require_POST
@door(Action.DECISIONS_READ, decides=True)
@_told
def search_resource(request: KeyRequest) -> Any:
    """To what may they do it?"""
    return search.what(request.key.org, wire.read(request, wire.ResourceSearch), now=timezone.now())


@require_POST
@door(Action.DECISIONS_READ, decides=True)
@_told
def search_action(request: KeyRequest) -> Any:
    """What may they do to it?"""
    return search.which(request.key.org, wire.read(request, wire.ActionSearch), now=timezone.now())


@require_safe
@login_not_required
def discovery(request: HttpRequest) -> JsonResponse:
    """Where decisions are asked for, under the address by which this was asked. No query."""
    base = _base(request)
    return JsonResponse(
        {"policy_decision_point": base, **{name: base + reverse(door) for name, door in _ENDPOINTS.items()}}
    )


def _base(request: HttpRequest) -> str:
    """The installation's own address; another one of ALLOWED_HOSTS where it was asked by that."""
    host = request.get_host()
    own: str = settings.PUBLIC_BASE_URL
    return own if host == urlsplit(own).netloc else f"{request.scheme}://{host}"
