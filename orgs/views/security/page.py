"""The page itself, and its first parts: second factor, session length, allowed ways to sign in."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import security as forms
from orgs.queries import domains, sso
from orgs.queries import security as queries
from orgs.web import ConsoleRequest, done, page, posted

PAGE, PANEL = "orgs/security.html", "orgs/security_second_factor.html"
MANY = 10  # more than that locked out at once: the name is typed (look.md)


@require_safe
def security(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ORGANIZATION_EDIT, request.org)
    return page(request, PAGE, fresh(request))


def fresh(request: ConsoleRequest) -> dict[str, Any]:
    """All that the page shows, as it is now."""
    request.org.refresh_from_db()
    request.member.org = request.org
    shown = queries.security(request.member, timezone.now())
    return {
        "security": shown,
        "session_form": forms.Session(initial={"session_hours": shown.session_hours}),
        "ways_form": forms.Ways(initial={"ways": request.org.sign_in_ways}),
        "domains": domains.listed(request.member, timezone.now()),
        "sso": sso.page(request.member),
    }


def here(request: ConsoleRequest) -> str:
    return reverse("security", args=[request.org.slug])


# ---------------------------------------------------------------- second factor


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ORGANIZATION_EDIT, request.org)
    now, org = timezone.now(), request.org
    locked = queries.locked_out(request.member, now)
    name = org.name if locked.count > MANY else ""
    form = forms.SecondFactor(posted(request), now=now, zone=org.zone, name=name)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return page(request, PANEL, {"form": form, "locked": locked}, part="panel", status=status)
    actions.organizations.require_second_factor(request.member, org, starts_at=form.starts_at())
    return _required(request, _("A second factor is required."))


@require_POST
def second_factor_stop(request: ConsoleRequest) -> HttpResponse:
    actions.organizations.require_second_factor(request.member, request.org, starts_at=None)
    return _required(request, _("A second factor is no longer required."))


@require_POST
def second_factor_remind(request: ConsoleRequest) -> HttpResponse:
    count = actions.security.remind(request.member, request.org)
    return _required(request, ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", count) % {"n": count})


def _required(request: ConsoleRequest, message: str) -> HttpResponse:
    return done(request, PAGE, fresh(request), part="second_factor", message=message, url=here(request))


# ---------------------------------------------------------------- sessions and ways


@require_POST
def session(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ORGANIZATION_EDIT, request.org)
    form = forms.Session(request.POST)
    if not form.is_valid():
        return page(request, PAGE, fresh(request) | {"session_form": form}, part="session", status=422)
    actions.organizations.edit(request.member, request.org, changes=form.cleaned_data)
    return done(
        request, PAGE, fresh(request), part="session", message=_("The session length is saved."), url=here(request)
    )


@require_POST
def ways(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ORGANIZATION_EDIT, request.org)
    form = forms.Ways(request.POST)
    if not form.is_valid():
        return page(request, PAGE, fresh(request) | {"ways_form": form}, part="ways", status=422)
    actions.security.allow_ways(request.member, request.org, ways=form.cleaned_data["ways"])
    return done(
        request, PAGE, fresh(request), part="ways", message=_("The ways to sign in are saved."), url=here(request)
    )
