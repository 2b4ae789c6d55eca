"""What a month costs by now, from the totals, and telling the ground floor where that means something for a budget."""

from datetime import date, datetime

from django.db.models import Sum

from analytics import subjects
from analytics.models import Ledger, UsageTotal
from orgs import actions, budgets, months
from orgs.actors import SYSTEM
from orgs.models import Organization


def month_cost(org: Organization, month: date) -> int:
    """What a calendar month has cost by now, in nano-USD. 2 queries.

    Days are told in the zone of the organization's ledger: for some minutes after a change of zone, the one before.
    """
    ledger = Ledger.objects.filter(org=org).first()
    if ledger is None:
        return 0
    days = UsageTotal.objects.filter(org_id=ledger.book, subject=subjects.ORGANIZATION, dimension="")
    within = days.filter(day__range=(month, months.last_day(month)))
    return within.aggregate(cost=Sum("cost_nanos"))["cost"] or 0


def watch(now: datetime) -> int:
    """Act where this month's cost warns of a budget, stops usage, or lets it go on; how many budgets were looked at.

    One query, and 2 for each organization with a budget; a transaction only where something changes.
    """
    watched = list(Organization.objects.exclude(budget_nanos=None).filter(suspended_at=None))
    for org in watched:
        month = months.month_of(org, now)
        cost = month_cost(org, month)
        if budgets.judged(org, cost_nanos=cost, at=now) != budgets.standing(org):
            actions.billing.spent(SYSTEM, org, cost_nanos=cost, month=month)
    return len(watched)
