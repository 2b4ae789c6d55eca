"""What one member used, for their own page."""

from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from analytics.models import MemberDay, book_of
from analytics.queries.periods import DEFAULT_DAYS, full_days
from orgs.access import Action, check
from orgs.models import Member
from orgs.templatetags import ui


def used(actor: Member, member: Member, *, now: datetime) -> list[tuple[str, str]]:
    """Labels and figures of the last 30 full days, as far as `actor` may see them; nothing for others. 2 queries."""
    if not check(actor, Action.USAGE_VIEW, member):
        return []
    period = full_days(DEFAULT_DAYS, now=now, zone=member.org.zone)
    mine = MemberDay.objects.filter(org_id=book_of(member.org_id), member=member.pk)
    days = mine.filter(day__range=(period.first, period.last))
    sums = {n: Sum(n) for n in ("messages", "responses", "files", "integration_calls", "cost_nanos")}
    found = days.filter(messages__gt=0).aggregate(days=Count("day", distinct=True)) | days.aggregate(**sums)
    figures = [
        (_("Active days"), found["days"]),
        (_("Messages"), found["messages"]),
        (_("AI responses"), found["responses"]),
        (_("Files"), found["files"]),
        (_("Integration calls"), found["integration_calls"]),
    ]
    shown = [(label, ui.number(figure or 0)) for label, figure in figures]
    if check(actor, Action.USAGE_COST, member):
        shown.append((_("Cost"), ui.money(found["cost_nanos"] or 0)))
    return shown
