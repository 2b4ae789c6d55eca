"""Joining by an address in an organization's domain: ask for the link, come by it; and the queue of those who ask."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions, adapter
from orgs import joining as links
from orgs.access import Action, require
from orgs.forms import joining as forms
from orgs.forms.join import Newcomer
from orgs.forms.sso import Address
from orgs.models import JoinRequest
from orgs.queries import joining as queries
from orgs.web import ConsoleRequest, done, page, posted, refusal, see_other

ASK, SENT, HERE, QUEUE = (f"orgs/joining{name}.html" for name in ("", "_sent", "_here", "_queue"))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def joining(request: Any) -> HttpResponse:
    """Every address gets the same answer; those that may join, a mail as well."""
    if request.method == "POST" and adapter.is_too_fast(request, "joining"):
        return refusal(request, 429, _("Too many addresses were tried from here. Wait a minute, then try again."))
    form = Address(posted(request))
    if request.method != "POST" or not form.is_valid():
        return page(request, ASK, {"form": form}, status=422 if form.is_bound else 200)
    links.send_link(form.cleaned_data["email"])
    return page(request, SENT, {"email": form.cleaned_data["email"]})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: Any, secret: str) -> HttpResponse:
    found = links.proven(secret)
    if found is None:
        return page(request, "orgs/joining_gone.html", {}, status=404)
    domain, email = found
    if queries.has_account(email):
        return _read(request, email)
    form = Newcomer(posted(request), email=email)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "domain": domain, "email": email}
        return page(request, HERE, context, status=422 if form.is_bound else 200)
    person = actions.joining.come_in(domain, None, email=email, **form.cleaned_data)
    return adapter.sign_in(request, person, url=reverse("home"))


def _read(request: Any, email: str) -> HttpResponse:
    """Whoever has an account signs in and comes back: then it is known that they read the mails of this address."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if request.user.email.lower() == email:
        request.session[links.READ] = email
    return see_other(reverse("home"))


@require_POST
def now(request: Any) -> HttpResponse:
    """What the domain of one's own address offers, taken, once the link that was mailed there was opened.

    An account alone does not show whose mailbox it is: whoever invites sees the link by which it was made.
    """
    user, offer = request.user, links.offer(request.user)
    if offer is None:
        raise Http404
    if request.session.get(links.READ) != user.email.lower():
        return _mailed(request)
    actions.joining.come_in(offer.domain, user, email=user.email)
    asked = _("You have asked to join %(org)s. You get a mail when it is decided.")
    text = _("Welcome to %(org)s.") if offer.joins else asked
    messages.success(request, text % {"org": offer.org})
    return see_other(reverse("overview", args=[offer.domain.org.slug]) if offer.joins else reverse("home"))


def _mailed(request: Any) -> HttpResponse:
    links.send_link(request.user.email)
    text = _("A link is on its way to %(email)s. Open it here: it shows that the address is yours. Then join.")
    messages.info(request, text % {"email": request.user.email})
    return see_other(reverse("home"))


# ---------------------------------------------------------------- the queue


@require_safe
def queue(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.JOIN_DECIDE, request.org)
    form = forms.Filter(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, QUEUE, _listed(request, form), part="queue", status=status)


def _listed(request: ConsoleRequest, form: forms.Filter) -> dict[str, Any]:
    shown = queries.queue(request.member, **form.asked())
    base = reverse("joiners", args=[request.org.slug])
    return {"queue": shown, "states": queries.STATES, "form": form, "base": base}


@require_POST
def accept(request: ConsoleRequest, request_id: int) -> HttpResponse:
    found = _found(request, request_id)
    actions.joining.accept(request.member, found)
    return _done(request, _("%(name)s is a member now.") % {"name": found.user})


@require_POST
def decline(request: ConsoleRequest, request_id: int) -> HttpResponse:
    found = _found(request, request_id)
    actions.joining.decline(request.member, found)
    return _done(request, _("%(name)s is told that it is a no.") % {"name": found.user})


def _found(request: ConsoleRequest, request_id: int) -> JoinRequest:
    require(request.member, Action.JOIN_DECIDE, request.org)
    return get_object_or_404(JoinRequest.objects.visible_to(request.member), pk=request_id)


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    """Who waits now, from the beginning: whoever was answered is no place to page from."""
    form = forms.Filter({})
    form.is_valid()
    context = _listed(request, form)
    return done(request, QUEUE, context, part="queue", message=message, url=context["base"])
