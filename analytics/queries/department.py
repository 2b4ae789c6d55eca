"""What the teams of a department used, for its page."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.queries import breakdown
from analytics.queries.periods import DEFAULT_DAYS, full_days
from orgs.access import Action, check
from orgs.models import Department, Member
from orgs.queries.teams import Usage
from orgs.templatetags import ui


def used(actor: Member, department: Department, *, now: datetime) -> list[Usage]:
    """A table of the last 30 full days by team, cost where `actor` may see it; nothing for others. 4 queries."""
    if not check(actor, Action.USAGE_VIEW, actor.org):
        return []
    costs = check(actor, Action.USAGE_COST, actor.org).allowed
    heads = (_("Active members"), _("Conversations"), _("Messages"), _("AI responses"), *([_("Cost, USD")] * costs))
    period = full_days(DEFAULT_DAYS, now=now, zone=actor.org.zone)
    rows = breakdown.teams(actor.org, period, department=department.pk)
    lines = tuple(
        (row.name, _url(actor, row), tuple(zip(heads, _figures(row, costs=costs), strict=True))) for row in rows
    )
    title = _("Usage by team, last %(days)s days") % {"days": DEFAULT_DAYS}
    return [Usage(title, heads, lines)] if lines else []


def _url(actor: Member, row: breakdown.Row) -> str:
    return f"{reverse('overview', args=[actor.org.slug])}?team={row.key}"


def _figures(row: breakdown.Row, *, costs: bool) -> tuple[str, ...]:
    counts = (row.active_members, row.conversations, row.messages, row.responses)
    figures = tuple(ui.number(count) for count in counts)
    return (*figures, ui.number(row.cost, 2)) if costs else figures
