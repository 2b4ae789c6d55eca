"""How somebody who is signed in proves a moment before a grave deed that it is them: a second factor, else a code."""

import secrets
import time
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from orgs.models import User

MAILED: Final = "mailed_code"  # in a session: what the code is for, its digest, until when, how often it was tried
GOOD_FOR: Final = 900  # seconds
TRIES: Final = 5


def proved_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session a moment ago. A password alone is none. No query."""
    records = [r for r in get_authentication_records(request, request.user) if r.get("method") == "mfa"]
    return any(time.time() - record["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)


def way_to_prove_second_factor(user: User, *, back: str) -> str:
    """The page that takes the person's second factor, and leads to `back`. One query."""
    has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    page = "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn"
    return f"{reverse(page)}?{urlencode({'next': back})}"


def mail_code(request: HttpRequest, purpose: str, facts: dict[str, Any]) -> bool:
    """Mail the person a code that is good for `purpose` alone, in this session; False where they asked too often."""
    user: Any = request.user
    if not ratelimit.consume(request, action="request_login_code", key=user.email):
        return False
    code = f"{secrets.randbelow(10**6):06}"
    until = int(time.time()) + GOOD_FOR
    request.session[MAILED] = {"for": purpose, "digest": _digest(purpose, code), "until": until, "tries": 0}
    get_adapter().send_mail("account/email/proving_code", user.email, {**facts, "code": code})
    return True


def was_code_mailed(request: HttpRequest, purpose: str) -> bool:
    """Whether a code for `purpose` can still be typed."""
    mailed = request.session.get(MAILED) or {}
    return mailed.get("for") == purpose and mailed["until"] > time.time() and mailed["tries"] < TRIES


def is_code(request: HttpRequest, purpose: str, typed: str) -> bool:
    """Whether `typed` is the code that was mailed for `purpose`; five tries, then another one is to be asked for."""
    if not was_code_mailed(request, purpose):
        return False
    mailed = request.session[MAILED]
    mailed["tries"] += 1
    request.session[MAILED] = mailed
    return constant_time_compare(mailed["digest"], _digest(purpose, typed.strip().replace(" ", "")))


def forget_code(request: HttpRequest) -> None:
    """A code is good for one deed."""
    request.session.pop(MAILED, None)


def _digest(purpose: str, code: str) -> str:
    return salted_hmac(f"mailed code {purpose}", code, algorithm="sha256").hexdigest()
