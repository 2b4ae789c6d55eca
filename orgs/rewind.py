"""What stood at a past moment: today's rows, taken back entry by entry through the audit log."""

from collections import Counter
from datetime import datetime
from typing import Any

from orgs import seats
from orgs.access import Action
from orgs.charges import Terms
from orgs.models import AuditEntry, Member, Organization, PlanPrice

OF_A_PLAN = "seats."  # how the log names the seats bought for a plan: `seats.expert`


def terms(org: Organization) -> Terms:
    """What `org` bought, as of now. 2 queries."""
    prices = dict(PlanPrice.objects.filter(org=org).values_list("plan", "price_nanos"))
    return Terms(org.seats, seats.bought(org), prices)


def terms_at(org: Organization, moment: datetime) -> Terms:
    """What `org` had bought at a past moment. 3 queries."""
    now = terms(org)
    total, bought, prices = now.seats, dict(now.bought), dict(now.prices)
    for entry in _since(org, moment, action__in=(Action.ORGANIZATION_TERMS, Action.SEATS_CHANGE)):
        total = entry.before.get("seats", total)
        prices = entry.detail.get("prices_before", prices)
        for name in entry.before.keys() | entry.after.keys():
            if name.startswith(OF_A_PLAN):
                bought[name.removeprefix(OF_A_PLAN)] = entry.before.get(name)
    return Terms(total, {plan: number for plan, number in bought.items() if number is not None}, prices)


def held_at(org: Organization, moment: datetime) -> Counter[str]:
    """How many held a seat of each plan at a past moment. 2 queries."""
    members = Member.objects.filter(org=org, joined_at__lt=moment).values_list("id", "plan", "removed_at")
    there = {pk: (plan, removed_at is None or removed_at >= moment) for pk, plan, removed_at in members}
    for entry in _since(org, moment, target_kind="member"):
        if entry.target_id in there:
            there[entry.target_id] = _taken_back(entry, *there[entry.target_id])
    return Counter(plan for plan, present in there.values() if present)


def _taken_back(entry: AuditEntry, plan: str, present: bool) -> tuple[str, bool]:
    """A member's plan, and whether they were there, before what `entry` tells happened."""
    before: dict[str, Any] = entry.before
    if entry.action == Action.MEMBER_JOIN:
        return plan, False
    if "removed_at" in before or "removed_at" in entry.after:
        present = before.get("removed_at") is None
    return before.get("plan", plan), present


def _since(org: Organization, moment: datetime, **which: Any) -> Any:
    """Entries after a moment, newest first."""
    return AuditEntry.objects.filter(org=org, at__gte=moment, **which).order_by("-seq").iterator()
