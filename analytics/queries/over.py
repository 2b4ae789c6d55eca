"""Who used more than an amount of late: what a limit that is about to be set would have meant (product.md 4)."""

from datetime import datetime

from django.db.models import Count, Q, Sum

from analytics.models import MemberDay, book_of
from analytics.queries.periods import DEFAULT_DAYS, full_days
from orgs import months
from orgs.models import Organization


def messages(org: Organization, amount: int, *, now: datetime) -> dict[int, tuple[int, int]]:
    """Member id → on how many of the last 30 full days they sent more than `amount`, and on how many anything.

    Only those who did at least once. On the day of a move a member's teams count by themselves. One query.
    """
    period = full_days(DEFAULT_DAYS, now=now, zone=org.zone)
    days = MemberDay.objects.filter(org_id=book_of(org.pk), day__range=(period.first, period.last), messages__gt=0)
    above = Count("day", distinct=True, filter=Q(messages__gt=amount))
    found = days.values("member").annotate(above=above, all=Count("day", distinct=True)).filter(above__gt=0)
    return {member: (over, wrote) for member, over, wrote in found.values_list("member", "above", "all")}


def cost(org: Organization, amount: int, *, now: datetime) -> dict[int, tuple[int, int]]:
    """Member id → (1, 1) for those who cost more than `amount` nano-USD in the last full month. One query."""
    month = months.before(months.month_of(org, now))
    days = MemberDay.objects.filter(org_id=book_of(org.pk), day__range=(month, months.last_day(month)))
    found = days.values("member").annotate(cost=Sum("cost_nanos")).filter(cost__gt=amount)
    return dict.fromkeys(found.values_list("member", flat=True), (1, 1))
