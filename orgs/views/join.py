"""Where an invitation is accepted or declined. Its link, as it was mailed, proves the address it was sent to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions, adapter, links
from orgs.forms import join as forms
from orgs.models import Invitation
from orgs.queries import join as queries
from orgs.queries import newcomer
from orgs.web import page, see_other

PAGE, GONE = "orgs/join.html", "orgs/join_gone.html"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Any, token: str) -> HttpResponse:
    invitation = actions.invitations.find(token)
    if invitation is None:
        return page(request, GONE, {}, status=404)
    who = queries.visitor(request.user, invitation)
    if request.method == "POST" and who != queries.SOMEBODY_ELSE:
        return {queries.INVITED: _accept, queries.SIGNED_OUT: _to_sign_in, queries.NEW: _start}[who](
            request, invitation
        )
    return _shown(request, invitation, who, forms.Newcomer(email=invitation.email, initial={"name": invitation.name}))


@login_not_required
@require_POST
def decline(request: Any, token: str) -> HttpResponse:
    invitation = actions.invitations.find(token)
    if invitation is None:
        return page(request, GONE, {}, status=404)
    if queries.visitor(request.user, invitation) == queries.SOMEBODY_ELSE:
        return _shown(request, invitation, queries.SOMEBODY_ELSE)
    actions.invitations.decline(invitation)
    return page(request, "orgs/join_declined.html", {"org": invitation.org})


def _shown(request: Any, invitation: Invitation, who: str, form: Any = None) -> HttpResponse:
    status = 403 if who == queries.SOMEBODY_ELSE else 422 if form and form.errors else 200
    return page(request, PAGE, {"offer": queries.offer(invitation), "who": who, "form": form}, status=status)


def _accept(request: Any, invitation: Invitation) -> HttpResponse:
    member = actions.invitations.accept(request.user, invitation)
    messages.success(request, _("Welcome to %(org)s.") % {"org": invitation.org})
    return see_other(newcomer.landing(member))


def _to_sign_in(request: Any, invitation: Invitation) -> HttpResponse:
    return redirect_to_login(request.path)


def _start(request: Any, invitation: Invitation) -> HttpResponse:
    form = forms.Newcomer(request.POST, email=invitation.email)
    if not form.is_valid():
        return _shown(request, invitation, queries.NEW, form)
    mailed = links.is_mailed(invitation, request.GET.get("mail", ""))
    member = actions.invitations.accept_as_new(invitation, mailed=mailed, **form.cleaned_data)
    return adapter.sign_in(request, member.user, url=newcomer.landing(member))
