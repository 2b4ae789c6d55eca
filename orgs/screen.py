"""How a person likes their own screen: theme, time zone, which news they have read. Nothing of it is governed."""

from contextlib import suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orgs.models import Announcement, Member, Theme, User

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


def close(member: Member, announcement_id: int) -> bool:
    """Show this news to `member` no more; whether they are told it now and may close it. Twice changes nothing. 2
    queries.

    News that is about a page may be closed: it stays there to be read. What an administrator announces may not.
    """
    told = Announcement.objects.filter(org=member.org_id, pk=announcement_id).exclude(about="").first()
    if told is None or not told.is_shown(timezone.now()):
        return False
    if not told.is_closed_by(member):
        Member.objects.filter(pk=member.pk).update(news_closed_until=told.starts_at)
    return True
