"""Deeds on money: the monthly budget and what becomes of it, invoices and their payment."""

import re
from datetime import date, datetime, timedelta
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from orgs import budgets, charges, hooks, mails, months, rewind
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, act, raise_version
from orgs.models import FreeMonth, Invoice, Member, Organization, Role
from orgs.templatetags.ui import day, money

DUE_DAYS = 14


def set_budget(actor: Actor, org: Organization, *, budget_nanos: int | None, stops: bool) -> None:
    """Set what a calendar month may cost (None: anything), and whether usage stops there.

    This month is held against it at once: a budget above what was spent reopens usage, one below may stop it.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.BUDGET_SET, org) as entry:
        if org.budget_nanos != budget_nanos:
            org.budget_warned_month = None  # another budget warns anew
        org.budget_nanos, org.budget_stops = budget_nanos, stops and budget_nanos is not None
        org.save(update_fields=["budget_nanos", "budget_stops"])
        cost: list[int] = hooks.call("month_cost", org, months.month_of(org, entry.at))
        _judge(entry, org, sum(cost))


def spent(actor: Actor, org: Organization, *, cost_nanos: int, month: date) -> None:
    """Hold what `month` has cost by now against the budget: warn the Owners, stop usage, or let it go on.

    Twice changes nothing; a month that is over means nothing any more. Compiled subjects grow stale only where usage
    is stopped or goes on.

    Raises:
        Denied: the actor is not the system.
    """
    with act(actor, Action.BUDGET_WATCH, org) as entry:
        if months.month_of(org, entry.at) != month:
            return
        before = org.budget_stopped_until
        _judge(entry, org, cost_nanos)
        if org.budget_stopped_until != before:
            raise_version(org)


def _judge(entry: Entry, org: Organization, cost_nanos: int) -> None:
    before, now = budgets.standing(org), budgets.judged(org, cost_nanos=cost_nanos, at=entry.at)
    for name, value in zip(budgets.STATE, now, strict=True):
        setattr(org, name, value)
    org.save(update_fields=budgets.STATE)
    entry.detail = {"cost": money(cost_nanos)} if before != now else {}
    if now.stopped_until is not None and before.stopped_until != now.stopped_until:
        _tell(org, "budget_stopped", cost_nanos=cost_nanos, until=day(months.following(months.month_of(org, entry.at))))
    elif now.warned_month is not None and before.warned_month != now.warned_month:
        _tell(org, "budget_warned", cost_nanos=cost_nanos, stops=org.budget_stops)


def _tell(org: Organization, kind: str, **params: Any) -> None:
    """A mail to every active Owner."""
    owners = Member.objects.filter(org=org, role=Role.OWNER, suspended_at=None, removed_at=None, user__is_active=True)
    addresses = owners.values_list("user__email", flat=True)
    mails.queue(kind, addresses, org, budget_nanos=org.budget_nanos, **params)


# ---------------------------------------------------------------- invoices


def issue(actor: Actor, org: Organization, *, month: date, dated: datetime | None = None) -> Invoice | None:
    """Issue the invoice of a calendar month that is over, and tell the Owners; None where there is nothing to issue.

    Charged is what stood at the month's end, rebuilt from the audit log however late this is done. Twice makes one,
    and a month that cost nothing none: that is noted, so that it is not due again. `dated` dates it otherwise than
    now, without a mail.

    Raises:
        Denied: the actor is not the system.
        Refused: the month is not over.
    """
    invoice = Invoice(org=org, first_day=month, last_day=months.last_day(month))
    with act(actor, Action.INVOICE_ISSUE, invoice, org=org) as entry:
        end = months.end_of(entry.org, month)
        if entry.at < end:
            raise Refused(_("%(day)s is not over.") % {"day": day(invoice.last_day)})
        lines = charges.lines(rewind.terms_at(entry.org, end), rewind.held_at(entry.org, end))
        if not lines:
            FreeMonth.objects.get_or_create(org=entry.org, first_day=month)
        if not lines or Invoice.objects.filter(org=org, first_day=month).exists():
            return None
        invoice.issued_at = dated or entry.at
        invoice.due_day = invoice.issued_at.astimezone(entry.org.zone).date() + timedelta(days=DUE_DAYS)
        invoice.lines, invoice.total_nanos = [line.kept() for line in lines], charges.total(lines)
        invoice.number, invoice.issuer = _number(entry.org, month), _issuer()
        invoice.save(force_insert=True)
        if dated is None:
            _tell(
                entry.org,
                "invoice",
                number=invoice.number,
                total_nanos=invoice.total_nanos,
                due_day=day(invoice.due_day),
                invoice=invoice.pk,
            )
    return invoice


def pay(actor: Actor, invoice: Invoice, *, by: str, at: datetime | None = None) -> None:
    """Note that an invoice is paid, and by what means.

    Raises:
        Denied: the actor is neither support staff nor the system.
        Refused: it is paid already.
    """
    with act(actor, Action.INVOICE_PAY, invoice) as entry:
        if invoice.paid_at is not None:
            raise Refused(_("%(number)s was paid on %(day)s.") % {"number": invoice, "day": day(invoice.paid_at)})
        invoice.pay(at=at or entry.at, by=by)
        invoice.save(update_fields=["paid_at", "paid_by"])


def _issuer() -> list[str]:
    """Who issues invoices now, as the lines of an address."""
    return [line.strip() for line in settings.INVOICE_ISSUER.split("|") if line.strip()]


def _number(org: Organization, month: date) -> str:
    """`NOR-2026-11`: the letters are the same on every invoice of an organization, and no other has them."""
    last = Invoice.objects.filter(org=org).values_list("number", flat=True).first()
    return f"{last.rsplit('-', 2)[0] if last else _letters(org)}-{month:%Y-%m}"


def _letters(org: Organization) -> str:
    base = re.sub(r"[^a-z0-9]", "", org.slug)[:3].upper()
    wanted = chain([base], (f"{base}{turn}" for turn in count(2)))
    return next(letters for letters in wanted if not Invoice.objects.filter(number__startswith=f"{letters}-").exists())
