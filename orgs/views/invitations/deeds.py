"""Deeds on one invitation: sending it again, changing what it offers, revoking it."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions, links
from orgs.access import Action, require
from orgs.forms import invitations as forms
from orgs.models import Invitation
from orgs.queries import invitations as queries
from orgs.web import ConsoleRequest, done, page

LIST, PANEL = "orgs/invitations.html", "orgs/invitations_panel.html"


@require_POST
def resend(request: ConsoleRequest, invitation_id: int) -> HttpResponse:
    invitation = find(request, invitation_id)
    actions.invitations.resend(request.member, invitation)
    row = queries.row(request.member, invitation)
    facts = {"email": invitation.email, "mail": row.mail}
    return _changed(request, row, _("%(email)s has a new link; the old one is dead. %(mail)s.") % facts)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: ConsoleRequest, invitation_id: int) -> HttpResponse:
    invitation = find(request, invitation_id)
    if request.method != "POST":
        return page(request, PANEL, _around(request, invitation, panel=queries.revoking(invitation)), part="panel")
    actions.invitations.revoke(request.member, invitation)
    message = _("The invitation of %(email)s is revoked.") % {"email": invitation.email}
    return _changed(request, queries.row(request.member, invitation), message)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ConsoleRequest, invitation_id: int) -> HttpResponse:
    invitation, posted = find(request, invitation_id), request.method == "POST"
    form = forms.Change(request.POST if posted else None, actor=request.member, invitation=invitation)
    if not form.is_valid():
        status = form.status if posted else 200
        return page(request, PANEL, _around(request, invitation, form=form), part="panel", status=status)
    actions.invitations.change(request.member, invitation, wanted=form.wanted())
    message = _("The invitation of %(email)s is changed. Its link stays.") % {"email": invitation.email}
    return _changed(request, queries.row(request.member, invitation), message)


def find(request: ConsoleRequest, invitation_id: int) -> Invitation:
    """An invitation of the organization, for those who may invite; 403 for others who belong here, else 404."""
    require(request.member, Action.MEMBER_INVITE, request.org)
    found = Invitation.objects.visible_to(request.member).select_related("org", "team", "department", "sponsor__user")
    return get_object_or_404(found, pk=invitation_id)


def _around(request: ConsoleRequest, invitation: Invitation, **more: Any) -> dict[str, Any]:
    base = reverse("invitations", args=[request.org.slug])
    return {"invitation": invitation, "url": request.path, "base": base, **more}


def _changed(request: ConsoleRequest, row: queries.Row, message: str) -> HttpResponse:
    """The invitation's row as it is now; without JavaScript the list as it was filtered."""
    base, came = reverse("invitations", args=[request.org.slug]), urlsplit(links.asked_from(request))
    back = f"{base}?{came.query}" if came.path == base and came.query else base
    return done(request, LIST, {"row": row, "base": base}, part="row", message=message, url=back)
