"""How a person likes their own screen: theme and time zone. They belong to no organization and are not governed."""

from contextlib import suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orgs.models import Member, Theme, User

COOKIE = "theme"  # of somebody who has not signed in
_YEAR = 365 * 24 * 3600


def set_timezone(user: User, name: str) -> None:
    """Tell this person's times by the clock of `name`; empty: by each organization's. One query."""
    User.objects.filter(pk=user.pk).update(timezone=name)


def set_theme(request: HttpRequest, response: HttpResponse, theme: str) -> None:
    """Keep the theme with the person, or in the browser of somebody who has not signed in. At most one query."""
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=Theme(theme))
    else:
        response.set_cookie(
            COOKIE, Theme(theme), max_age=_YEAR, httponly=True, secure=request.is_secure(), samesite="Lax"
        )


def theme_of(request: HttpRequest) -> str:
    """The theme that the browser of somebody who has not signed in asked for."""
    wanted = request.COOKIES.get(COOKIE, "")
    return wanted if wanted in Theme.values else Theme.AUTO


def use_clock(user: User, member: Member | None = None) -> None:
    """Tell the times of this request by the person's clock, else by the organization's."""
    name = user.timezone or (member.org.timezone if member else "")
    with suppress(ZoneInfoNotFoundError, ValueError):
        timezone.activate(ZoneInfo(name or "UTC"))
