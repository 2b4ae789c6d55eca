"""Single sign-on: connect the organization's provider, test it, say whom it takes in, enforce it."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions, adapter, oidc
from orgs.access import Action, require
from orgs.forms import sso as forms
from orgs.models import IdentityProvider
from orgs.queries import sso as queries
from orgs.views.security.page import fresh, here
from orgs.views.sso import leading_to
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/security.html"
CONNECT, TEST, ADMIT, ENFORCE, REMOVE = (
    f"orgs/sso_{name}.html" for name in ("connect", "test", "admit", "enforce", "remove")
)


@require_http_methods(["GET", "HEAD", "POST"])
def sso_connect(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.SSO_MANAGE, request.org)
    shown = queries.page(request.member)
    form = forms.Provider(posted(request), **queries.typed(shown))
    if request.method != "POST" or not form.is_valid():
        return page(request, CONNECT, {"form": form, "sso": shown}, part="panel", status=422 if form.is_bound else 200)
    asked, secret = form.cleaned_data, form.cleaned_data["client_secret"]
    known = {name: asked[name] for name in ("client_id", "trusts_addresses")}
    actions.sso.set_up(request.member, request.org, secret=secret, discovered=form.found, **known)
    return _done(request, _("Connected. Test it now: go through it and come back."))


@require_http_methods(["GET", "HEAD", "POST"])
def sso_test(request: ConsoleRequest) -> HttpResponse:
    provider = _provider(request)
    endpoint = provider.app.settings["discovered"]["authorization_endpoint"]
    if request.method != "POST":
        shown = page(request, TEST, {"host": oidc.origin(endpoint), "sso": queries.page(request.member)})
        return leading_to(endpoint, shown)
    return adapter.start(request, provider, process=adapter.TEST, url=here(request))


@require_http_methods(["GET", "HEAD", "POST"])
def sso_admit(request: ConsoleRequest) -> HttpResponse:
    provider = _provider(request)
    form = forms.Admit(posted(request), initial=queries.admission(provider))
    if request.method != "POST" or not form.is_valid():
        return page(request, ADMIT, {"form": form}, part="panel", status=422 if form.is_bound else 200)
    actions.sso.admit(request.member, provider, **form.cleaned_data)
    return _done(request, _("Saved: this holds from now on."))


@require_http_methods(["GET", "HEAD", "POST"])
def sso_enforce(request: ConsoleRequest) -> HttpResponse:
    provider = _provider(request)
    if request.method != "POST":
        context = {"bound": queries.bound(request.member, timezone.now()), "sso": queries.page(request.member)}
        return page(request, ENFORCE, context, part="panel")
    actions.sso.enforce(request.member, provider)
    return _done(request, _("Single sign-on is enforced."))


@require_POST
def sso_stop(request: ConsoleRequest) -> HttpResponse:
    actions.sso.stop_enforcing(request.member, _provider(request))
    return _done(request, _("Single sign-on is no longer enforced."))


@require_http_methods(["GET", "HEAD", "POST"])
def sso_remove(request: ConsoleRequest) -> HttpResponse:
    provider = _provider(request)
    if request.method != "POST":
        return page(request, REMOVE, {"sso": queries.page(request.member)}, part="panel")
    actions.sso.disconnect(request.member, provider)
    return _done(request, _("The provider is gone. Nobody signs in by it any more."))


def _provider(request: ConsoleRequest) -> IdentityProvider:
    require(request.member, Action.SSO_MANAGE, request.org)
    found = queries.of(request.org)
    if found is None:
        raise Http404
    return found


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    url = reverse("security", args=[request.org.slug])
    return done(request, PAGE, fresh(request), part="sso", message=message, url=url)
