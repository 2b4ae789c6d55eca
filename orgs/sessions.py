"""How long a sign-in lasts, and what becomes of what was typed when it ended meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import adapter, links, screen
from orgs.models import Organization

TYPED: Final = "typed"  # in a session: what was typed when the one before had ended
_SEEN: Final = "seen_at"
_TOUCH: Final = 300  # seconds between two notes that a session is in use; they keep it from ending as idle
_MOST: Final = 16_000  # characters of what was typed that are worth keeping
_SECRETS: Final = ("password", "csrf", "code", "secret", "token")


class SessionMiddleware:
    """Ends sign-ins that have lasted long enough, and sends whoever is not signed in to do that and come back.

    No query but, once in five minutes, the one that saves the session and the one that notes its use.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.user.is_authenticated:
            longest = settings.SESSION_STAFF_AGE if request.user.is_staff else settings.SESSION_ABSOLUTE_AGE
            if is_older(request, timedelta(seconds=longest)):
                adapter.sign_out(request)
            else:
                _note_use(request, timezone.now())
                screen.use_clock(request.user)
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        return _to_sign_in(request)


def is_older(request: HttpRequest, age: timedelta) -> bool:
    """Whether the person signed in longer ago than `age`. A session that does not know counts from now on."""
    at = adapter.signed_in_at(request)
    return at is not None and timezone.now() - at >= age


def has_ended_for(request: HttpRequest, org: Organization) -> HttpResponse | None:
    """Where an organization's own session length is over: the way to sign in again and come back."""
    if not is_older(request, timedelta(hours=org.session_hours)):
        return None
    adapter.sign_out(request)
    text = _("%(org)s asks for a new sign-in after %(hours)s h.")
    messages.info(request, text % {"org": org, "hours": org.session_hours})
    return _to_sign_in(request)


def _note_use(request: HttpRequest, now: datetime) -> None:
    seconds = int(now.timestamp())
    if seconds - request.session.get(_SEEN, 0) >= _TOUCH:
        request.session[_SEEN] = seconds
        request.session.setdefault(adapter.SIGNED_IN_AT, seconds)
        adapter.note_seen(request)


def _to_sign_in(request: Any) -> HttpResponse:
    """To the sign-in page, and from there back; what was typed into a form waits on a page of its own."""
    if request.method in ("GET", "HEAD") and not request.htmx:
        return redirect_to_login(request.get_full_path())
    page = links.asked_from(request)
    fields = _typed(request)
    if not fields or settings.SESSION_COOKIE_NAME not in request.COOKIES:  # strangers store nothing here
        return redirect_to_login(page)
    request.session[TYPED] = {"url": request.get_full_path(), "fields": fields, "page": page}
    return redirect_to_login(reverse("account_again"))


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that was sent, without secrets; nothing where they are too many to keep."""
    if request.method != "POST" or request.FILES:
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values if isinstance(value, str)]
    fields = [(name, value) for name, value in pairs if not any(word in name.lower() for word in _SECRETS)]
    return fields if sum(len(name) + len(value) for name, value in fields) <= _MOST else []
