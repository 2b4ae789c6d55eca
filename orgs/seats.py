"""Seats: what an organization bought, and what is taken of it.

Everybody who was not removed holds a seat of their plan, suspended or not; an invitation that is open holds one for
whom it was sent to, against further invitations and against buying fewer.
"""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.models import Invitation, Member, Organization, Plan, PlanPrice


def held(org: Organization) -> Counter[str]:
    """How many hold a seat of each plan. One query."""
    rows = Member.objects.filter(org=org).holding_a_seat().order_by().values_list("plan")
    return Counter(dict(rows.annotate(Count("id"))))


def invited(org: Organization) -> Counter[str]:
    """How many seats of each plan wait for somebody invited: open and not expired. One query."""
    waiting = Invitation.objects.filter(org=org, expires_at__gt=timezone.now()).open()
    return Counter(dict(waiting.order_by().values_list("plan").annotate(Count("id"))))


def bought(org: Organization) -> dict[str, int]:
    """How many seats were bought for a plan, where it is bound to any. One query."""
    rows = PlanPrice.objects.filter(org=org, seats__isnull=False).values_list("plan", "seats")
    return {plan: seats for plan, seats in rows if seats is not None}


def obstacles(org: Organization, total: int | None, plans: Mapping[str, int | None]) -> dict[str, str]:
    """Why an organization cannot have just these seats, by what is wrong: `total` or a plan. 4 queries."""
    taken, found = held(org) + invited(org), {}
    priced = set(PlanPrice.objects.filter(org=org).values_list("plan", flat=True))
    if not priced and total != org.seats:
        found["total"] = _("No price was agreed on yet. Ask Steward's support.")
    elif total is None and org.seats is not None:
        found["total"] = _("Say how many.")
    elif total is not None and total < taken.total():
        found["total"] = _("%(taken)s are held or promised to people who were invited.") % {"taken": taken.total()}
    for plan, seats in plans.items():
        if seats is not None and plan not in priced:
            found[plan] = _("%(plan)s has no price yet. Ask Steward's support.") % {"plan": Plan(plan).label}
        elif seats is not None and seats < taken[plan]:
            found[plan] = _("%(taken)s are held or promised to people who were invited.") % {"taken": taken[plan]}
    bound = sum(seats or 0 for seats in plans.values())
    if total is not None and bound > total and "total" not in found:
        found["total"] = _("The plans have %(bound)s seats between them, which is more.") % {"bound": bound}
    return found
