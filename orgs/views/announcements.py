"""What everybody is told above every page: the list, a new one, taking one down."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions, links, screen
from orgs.access import Action, require
from orgs.forms.announcements import Announce
from orgs.forms.requests import Page
from orgs.models import Announcement
from orgs.queries import announcements as queries
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted, see_other, wants_part

LIST = "orgs/announcements.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ANNOUNCEMENT_MANAGE, request.org)
    return page(request, LIST, _context(request), part="list")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ANNOUNCEMENT_MANAGE, request.org)
    form = Announce(posted(request), org=request.org, now=timezone.now())
    if not form.is_valid():
        home = reverse("announcements", args=[request.org.slug])
        return ask(request, queries.announcing(request.member), form, home=home, home_label=_("Announcements"))
    actions.announcements.announce(request.member, request.org, **form.cleaned_data)
    return _done(request, _("Everybody is told."))


@require_POST
def withdraw(request: ConsoleRequest, announcement_id: int) -> HttpResponse:
    require(request.member, Action.ANNOUNCEMENT_MANAGE, request.org)
    seen = Announcement.objects.visible_to(request.member).select_related("org")
    actions.announcements.withdraw(request.member, get_object_or_404(seen, pk=announcement_id))
    return _done(request, _("The announcement is taken down."))


@require_POST
def close(request: ConsoleRequest, announcement_id: int) -> HttpResponse:
    """Any member's, for themselves: back to where it was read; htmx takes the banner out of the page."""
    if not screen.close(request.member, announcement_id):
        raise Http404
    if wants_part(request):
        return HttpResponse()
    back = request.POST.get("next", "")
    return see_other(back if links.is_here(request, back) else reverse("overview", args=[request.org.slug]))


def _context(request: ConsoleRequest) -> dict[str, Any]:
    form = Page(request.GET)
    number = (form.cleaned_data["page"] if form.is_valid() else None) or 1
    return {"list": queries.listing(request.member, number, timezone.now())}


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    url = reverse("announcements", args=[request.org.slug])
    return done(request, LIST, _context(request), part="list", message=message, url=url)
