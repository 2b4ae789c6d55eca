"""Asking for access: one's own requests and how they stand; for Owners and Admins the queue, and their answers."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import requests as forms
from orgs.models import AccessRequest
from orgs.queries import requests as queries
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted

LIST = "orgs/requests.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    form = forms.Filter(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, LIST, _context(request, form), part="list", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    form = forms.Ask(posted(request), member=request.member, about=forms.About(request.GET))
    if not form.is_valid():
        return _ask(request, queries.asking_panel(request.member, form.wish(), offers=form.offers), form)
    made = actions.requests.ask(request.member, request.member, **form.asked())
    return _done(request, _("You asked for %(what)s.") % {"what": made.what})


@require_POST
def withdraw(request: ConsoleRequest, asked_id: int) -> HttpResponse:
    found = _find(request, asked_id)
    actions.requests.withdraw(request.member, found)
    return _done(request, _("You took back your request for %(what)s.") % {"what": found.what})


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: ConsoleRequest, asked_id: int) -> HttpResponse:
    found = _find(request, asked_id)
    require(request.member, Action.REQUEST_DECIDE, found.member)
    form = _terms(request, found)
    if not form.is_valid():
        return _ask(request, queries.granting(request.member, found), form, target="#requests")
    actions.requests.grant(request.member, found, **form.decided())
    said = _("%(email)s is invited.") if found.email else _("%(name)s has %(what)s now.")
    return _done(request, said % {"name": found.member, "what": found.what, "email": found.email})


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: ConsoleRequest, asked_id: int) -> HttpResponse:
    found = _find(request, asked_id)
    require(request.member, Action.REQUEST_DECIDE, found.member)
    form = forms.Decline(posted(request))
    if not form.is_valid():
        return _ask(request, queries.declining(request.member, found), form, target="#requests")
    actions.requests.decline(request.member, found, **form.cleaned_data)
    return _done(request, _("%(name)s is told that it is a no.") % {"name": found.member})


def _terms(request: ConsoleRequest, found: AccessRequest) -> forms.Grant | forms.Terms:
    """What whoever grants this says: until when, or as what somebody from outside is invited."""
    if found.kind == AccessRequest.Kind.INVITATION:
        return forms.Terms(posted(request), actor=request.member, request=found)
    return forms.Grant(posted(request), org=request.org, now=timezone.now(), wanted=found.wanted)


def _find(request: ConsoleRequest, asked_id: int) -> AccessRequest:
    """A request that the reader can see, or 404."""
    seen = AccessRequest.objects.visible_to(request.member).select_related("org", "member__user", "member__org")
    return get_object_or_404(seen, pk=asked_id)


def _context(request: ConsoleRequest, form: forms.Filter) -> dict[str, Any]:
    """The list under the filter of the URL: for those who decide what waits, unless they ask for more."""
    said = form.cleaned_data if form.is_valid() else {}
    first = "open" if request.member.administers and "state" not in request.GET else ""
    shown = queries.listing(request.member, said.get("state") or first, said.get("page") or 1)
    return {"list": shown, "states": queries.STATES, "form": form, "base": reverse("requests", args=[request.org.slug])}


def _ask(request: ConsoleRequest, panel: Panel, form: Form, *, target: str = "") -> HttpResponse:
    home, here = reverse("requests", args=[request.org.slug]), request.get_full_path()
    return ask(request, panel, form, home=home, home_label=_("Requests"), url=here, target=target)


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    """The list as it was filtered."""
    context = _context(request, forms.Filter(request.GET))
    said = urlencode({"state": request.GET["state"]} if "state" in request.GET else {})
    url = f"{context['base']}?{said}" if said else context["base"]
    return done(request, LIST, context, part="list", message=message, url=url)
