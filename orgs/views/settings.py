"""The organization's settings, for its Owners."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs import actions
from orgs.access import Action, require
from orgs.forms import settings as forms
from orgs.queries import outside
from orgs.queries import settings as queries
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ORGANIZATION_EDIT, request.org)
    if request.method == "POST":
        return _save(request)
    return page(request, PAGE, _fresh(request))


def _save(request: ConsoleRequest) -> HttpResponse:
    """What was typed comes back with the reason when it is no setting, or when somebody else saved meanwhile."""
    shown = queries.settings(request.org)
    form = forms.Settings(request.POST, initial=shown.values)
    if not form.is_valid():
        return page(request, PAGE, {"form": form, "settings": shown, "seen": form.cleaned_data.get("seen")}, status=422)
    seen = form.cleaned_data["seen"]
    if meanwhile := queries.meanwhile(request.org, seen):
        return page(request, PAGE, {"form": form, "settings": shown, "meanwhile": meanwhile}, status=409)
    actions.organizations.edit(request.member, request.org, changes=form.changes(), seen=seen)
    return done(request, PAGE, _fresh(request), part="form", message=_("The settings are saved."), url=_here(request))


def _fresh(request: ConsoleRequest) -> dict[str, Any]:
    request.org.refresh_from_db()
    shown = queries.settings(request.org)
    return {"form": forms.Settings(initial=shown.values), "settings": shown}


@require_http_methods(["GET", "HEAD", "POST"])
def guests(request: ConsoleRequest) -> HttpResponse:
    switch = outside.letting_guests_in(request.member, timezone.now())
    form = _switch(request, switch)
    if not form.is_valid():
        return _ask(request, switch, form)
    actions.organizations.let_guests_in(request.member, request.org, allowed=form.is_on())
    return _turned(request, _("Guests are let in.") if form.is_on() else _("No guests are let in."), on=form.is_on())


@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: ConsoleRequest) -> HttpResponse:
    switch = outside.sharing_outside(request.member)
    form = _switch(request, switch)
    if not form.is_valid():
        return _ask(request, switch, form)
    actions.organizations.let_share_outside(request.member, request.org, allowed=form.is_on())
    said = _("Conversations may be shared outside.") if form.is_on() else _("Nothing is shared outside.")
    return _turned(request, said, on=form.is_on())


def _switch(request: ConsoleRequest, switch: outside.Switch) -> forms.Switch:
    name = request.org.name if switch.panel.type_the_name else ""
    return forms.Switch(posted(request), turns=switch.turns, name=name)


def _ask(request: ConsoleRequest, switch: outside.Switch, form: forms.Switch) -> HttpResponse:
    """What turning the switch would do."""
    return ask(request, switch.panel, form, home=_here(request), home_label=_("Settings"), target="#outside")


def _turned(request: ConsoleRequest, message: str, *, on: bool) -> HttpResponse:
    """The card of both switches, and a toast that turns this one back."""
    undo = (request.path, [("allowed", "no" if on else "yes")])
    url, context = _here(request), _fresh(request)
    return done(request, PAGE, context, part="outside", message=message, url=url, undo=undo, target="#outside")


def _here(request: ConsoleRequest) -> str:
    return reverse("settings", args=[request.org.slug])
