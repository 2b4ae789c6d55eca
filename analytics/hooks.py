"""What usage does when something happens below. Named in settings under HOOKS."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import budgets, tasks
from analytics.models import InboxBatch, MemberDay, UsageTotal, book_of
from analytics.queries import department, freshness, over, person
from analytics.subjects import ORGANIZATION
from orgs.models import Department, Member, Organization
from orgs.queries.teams import Usage
from orgs.tasks import kick
from orgs.templatetags.ui import number
from policies.models import Limit


def rezone(org: Organization) -> None:
    """Recount an organization's days in its new time zone, after the commit and outside of it.

    Until that is done its totals, and what arrives meanwhile, are told in the old one.
    """
    transaction.on_commit(partial(kick, tasks.rezone))


def counted_until(org: Organization, now: datetime) -> datetime:
    """Until when all that was sent is counted: now, while nothing of it waits. One query."""
    waiting = InboxBatch.objects.waiting().filter(org=org).aggregate(first=Min("received_at"))["first"]
    return waiting or now


def being_recounted(org: Organization) -> list[str]:
    """That the days of `org` are being counted anew, and in which zone figures are told until then. One query."""
    zone, now = freshness.recounting(org)
    if now is None:
        return []
    words = {"to": now.to, "zone": zone, "done": number(now.done), "total": number(now.total)}
    if not now.total:
        return [_("The days are about to be counted anew in %(to)s; until then figures are told in %(zone)s.") % words]
    return [
        _(
            "The days are being counted anew in %(to)s: %(done)s of %(total)s events are done. "
            "Until then figures are told in %(zone)s."
        )
        % words
    ]


def member_used(actor: Member, member: Member) -> list[tuple[str, str]]:
    """What a member used of late, for their page. 2 queries."""
    return person.used(actor, member, now=timezone.now())


def month_cost(org: Organization, month: date) -> int:
    """What a calendar month has cost by now, in nano-USD. 2 queries."""
    return budgets.month_cost(org, month)


def models_seen(org: Organization) -> list[str]:
    """The models that usage of the last ninety days names, by name. One query."""
    since = timezone.now().astimezone(org.zone).date() - timedelta(days=90)
    days = UsageTotal.objects.filter(org_id=book_of(org.pk), subject=ORGANIZATION, dimension="model", day__gte=since)
    return sorted(days.exclude(value="").values_list("value", flat=True).distinct())


def department_used(actor: Member, row: Department) -> list[Usage]:
    """What the teams of a department used of late, for its page. 4 queries."""
    return department.used(actor, row, now=timezone.now())


def members_who_wrote(org: Organization, member_ids: Collection[int]) -> set[int]:
    """Those of these members of whom usage holds a message, whenever it was. 2 queries."""
    days = MemberDay.objects.filter(org_id=book_of(org.pk), member__in=list(member_ids), messages__gt=0)
    return set(days.values_list("member", flat=True))


def used_over(org: Organization, kind: str, amount: int, now: datetime) -> dict[int, tuple[int, int]]:
    """Who lately used more than `amount` of what a limit of a kind counts: see `over`. At most one query."""
    counted = {Limit.Kind.MESSAGES_DAY: over.messages, Limit.Kind.COST_MONTH: over.cost}.get(Limit.Kind(kind))
    return counted(org, amount, now=now) if counted is not None else {}
