"""Domains: claim one, prove it by DNS or by its postmaster, say whom it takes in, give it up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs import domains as names
from orgs.access import Action, require
from orgs.forms import security as forms
from orgs.models import Domain
from orgs.queries import domains as queries
from orgs.views.security.page import fresh, here
from orgs.web import ConsoleRequest, done, page, posted, see_other

PAGE, NEW, ONE, GIVE_UP = (f"orgs/{name}.html" for name in ("security", "domain_new", "domain", "domain_remove"))


@require_http_methods(["GET", "HEAD", "POST"])
def domain_new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    form = forms.Claim(posted(request))
    if request.method != "POST" or not form.is_valid():
        return page(request, NEW, {"form": form}, part="panel", status=422 if form.is_bound else 200)
    claim = actions.domains.claim(request.member, request.org, name=form.cleaned_data["name"])
    return see_other(reverse("security_domain", args=[request.org.slug, claim.pk]))


@require_safe
def domain(request: ConsoleRequest, domain_id: int) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    return page(request, ONE, _shown(_found(request, domain_id)))


@require_POST
def domain_check(request: ConsoleRequest, domain_id: int) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    found = _found(request, domain_id)
    answer = actions.domains.check(request.member, found)
    if answer.found:
        return _done(request, found, _("%(name)s is verified.") % {"name": found})
    return page(request, ONE, _shown(found) | {"trouble": answer.words}, part="whole")


@require_POST
def domain_mail(request: ConsoleRequest, domain_id: int) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    found = _found(request, domain_id)
    actions.domains.ask_postmaster(request.member, found)
    return _done(request, found, _("%(to)s gets a mail with a link.") % {"to": names.postmaster(found)})


@require_POST
def domain_admit(request: ConsoleRequest, domain_id: int) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    found = _found(request, domain_id)
    form = forms.Admit(request.POST)
    if not form.is_valid():
        return page(request, ONE, _shown(found) | {"form": form}, part="whole", status=422)
    actions.domains.admit(request.member, found, **form.cleaned_data)
    return _done(request, found, _("Saved: this holds from now on."))


@require_http_methods(["GET", "HEAD", "POST"])
def domain_remove(request: ConsoleRequest, domain_id: int) -> HttpResponse:
    require(request.member, Action.DOMAIN_MANAGE, request.org)
    found = _found(request, domain_id)
    if request.method != "POST":
        return page(request, GIVE_UP, {"domain": queries.one(found, timezone.now())}, part="panel")
    actions.domains.remove(request.member, found)
    message = _("%(name)s is no longer a domain of %(org)s.") % {"name": found, "org": request.org}
    return done(request, PAGE, fresh(request), part="domains", message=message, url=here(request))


def _found(request: ConsoleRequest, domain_id: int) -> Domain:
    return get_object_or_404(Domain.objects.visible_to(request.member), pk=domain_id)


def _shown(found: Domain) -> dict[str, Any]:
    shown = queries.one(found, timezone.now())
    return {"domain": shown, "form": forms.Admit(initial=shown.values)}


def _done(request: ConsoleRequest, found: Domain, message: str) -> HttpResponse:
    url = reverse("security_domain", args=[request.org.slug, found.pk])
    return done(request, ONE, _shown(found), part="whole", message=message, url=url)


# ---------------------------------------------------------------- for whoever reads the postmaster's mail


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def domain_proof(request: HttpRequest, secret: str) -> HttpResponse:
    claim = names.claimed_by(secret)
    if claim is None:
        return page(request, "orgs/domain_proof_gone.html", {}, status=404)
    if request.method != "POST":
        return page(request, "orgs/domain_proof.html", {"claim": claim})
    actions.domains.confirm(claim)
    messages.success(request, _("Thank you: %(name)s is verified for %(org)s.") % {"name": claim, "org": claim.org})
    return page(request, "orgs/domain_proof.html", {"claim": claim, "proven": True})
