"""What the demo organizations bought and paid: seats of their plans, a year of invoices, Northwind's budget."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.people import Company
from orgs import actions, months
from orgs.actors import SYSTEM
from orgs.models import Member, Organization, Plan, PlanPrice, Role
from orgs.queries import billing

SEAT_PRICES = {"essential": 9, "standard": 19, "advanced": 39, "expert": 69}  # USD a month
BUDGETS = {"northwind": 15_000}  # USD a month, well above what the demo's usage costs
NANOS = 10**9


def seats_of(company: Company) -> int:
    """Seats in all: what is held and room for a few; for a large organization, for a whole department."""
    bought = sum(company.seats.values())
    return bought + 100 if len(company.people) > 100 else bought


def prices(org: Organization, company: Company) -> list[PlanPrice]:
    """The price list; a small part of the seats is bound to Expert."""
    bound = {Plan.EXPERT.value: company.seats["expert"] + (20 if len(company.people) > 100 else 0)}
    return [
        PlanPrice(org=org, plan=plan, price_nanos=price * NANOS, seats=bound.get(plan))
        for plan, price in SEAT_PRICES.items()
    ]


def bill(org: Organization, now: datetime) -> None:
    """Set the budget, and issue the invoices of the past year as they would have come; those due are paid.

    Twice changes nothing.
    """
    if org.slug in BUDGETS:
        owner = Member.objects.filter(org=org, role=Role.OWNER).select_related("user", "org").earliest("ordinal")
        actions.billing.set_budget(owner, org, budget_nanos=BUDGETS[org.slug] * NANOS, stops=True)
    for other, month in list(billing.due(now)):
        if other != org:
            continue
        issued = months.end_of(org, month) + timedelta(hours=6)
        invoice = actions.billing.issue(SYSTEM, org, month=month, dated=issued)
        if invoice is not None and issued + timedelta(days=9) < now:
            actions.billing.pay(SYSTEM, invoice, by="transfer", at=issued + timedelta(days=9))
