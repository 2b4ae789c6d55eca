"""Ownership handed over: the offer, and the page where it is accepted or declined."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions, adapter
from orgs.forms import ownership as forms
from orgs.models import Member, OwnershipTransfer
from orgs.queries import ownership as queries
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, page, posted, see_other

PAGE = "orgs/ownership.html"


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: ConsoleRequest, member_id: int) -> HttpResponse:
    seen = Member.objects.visible_to(request.member).select_related("org", "user")
    member = get_object_or_404(seen, pk=member_id)
    panel = queries.offering(request.member, member, timezone.now())
    form = forms.Offer(posted(request))
    if not form.is_valid():
        home, back = _url(request, "members"), _url(request, "member", member.pk)
        return ask(request, panel, form, home=home, home_label=_("Members"), row=member, back=back)
    made = actions.ownership.offer(request.member, member, **form.cleaned_data)
    return _told(
        request, _("%(name)s has seven days to answer.") % {"name": member}, _url(request, "ownership", made.pk)
    )


@require_safe
def ownership(request: ConsoleRequest, transfer_id: int) -> HttpResponse:
    transfer = _find(request, transfer_id)
    return _page(request, transfer, _form(request, transfer, None))


@require_POST
def code(request: ConsoleRequest, transfer_id: int) -> HttpResponse:
    transfer = _find(request, transfer_id, offered_to=request.member)
    facts = {"org": str(request.org), "by": str(transfer.offered_by)}
    sent = adapter.mail_code(request, _purpose(transfer), facts)
    told = _("A code is on its way to %(email)s.") if sent else _("That was too often. Wait a few minutes.")
    return _told(request, told % {"email": request.member.user.email}, _url(request, "ownership", transfer.pk))


@require_POST
def accept(request: ConsoleRequest, transfer_id: int) -> HttpResponse:
    transfer = _find(request, transfer_id, offered_to=request.member)
    way, form = _way_to_prove(request, transfer), _form(request, transfer, request.POST)
    if way:
        return see_other(way)
    if transfer.is_open(timezone.now()) and not form.is_valid():
        return _page(request, transfer, form)
    actions.ownership.accept(request.member, transfer)
    adapter.forget_code(request)
    return _told(request, _("You are an Owner of %(org)s now.") % {"org": request.org}, _url(request, "overview"))


@require_POST
def decline(request: ConsoleRequest, transfer_id: int) -> HttpResponse:
    transfer = _find(request, transfer_id, offered_to=request.member)
    actions.ownership.decline(request.member, transfer)
    return _told(
        request, _("%(name)s is told that you declined.") % {"name": transfer.offered_by}, _url(request, "needs")
    )


@require_POST
def withdraw(request: ConsoleRequest, transfer_id: int) -> HttpResponse:
    transfer = _find(request, transfer_id)
    actions.ownership.withdraw(request.member, transfer)
    message = _("Your offer to %(name)s is taken back.") % {"name": transfer.offered_to}
    return _told(request, message, _url(request, "member", transfer.offered_to_id))


def _find(request: ConsoleRequest, transfer_id: int, **fields: Any) -> OwnershipTransfer:
    """An offer that the reader made or was made, or 404."""
    seen = OwnershipTransfer.objects.visible_to(request.member).filter(**fields)
    related = ("org", "offered_by__user", "offered_by__org", "offered_to__user", "offered_to__org")
    return get_object_or_404(seen.select_related(*related), pk=transfer_id)


def _purpose(transfer: OwnershipTransfer) -> str:
    return f"ownership {transfer.pk}"


def _form(request: ConsoleRequest, transfer: OwnershipTransfer, data: Any) -> forms.Accept:
    by_code = not adapter.has_second_factor(request.member.user)
    return forms.Accept(data, request=request, purpose=_purpose(transfer), by_code=by_code)


def _way_to_prove(request: ConsoleRequest, transfer: OwnershipTransfer) -> str:
    """Where a second factor is shown first; empty where it was, there is none, or nothing is left to do."""
    open_now = transfer.is_open(timezone.now())
    if not open_now or adapter.proved_second_factor(request) or not adapter.has_second_factor(request.member.user):
        return ""
    return adapter.way_to_prove_second_factor(request.member.user, back=_url(request, "ownership", transfer.pk))


def _page(request: ConsoleRequest, transfer: OwnershipTransfer, form: forms.Accept) -> HttpResponse:
    context: dict[str, Any] = {"offer": queries.offer(request.member, transfer, timezone.now()), "form": form}
    context |= {"mailed": adapter.was_code_mailed(request, _purpose(transfer))}
    context |= {"proved": adapter.proved_second_factor(request)}
    return page(request, PAGE, context, status=422 if form.errors else 200)


def _url(request: ConsoleRequest, name: str, *args: int) -> str:
    return reverse(name, args=[request.org.slug, *args])


def _told(request: ConsoleRequest, message: str, url: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(url)
