"""What the billing page shows: seats, the next invoice, the budget; and the invoices that were issued or are due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef
from django.utils.translation import gettext as _

from orgs import budgets, charges, hooks, months, payments, rewind, seats
from orgs.actions.billing import DUE_DAYS
from orgs.models import Edition, Invoice, Member, Organization, Plan, PlanPrice
from orgs.queries import pages
from orgs.templatetags.ui import amount

LONGEST = 12  # months that are made up for at most
COLUMNS = ("number", "month", "plan", "text", "quantity", "price_usd", "amount_usd", "issued_at", "due", "paid_at")


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a plan, or of all (`plan` empty). `free` is None where any number may come.

    Suspended members are among those who hold one. `bound`: some were bought for this plan alone.
    """

    plan: str
    label: str
    price_nanos: int | None
    bought: int | None
    held: int
    suspended: int
    invited: int
    free: int | None

    @property
    def bound(self) -> bool:
        return self.bought is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """An invoice that is not issued yet, as it would be if the month ended now."""

    month: date
    last_day: date
    due_day: date
    lines: tuple[charges.Line, ...]
    total_nanos: int


@dataclass(frozen=True, slots=True)
class Budget:
    """The month's budget and what is spent of it; `share` may pass 1."""

    nanos: int | None
    stops: bool
    month: date
    cost_nanos: int
    share: float
    near: bool
    stopped_until: datetime | None


@dataclass(frozen=True, slots=True)
class Billing:
    edition: str
    has_prices: bool
    seats: tuple[Seats, ...]
    total: Seats
    next: Preview
    budget: Budget
    invoices: "Invoices"


@dataclass(frozen=True, slots=True)
class Invoices:
    """A page of invoices, the newest first. `previous` and `next` are months to page to (empty: nothing there)."""

    rows: tuple[Invoice, ...]
    total: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a month costs with other seats: by the lines it would have, and how much that is more (or less) than now."""

    preview: Preview
    more_nanos: int
    obstacles: dict[str, str]

    @property
    def change_nanos(self) -> int:
        return abs(self.more_nanos)


def billing(actor: Member, now: datetime, **place: date | None) -> Billing:
    """Everything on the page. 8 queries, and those of the hook `month_cost`."""
    org, terms = actor.org, rewind.terms(actor.org)
    rows, total = _seats(org, terms)
    held = {row.plan: row.held for row in rows}
    return Billing(
        edition=str(Edition(org.edition).label),
        has_prices=bool(terms.prices),
        seats=rows,
        total=total,
        next=_preview(org, terms, held, now),
        budget=budget(org, now),
        invoices=invoices(actor, **place),
    )


def _seats(org: Organization, terms: charges.Terms) -> tuple[tuple[Seats, ...], Seats]:
    held, invited = seats.held(org), seats.invited(org)
    away = Member.objects.filter(org=org).holding_a_seat().exclude(suspended_at=None).order_by()
    suspended = dict(away.values_list("plan").annotate(Count("id")))
    rows = tuple(
        _row(plan, str(plan.label), terms.prices.get(plan), terms.bought.get(plan), held[plan], of, invited[plan])
        for plan in Plan
        for of in (suspended.get(plan, 0),)
    )
    whole = _row("", _("In all"), None, terms.seats, held.total(), sum(suspended.values()), invited.total())
    return rows, whole


def _row(
    plan: str, label: str, price: int | None, bought: int | None, held: int, suspended: int, invited: int
) -> Seats:
    free = None if bought is None else max(0, bought - held - invited)
    return Seats(plan, label, price, bought, held, suspended, invited, free)


def _preview(org: Organization, terms: charges.Terms, held: dict[str, int], now: datetime) -> Preview:
    month = months.month_of(org, now)
    lines = charges.lines(terms, held)
    due = months.following(month) + timedelta(days=DUE_DAYS)
    return Preview(month, months.last_day(month), due, lines, charges.total(lines))


def budget(org: Organization, now: datetime) -> Budget:
    """The budget and what this month has cost. The queries of the hook `month_cost`."""
    month = months.month_of(org, now)
    cost = sum(hooks.call("month_cost", org, month))
    return Budget(
        nanos=org.budget_nanos,
        stops=org.budget_stops,
        month=month,
        cost_nanos=cost,
        share=cost / org.budget_nanos if org.budget_nanos else 0.0,
        near=budgets.is_near(org, now),
        stopped_until=org.budget_stopped_until if budgets.is_stopped(org, now) else None,
    )


def cost_of(org: Organization, total: int | None, plans: dict[str, int | None], now: datetime) -> Cost:
    """What these seats would cost a month, and why they cannot be had, if so. 7 queries."""
    terms, held = rewind.terms(org), dict(seats.held(org))
    chosen = {**terms.bought, **plans}
    wanted = charges.Terms(total, {plan: n for plan, n in chosen.items() if n is not None}, terms.prices)
    then = _preview(org, wanted, held, now)
    more = then.total_nanos - charges.total(charges.lines(terms, held))
    return Cost(then, more, seats.obstacles(org, total, plans))


# ---------------------------------------------------------------- invoices


def due(now: datetime) -> Iterator[tuple[Organization, date]]:
    """Months that are over and have no invoice yet, of organizations with prices; a year back at most. One query.

    Those that were looked at and cost nothing are not due any more.
    """
    priced = Organization.objects.filter(Exists(PlanPrice.objects.filter(org=OuterRef("pk"))))
    looked_at = priced.annotate(invoiced=Max("invoices__first_day"), free=Max("free_months__first_day"))
    for org in looked_at.order_by("pk"):
        this, last = months.month_of(org, now), max(filter(None, (org.invoiced, org.free)), default=None)
        month = months.following(last) if last else months.month_of(org, org.created_at)
        month = max(month, this.replace(year=this.year - LONGEST // 12))
        while month < this:
            yield org, month
            month = months.following(month)


def unpaid(now: datetime) -> Iterable[Invoice]:
    """Invoices for which the provider has not said within a day that it cannot take the money, the oldest first."""
    waiting = Invoice.objects.filter(paid_at=None).exclude(asked_at__gt=now - payments.AGAIN)
    return waiting.select_related("org").order_by("issued_at")


def invoices(actor: Member, *, after: date | None = None, before: date | None = None) -> Invoices:
    """The invoices that `actor` may see: those of months before `after`, or since `before`. 2 queries, at any size."""
    found, edge, backwards = Invoice.objects.visible_to(actor), before or after, before is not None
    stretch = pages.Stretch(found, ("first_day",), (edge,) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    return Invoices(
        rows=tuple(rows),
        total=pages.count(found)[0],
        previous=rows[0].first_day.isoformat() if earlier else "",
        next=rows[-1].first_day.isoformat() if later else "",
    )


def how(invoice: Invoice) -> str:
    """How an invoice is to be paid, or was, in one sentence. No query."""
    if invoice.paid_at is None:
        return payments.provider().how(invoice)
    return _("Paid by %(means)s.") % {"means": invoice.paid_by}


def lines(invoices: Iterable[Invoice]) -> Iterator[tuple[Any, ...]]:
    """The lines of invoices as a table of COLUMNS. No query beyond theirs."""
    for invoice in invoices:
        for line in invoice.lines:
            yield (
                invoice.number,
                f"{invoice.first_day:%Y-%m}",
                line["plan"],
                line["text"],
                line["quantity"],
                amount(line["price_nanos"]),
                amount(line["amount_nanos"]),
                invoice.issued_at,
                invoice.due_day,
                invoice.paid_at,
            )
