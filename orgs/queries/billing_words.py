"""How the audit log tells of plans and money: sentences, and names of fields, for `orgs.queries.sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry, Feature, Plan
from orgs.models.plans import cell_name
from orgs.rewind import OF_A_PLAN

WORDS: dict[str, Any] = {
    Action.SEATS_CHANGE: gettext_lazy("%(actor)s changed the seats: %(fields)s."),
    Action.INVOICE_ISSUE: gettext_lazy("%(actor)s issued the invoice %(target)s."),
    Action.INVOICE_PAY: gettext_lazy("%(actor)s noted that the invoice %(target)s is paid."),
}
FIELDS: dict[str, Any] = {
    **{f"{OF_A_PLAN}{plan}": format_lazy(gettext_lazy("{plan} seats"), plan=plan.label) for plan in Plan},
    **{
        cell_name(plan, feature): format_lazy("{plan}: {feature}", plan=plan.label, feature=feature.label)
        for plan in Plan
        for feature in Feature
    },
    "budget_nanos": gettext_lazy("budget"),
    "budget_stops": gettext_lazy("stop at the budget"),
    "budget_warned_month": gettext_lazy("warned of the budget in the month of"),
    "budget_stopped_until": gettext_lazy("usage stopped until"),
    "number": gettext_lazy("number"),
    "first_day": gettext_lazy("first day"),
    "total_nanos": gettext_lazy("total"),
    "paid_at": gettext_lazy("paid"),
    "paid_by": gettext_lazy("paid by"),
}


def _cells(entry: AuditEntry) -> str:
    if len(entry.after) > 1:
        return _("%(actor)s changed what plans give: %(fields)s.")
    on = next(iter(entry.after.values()), None)
    return _("%(actor)s turned on %(fields)s.") if on else _("%(actor)s turned off %(fields)s.")


def _set(entry: AuditEntry) -> str:
    if "budget_nanos" not in entry.after:
        return _("%(actor)s changed whether usage stops at the budget.")
    if entry.after["budget_nanos"] is None:
        return _("%(actor)s took the budget away.")
    return _("%(actor)s set a budget.")


def _watch(entry: AuditEntry) -> str:
    if "budget_stopped_until" not in entry.after:
        return _("%(actor)s warned the Owners: over 80 %% of the month's budget is spent.")
    if entry.after["budget_stopped_until"]:
        return _("%(actor)s stopped usage: the month's budget is used up.")
    return _("%(actor)s let usage go on: the budget is not used up any more.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.PLANS_EDIT: _cells,
    Action.BUDGET_SET: _set,
    Action.BUDGET_WATCH: _watch,
}
