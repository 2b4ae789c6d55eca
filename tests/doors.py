"""How tests come in: through the console as a person, or through the API as a machine.

console(cast.adam).post(f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": "left"}, hx=True)
api(secret).post("/api/v1/events", [{"id": "1", …}])
"""

import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from orgs.actors import Support
from orgs.models import Member, User


class Console(Client):
    """A browser in which at most one person is signed in. `hx=True` asks as htmx does.

    `proven`: they gave their password again a moment ago, as what changes an account asks for.
    """

    def __init__(self, person: Member | User | Support | None = None, *, proven: bool = False, **defaults: Any) -> None:
        super().__init__(raise_request_exception=True, **defaults)
        self.member = person if isinstance(person, Member) else None
        if person is not None:
            self._sign_in(person if isinstance(person, User) else person.user, proven)

    def _sign_in(self, user: User, proven: bool) -> None:
        """The session that allauth makes at a sign-in with a password, and that the page after it notes as used."""
        now = time.time()
        method = {"method": "password", "at": now, "email": user.email, "reauthenticated": proven}
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["account_authentication_methods"] = [method]
        session["account_authentication_methods_user"] = str(user.pk)
        session["seen_at"] = session["signed_in_at"] = int(now)
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        sessions = apps.get_model("usersessions", "UserSession")._default_manager
        sessions.create(user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="tests")

    def at(self, name: str, *args: Any) -> str:
        """The URL of that name in the member's own organization."""
        return reverse(name, args=[self.member.org.slug, *args])

    def generic(self, method: str, path: str, *args: Any, hx: bool = False, **extra: Any) -> HttpResponse:
        if hx:
            extra["headers"] = {"HX-Request": "true", **(extra.get("headers") or {})}
        return super().generic(method, path, *args, **extra)


class Api(Client):
    """A machine that sends JSON and carries a service key (None: carries nothing)."""

    def __init__(self, secret: str | None = None, **defaults: Any) -> None:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        super().__init__(**({"headers": headers} | defaults))

    def post(self, path: str, data: Any = None, content_type: str = "application/json", **extra: Any) -> HttpResponse:
        return super().post(path, data, content_type=content_type, **extra)


def console(person: Member | User | Support | None = None, **defaults: Any) -> Console:
    return Console(person, **defaults)


def api(secret: str | None = None, **defaults: Any) -> Api:
    return Api(secret, **defaults)


def litellm(secret: str | None = None) -> Api:
    """A LiteLLM proxy's guardrail, which has its key in a header of its own."""
    return Api(headers={"X-Api-Key": secret or ""})


def staff(user: User) -> Console:
    """A browser in which support staff with a second factor are signed in."""
    factors = apps.get_model("mfa", "Authenticator")._default_manager
    factors.get_or_create(user=user, type="totp", defaults={"data": {"secret": "kept elsewhere"}})
    return Console(user)
