"""The page of guests: who they are, until when, and what can be done about that."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs import actions, guests
from orgs.forms import guests as forms
from orgs.models import Kind, Member
from orgs.queries import guests as queries
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/guests.html"
Undo = tuple[str, list[tuple[str, str]]] | None


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    form = forms.Filter(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, PAGE, _context(request, form), part="list", status=status)


def _context(request: ConsoleRequest, form: forms.Filter) -> dict[str, Any]:
    form.is_valid()
    shown = queries.listing(request.member, form.filters(), timezone.now(), **form.place())
    return {"list": shown, "form": form, "base": reverse("guests", args=[request.org.slug])}


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, now = _find(request, member_id), timezone.now()
    panel, before = queries.extending(request.member, member, now), member.ends_at
    start = {"ends_on": max(guests.last_day(member), now.astimezone(request.org.zone).date())}
    form = forms.Extend(posted(request), org=request.org, now=now, initial=start)
    if not form.is_valid():
        return _ask(request, member, panel, form)
    actions.guests.extend(request.member, member, ends_at=form.ends_at())
    message = _("%(name)s stays until %(day)s.") % _day_of(member)
    return _changed(request, member, message, _back(request, member, before))


@require_http_methods(["GET", "HEAD", "POST"])
def sponsor(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = _find(request, member_id)
    panel, form = queries.sponsoring(request.member, member), _sponsor_form(request)
    if not form.is_valid():
        return _ask(request, member, panel, form, people=form.likely())
    before = member.sponsor
    actions.guests.change_sponsor(request.member, member, sponsor=form.cleaned_data["member"])
    url = reverse("guests_sponsor", args=[request.org.slug, member.pk])
    undo: Undo = (url, [("member", str(before.pk))]) if before and before != member.sponsor else None
    message = _("%(sponsor)s vouches for %(name)s now.") % {"name": member, "sponsor": member.sponsor}
    return _changed(request, member, message, undo)


def _sponsor_form(request: ConsoleRequest) -> forms.Sponsor:
    return forms.Sponsor(posted(request), actor=request.member, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, now = _find(request, member_id), timezone.now()
    panel, before = queries.ending(request.member, member, now), member.ends_at
    form = forms.Nothing(posted(request))
    if not form.is_valid():
        return _ask(request, member, panel, form)
    undo = _back(request, member, before)
    actions.guests.end(request.member, member)
    return _changed(request, member, _("The stay of %(name)s is over.") % {"name": member}, undo)


def _find(request: ConsoleRequest, member_id: int) -> Member:
    """A guest that the reader can see, or 404."""
    seen = Member.objects.visible_to(request.member).filter(kind=Kind.GUEST)
    return get_object_or_404(seen.select_related("org", "user", "sponsor__user"), pk=member_id)


def _day_of(member: Member) -> dict[str, Any]:
    return {"name": member, "day": date_format(guests.last_day(member), "j M Y")}


def _back(request: ConsoleRequest, member: Member, before: Any) -> Undo:
    """What sets the end that stood there, where that can be set again."""
    if not queries.is_within_reach(member, before, timezone.now()):
        return None
    was = Member(org=member.org, ends_at=before)
    url = reverse("guests_extend", args=[request.org.slug, member.pk])
    return url, [("ends_on", guests.last_day(was).isoformat())]


def _ask(request: ConsoleRequest, member: Member, panel: Panel, form: Form, **more: Any) -> HttpResponse:
    """What a deed on a guest would do, in the list as it is filtered."""
    above = {"home": reverse("guests", args=[request.org.slug]), "home_label": _("Guests")}
    back, here = reverse("member", args=[request.org.slug, member.pk]), request.get_full_path()
    return ask(request, panel, form, **above, row=member, back=back, url=here, target="#guests", **more)


def _changed(request: ConsoleRequest, member: Member, message: str, undo: Undo) -> HttpResponse:
    """The list as it was filtered, and a toast that takes the deed back where that is one."""
    context = _context(request, forms.Filter(request.GET))
    said = urlencode(context["form"].filters().said())
    url = f"{context['base']}?{said}" if said else context["base"]
    if undo is not None:
        undo = (f"{undo[0]}?{said}" if said else undo[0], undo[1])
    return done(request, PAGE, context, part="list", message=message, url=url, undo=undo, target="#guests")
