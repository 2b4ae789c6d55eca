"""Service keys: the list, making one (its secret is in that answer and nowhere else), revoking one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import keys as forms
from orgs.models import ServiceKey
from orgs.queries import keys as queries
from orgs.web import ConsoleRequest, done, page

PAGE, NEW, REVOKE = "orgs/keys.html", "orgs/keys_new.html", "orgs/keys_revoke.html"


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.KEY_MANAGE, request.org)
    if request.method == "POST":
        return _make(request)
    return page(request, PAGE, {"keys": queries.keys(request.member, timezone.now())})


@require_safe
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.KEY_MANAGE, request.org)
    return page(request, NEW, {"form": forms.Key(withheld=queries.withheld(request.member))}, part="panel")


def _make(request: ConsoleRequest) -> HttpResponse:
    """The one answer that holds the secret: no redirect, for the secret is kept nowhere to show it after one."""
    form = forms.Key(request.POST, withheld=queries.withheld(request.member))
    if not form.is_valid():
        return page(request, NEW, {"form": form}, part="panel", status=422)
    asked = form.cleaned_data
    end, wanted = form.ends_at(request.org.zone), {name: asked[name] for name in ("name", "scopes", "shared")}
    key, secret = actions.keys.make(request.member, request.org, ends_at=end, **wanted)
    context = {"made": key, "secret": secret, "keys": queries.keys(request.member, timezone.now())}
    return page(request, "orgs/keys_made.html", context, part="panel")


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: ConsoleRequest, key_id: int) -> HttpResponse:
    require(request.member, Action.KEY_MANAGE, request.org)
    key = get_object_or_404(ServiceKey.objects.visible_to(request.member), pk=key_id)
    if request.method != "POST":
        return page(request, REVOKE, {"key": queries.row(key, timezone.now())}, part="panel")
    actions.keys.revoke(request.member, key)
    context = {"keys": queries.keys(request.member, timezone.now())}
    message, url = _("%(name)s is revoked.") % {"name": key}, reverse("keys", args=[request.org.slug])
    return done(request, PAGE, context, part="keys", message=message, url=url)
