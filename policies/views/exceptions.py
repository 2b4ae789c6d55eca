"""The page of exceptions: who has one, granting and ending one."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.access import Action, require
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted
from policies import actions
from policies.forms import exceptions as forms
from policies.models import UseCaseException
from policies.queries import exceptions as queries

LIST = "policies/exceptions.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    form = forms.Find(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, LIST, _context(request, form), part="list", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: ConsoleRequest) -> HttpResponse:
    panel = queries.granting(request.member)
    form = forms.Grant(posted(request), actor=request.member, begun=request.GET)
    if not form.is_valid():
        return _ask(request, panel, form)
    made = actions.exceptions.grant(request.member, request.org, **form.granted())
    return _done(request, _("The exception for %(use_case)s is granted.") % {"use_case": made})


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ConsoleRequest, exception_id: int) -> HttpResponse:
    seen = UseCaseException.objects.visible_to(request.member).select_related("org", "member__user")
    found = get_object_or_404(seen, pk=exception_id)
    require(request.member, Action.EXCEPTION_GRANT, found)
    form = forms.Nothing(posted(request))
    if not form.is_valid():
        return _ask(request, queries.ending_early(request.member, found, timezone.now()), form)
    actions.exceptions.end(request.member, found)
    return _done(request, _("The exception for %(use_case)s is over.") % {"use_case": found})


def _context(request: ConsoleRequest, form: forms.Find) -> dict[str, Any]:
    shown = queries.listed(request.member, now=timezone.now(), **form.asked())
    return {"list": shown, "form": form, "base": reverse("exceptions", args=[request.org.slug])}


def _ask(request: ConsoleRequest, panel: Panel, form: Form) -> HttpResponse:
    home, here = reverse("exceptions", args=[request.org.slug]), request.get_full_path()
    return ask(request, panel, form, home=home, home_label=_("Exceptions"), url=here, target="#exceptions")


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    """The list as it was filtered."""
    context = _context(request, forms.Find(request.GET))
    said = urlencode({name: request.GET[name] for name in ("q", "state") if request.GET.get(name)})
    url = f"{context['base']}?{said}" if said else context["base"]
    return done(request, LIST, context, part="list", message=message, url=url)
