"""Coming in by single sign-on: which provider is yours, off to it, and back."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import adapter, links, oidc
from orgs.forms import sso as forms
from orgs.queries import sso as queries
from orgs.web import page

FORM, AHEAD = "orgs/sso.html", "orgs/sso_ahead.html"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sso(request: Any) -> HttpResponse:
    """The address says whose provider it is. Every other address gets one and the same answer."""
    if request.method != "POST":
        return page(request, FORM, {"form": forms.Address(initial={"next": request.GET.get("next", "")})})
    form = forms.Address(request.POST)
    provider = queries.for_address(form.cleaned_data["email"]) if form.is_valid() else None
    if provider is None:
        if form.is_valid():
            form.add_error("email", _("No single sign-on is known for this address. Sign in another way."))
        return page(request, FORM, {"form": form}, status=422)
    return _ahead(request, provider, form.cleaned_data["next"])


def _ahead(request: Any, provider: Any, url: str) -> HttpResponse:
    """Where one goes from here: the one page whose forms may lead to the provider."""
    endpoint = provider.app.settings["discovered"]["authorization_endpoint"]
    context = {"provider": provider, "host": oidc.origin(endpoint), "next": url}
    return leading_to(endpoint, page(request, AHEAD, context))


def leading_to(endpoint: str, response: HttpResponse) -> HttpResponse:
    """Let the forms of this one page lead to where `endpoint` is: browsers hold redirects to the page's policy too."""
    response._csp_update = {"form-action": [oidc.origin(endpoint)]}  # type: ignore[attr-defined]
    return response


@login_not_required
@require_POST
def leave(request: Any, provider_id: int) -> HttpResponse:
    provider = queries.in_use(provider_id)
    if provider is None:
        raise Http404
    url = request.POST.get("next", "")
    here = url if links.is_here(request, url) else "/"
    return adapter.start(request, provider, process=adapter.LOGIN, url=here)


@login_not_required
@require_safe
def back(request: Any, provider_id: int) -> HttpResponse:
    return adapter.finish(request, provider_id)
