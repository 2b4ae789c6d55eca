"""The door for machines: a service key in `Authorization: Bearer …` becomes `request.key` and its organization."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from orgs import subjects
from orgs.access import TABLE, Action, ask
from orgs.decision import Decision
from orgs.keeping import Keeper
from orgs.line import Line
from orgs.models import ServiceKey
from orgs.subjects import Subject
from orgs.together import Together

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


def bearer(request: HttpRequest) -> str:
    """What follows `Authorization: Bearer`."""
    word, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret if word == "Bearer" else ""


def x_api_key(request: HttpRequest) -> str:
    """What `X-Api-Key` holds: where the caller's protocol leaves no choice."""
    return str(request.META.get("HTTP_X_API_KEY", ""))


_SENT_AS: dict[Callable[[HttpRequest], str], str] = {
    bearer: "Authorization: Bearer <key>",
    x_api_key: "X-Api-Key: <key>",
}


def door(
    action: Action, sent: Callable[[HttpRequest], str] = bearer, *, decides: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a machine in that may do `action`: 401 without a living key, 403 without the scope, both as JSON.

    `sent` finds the key in the request, in that one way. Where the view `decides`, the key of a suspended organization
    gets in as well: what it asks for is refused there, in the words of a decision.

    One query, shared with those who ask at the same time; 2 where this process does not know the key as it is now, and
    one a minute per key to note that it was used.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            known = _key_of(sent(request))
            if known is None:
                answer = JsonResponse({"error": f"Send a living service key as {_SENT_AS[sent]}."}, status=401)
                answer["WWW-Authenticate"] = 'Bearer realm="Steward"'
                return answer
            key = known.key
            decision = ask(known.subject, action, key.org, None, {})
            if not decision.allowed and not (decides and _is_closed_alone(decision, key, action)):
                return JsonResponse({"error": decision.reason, "rule": decision.deciding.rule}, status=403)
            request.key = key
            return view(request, *args, **kwargs)

        return guarded

    return wrap


class _Known(NamedTuple):
    """A key with its organization as they were read under an `access_version`, and as the engine knows it."""

    version: int
    key: ServiceKey
    subject: Subject


_known: dict[str, _Known] = {}  # per process: digest →
_keeper = Keeper(10_000)
line = Line(
    "SELECT o.access_version FROM orgs_servicekey k JOIN orgs_organization o ON o.id = k.org_id "
    "WHERE k.digest = %s AND k.revoked_at IS NULL"
)
_versions = Together(line.numbers)


def _is_closed_alone(decision: Decision, key: ServiceKey, action: Action) -> bool:
    """Whether nothing is in the way of a key but that its organization is suspended."""
    return decision.deciding.rule == "membership/organization_suspended" and TABLE[action].scope in key.scopes


def _key_of(secret: str) -> _Known | None:
    """The living key of this secret. Looked up by the digest of the whole of it, so a prefix is nothing."""
    if not secret.startswith(MARK):
        return None
    now, digest = timezone.now(), digest_of(secret)
    known = _kept(digest) or _read(digest)
    if known is None or not known.key.is_alive(now):
        return None
    key = known.key
    if key.last_used_at is None or now - key.last_used_at > _SEEN_EVERY:
        ServiceKey.objects.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
    return known


def _kept(digest: str) -> _Known | None:
    """The key that this process knows, where it is as it was: what a key may never changes, only that it ends.

    One indexed read, for all requests together that wait for one.
    """
    known = _known.get(digest)
    return known if known is not None and _versions.ask(digest) == known.version else None


def _read(digest: str) -> _Known | None:
    """The key as the database has it, kept for the next request."""
    key = ServiceKey.objects.select_related("org").filter(digest=digest).first()
    if key is None:
        return None
    found = _Known(key.org.access_version, key, subjects.of(key))
    _keeper.keep(_known, digest, found)
    return found
