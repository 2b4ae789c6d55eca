"""Billing: seats, the budget, and invoices."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs import actions, tables
from orgs.access import Action, require
from orgs.forms import billing as forms
from orgs.models import Invoice
from orgs.queries import billing as queries
from orgs.templatetags.ui import amount
from orgs.web import ConsoleRequest, done, page, posted

PAGE, PANEL = "orgs/billing.html", "orgs/billing_panel.html"


@require_safe
def billing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.BILLING_VIEW, request.org)
    form = forms.Page(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, PAGE, _shown(request, form) | {"form": form}, part="invoices", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.SEATS_CHANGE, request.org)
    form = forms.Seats(posted(request), org=request.org)
    wanted = _weighed(request, form)
    if wanted is None or form.errors or request.method != "POST":
        context = {"form": form, "cost": wanted, "deed": "seats"}
        return page(request, PANEL, context, part="panel", status=_status(form, wanted))
    total, plans = form.wanted()
    actions.seats.change(request.member, request.org, total=total, plans=plans)
    return _changed(request, _("The seats are changed. The next invoice charges them."))


@require_safe
def seats_cost(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.SEATS_CHANGE, request.org)
    form = forms.Seats(request.GET, org=request.org)
    context = {"form": form, "cost": _weighed(request, form), "deed": "seats"}
    return page(request, PANEL, context, part="cost")


def _weighed(request: ConsoleRequest, form: forms.Seats) -> queries.Cost | None:
    """What the seats of the form cost; what they cannot be is noted beside its field. None: it holds no numbers."""
    if form.is_bound and not form.is_valid():
        return None
    total, plans = form.wanted() if form.is_bound else (request.org.seats, {})
    cost = queries.cost_of(request.org, total, plans, timezone.now())
    for name, reason in cost.obstacles.items() if form.is_bound else ():
        form.add_error(name, reason)
    return cost


def _status(form: forms.Seats, cost: queries.Cost | None) -> int:
    """A number that is none is 422; one that cannot be had as things stand, 409."""
    if not form.errors:
        return 200
    return 422 if cost is None else 409


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.BUDGET_SET, request.org)
    org = request.org
    form = forms.Budget(posted(request), initial={"budget": amount(org.budget_nanos), "stops": org.budget_stops})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "budget": queries.budget(org, timezone.now()), "deed": "budget"}
        return page(request, PANEL, context, part="panel", status=422 if form.is_bound else 200)
    actions.billing.set_budget(request.member, org, **form.values())
    return _changed(request, _("The budget is set."))


@require_safe
def invoice(request: ConsoleRequest, invoice_id: int) -> HttpResponse:
    found = _find(request, invoice_id)
    return page(request, "orgs/invoice.html", {"invoice": found, "how": queries.how(found)})


@require_safe
def invoice_lines(request: ConsoleRequest, invoice_id: int) -> HttpResponseBase:
    found = _find(request, invoice_id)
    return tables.download(f"{found.number}.csv", queries.COLUMNS, queries.lines([found]))


@require_safe
def invoices(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.BILLING_VIEW, request.org)
    found = Invoice.objects.visible_to(request.member)
    return tables.download(f"{request.org.slug}-invoices.csv", queries.COLUMNS, queries.lines(found))


def _find(request: ConsoleRequest, invoice_id: int) -> Invoice:
    require(request.member, Action.BILLING_VIEW, request.org)
    return get_object_or_404(Invoice.objects.visible_to(request.member).select_related("org"), pk=invoice_id)


def _shown(request: ConsoleRequest, form: forms.Page | None = None) -> dict[str, Any]:
    return {"shown": queries.billing(request.member, timezone.now(), **form.place() if form else {})}


def _changed(request: ConsoleRequest, message: str) -> HttpResponse:
    request.org.refresh_from_db()
    url = reverse("billing", args=[request.org.slug])
    return done(request, PAGE, _shown(request), part="figures", message=message, url=url)
