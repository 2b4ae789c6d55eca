"""The monthly budget: what a month's cost means for it. Pure: the clock and the cost are given.

Owners are warned at 80 %, once a month. At 100 % a hard stop, where it was chosen, holds until the month is over.
"""

from datetime import date, datetime
from typing import NamedTuple

from orgs import months
from orgs.models import Organization

STATE = ("budget_warned_month", "budget_stopped_until", "budget_spent_nanos")


class Standing(NamedTuple):
    """What an organization's row says of its budget, in the order of STATE."""

    warned_month: date | None
    stopped_until: datetime | None
    spent_nanos: int | None


def standing(org: Organization) -> Standing:
    return Standing(org.budget_warned_month, org.budget_stopped_until, org.budget_spent_nanos)


def judged(org: Organization, *, cost_nanos: int, at: datetime) -> Standing:
    """What the row should say when this month has cost so much by now.

    It is the same until something changes for somebody: a stop that ended with its month stays written, and one in
    force keeps the cost at which it began.
    """
    month, budget = months.month_of(org, at), org.budget_nanos
    warned, was = org.budget_warned_month, standing(org)
    if budget is not None and cost_nanos * 5 >= budget * 4:
        warned = month
    if budget is not None and org.budget_stops and cost_nanos >= budget:
        until = months.end_of(org, month)
        same = was.stopped_until == until and was.spent_nanos is not None
        return Standing(warned, until, was.spent_nanos if same else cost_nanos)
    if is_stopped(org, at):
        return Standing(warned, None, None)
    return was._replace(warned_month=warned)


def is_stopped(org: Organization, at: datetime) -> bool:
    return org.budget_stopped_until is not None and at < org.budget_stopped_until


def is_near(org: Organization, at: datetime) -> bool:
    """Whether its Owners were warned this month."""
    return org.budget_nanos is not None and org.budget_warned_month == months.month_of(org, at)
