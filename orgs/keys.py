"""The door for machines: a service key in `Authorization: Bearer …` becomes `request.key` and its organization."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from orgs.access import Action, check
from orgs.models import ServiceKey

MARK = "stw_"
SHOWN = 10  # characters of a key that are kept to tell it apart: its mark and six of its 256 bits in base64
_SEEN_EVERY = timedelta(minutes=1)


class KeyRequest(HttpRequest):
    key: ServiceKey


def new_key() -> str:
    """A key of 256 random bits; whoever gets it is told once and the database never."""
    return MARK + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def door(action: Action) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a machine in that may do `action`: 401 without a living key, 403 without the scope, both as JSON.

    One query, and one a minute per key to note that it was used.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = _key_of(request)
            if key is None:
                answer = JsonResponse(
                    {"error": "Send a living service key as Authorization: Bearer <key>."}, status=401
                )
                answer["WWW-Authenticate"] = 'Bearer realm="Steward"'
                return answer
            decision = check(key, action, key.org)
            if not decision.allowed:
                return JsonResponse({"error": decision.reason, "rule": decision.deciding.rule}, status=403)
            request.key = key
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def _key_of(request: HttpRequest) -> ServiceKey | None:
    """The living key that the request carries. Looked up by the digest of the whole of it, so a prefix is nothing."""
    word, _, secret = request.headers.get("Authorization", "").partition(" ")
    if word != "Bearer" or not secret.startswith(MARK):
        return None
    now = timezone.now()
    key = ServiceKey.objects.select_related("org").alive(now).filter(digest=digest_of(secret)).first()
    if key is not None and (key.last_used_at is None or now - key.last_used_at > _SEEN_EVERY):
        ServiceKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
