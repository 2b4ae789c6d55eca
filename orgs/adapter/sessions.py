"""What allauth knows of sessions: where somebody is signed in, since when, and how that begins and ends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import AddEmailForm
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orgs.models import User

SIGNED_IN_AT: Final = "signed_in_at"  # in a session: seconds since 1970


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody is signed in: what the browser called itself, the address it came from, when it was last seen."""

    id: int
    key: str
    browser: str
    ip: str
    signed_in_at: datetime
    last_seen_at: datetime


def devices(user_id: int) -> list[Device]:
    """Where this person is signed in now, the latest first. One query."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user_id=user_id, session_key__in=alive).order_by("-last_seen_at")
    return [Device(r.pk, r.session_key, r.user_agent, r.ip or "", r.created_at, r.last_seen_at) for r in rows]


def end_sessions(user_ids: Iterable[int]) -> int:
    """Sign these people out everywhere; how many sessions that ended. 1 query, and 2 a session."""
    sessions = list(UserSession.objects.filter(user_id__in=list(user_ids)))
    for session in sessions:
        session.end()
    return len(sessions)


def is_ended(request: HttpRequest) -> bool:
    """Whether this very session was ended meanwhile. One query."""
    return not request.session.exists(request.session.session_key or "")


def end_session(user: User, session_id: int) -> bool:
    """End one session of this person; whether there was one."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is not None:
        session.end()
    return session is not None


def end_other_sessions(request: HttpRequest) -> int:
    """Sign the person out everywhere but here; how many sessions that ended."""
    others = list(UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))
    for session in others:
        session.end()
    return len(others)


def keep_only_this_session(request: HttpRequest) -> None:
    """End the person's other sessions and give this one a new key: what a thief has copied is worth nothing."""
    request.session.cycle_key()
    end_other_sessions(request)
    UserSession.objects.create_from_request(request)


def note_seen(request: HttpRequest) -> None:
    """Note that the session is in use, from where and with which browser. One query."""
    browser = request.META.get("HTTP_USER_AGENT", "")[: UserSession._meta.get_field("user_agent").max_length]
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=timezone.now(), ip=get_adapter().get_client_ip(request), user_agent=browser
    )


def signed_in_at(request: HttpRequest) -> datetime | None:
    seconds = request.session.get(SIGNED_IN_AT)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def sign_in(request: HttpRequest, user: User, *, url: str) -> HttpResponse:
    """Sign in somebody who came by a link sent to their address, and go to `url`."""
    record_authentication(request, user, method="code", email=user.email, by_link=True)
    response: HttpResponse = perform_login(request, Login(user=user, email=user.email, redirect_url=url))
    return response


def sign_out(request: HttpRequest) -> None:
    """End this session. Whatever it held is gone."""
    logout(request, show_message=False)


def reauthenticated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in only who proved a moment ago that it is them; others prove it first and come back."""
    wrapped: Callable[..., HttpResponse] = reauthentication_required(view)
    return wrapped


def is_too_fast(request: HttpRequest, action: str) -> bool:
    """Whether more came from this network address than ACCOUNT_RATE_LIMITS lets it do; this time counts."""
    return not ratelimit.consume(request, action=action)


def start_address_change(request: HttpRequest, email: str) -> list[str]:
    """Send a code to the new address; what is wrong with it, if anything. allauth's page takes the code."""
    from orgs.access import Refused
    from orgs.actions import account  # deeds ask the engine, and the engine asks this module

    user: Any = request.user
    try:
        account.account_stays_in_its_single_sign_on(user, email)
    except Refused as refusal:
        return [str(refusal)]
    form = AddEmailForm(user=user, data={"email": email})
    if not form.is_valid():
        return [str(error) for error in form.errors["email"]]
    form.save(request)
    return []
