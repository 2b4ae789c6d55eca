"""What Owners type into the billing page: seats, and the budget."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.days import DayField
from orgs.models import Organization, Plan, PlanPrice
from orgs.seats import bought

NANOS = 1_000_000_000
MOST = 10_000_000


def _seats(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)


class Page(forms.Form):
    """Which invoices the URL of the page asks for. What makes no sense is named, and the newest are shown."""

    after, before = DayField(required=False), DayField(required=False)

    def place(self) -> dict[str, date | None]:
        return {name: self.cleaned_data.get(name) for name in ("after", "before")}


class Seats(forms.Form):
    """How many seats in all, and of each plan that has a price; an empty plan binds none, one not sent stays."""

    total = _seats(gettext_lazy("Seats in all"))

    def __init__(self, data: Any, *, org: Organization) -> None:
        now = bought(org)
        plans = PlanPrice.objects.filter(org=org).values_list("plan", flat=True)
        self.plans = [plan for plan in Plan.values if plan in set(plans)]
        super().__init__(data, initial={"total": org.seats, **now})
        for plan in self.plans:
            label = _("%(plan)s seats") % {"plan": Plan(plan).label}
            self.fields[plan] = _seats(label)
            self.fields[plan].widget.attrs["placeholder"] = _("any")
        self.fields["total"].required = org.seats is not None and (data is None or "total" in data)
        if org.seats is None:
            self.fields["total"].help_text = _("Empty: as many as come.")

    def wanted(self) -> tuple[int | None, dict[str, int | None]]:
        """The total and the seats of each plan, as they are to be."""
        sent = self.cleaned_data
        total = sent["total"] if "total" in self.data else self.initial["total"]
        return total, {plan: sent[plan] if plan in self.data else self.initial.get(plan) for plan in self.plans}


class Budget(forms.Form):
    budget = forms.DecimalField(
        label=gettext_lazy("Budget of a month, in USD"),
        required=False,
        max_digits=11,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=gettext_lazy("For all usage of a calendar month. Empty: no budget."),
    )
    stops = forms.BooleanField(
        label=gettext_lazy("Stop usage when it is used up"),
        required=False,
        help_text=gettext_lazy("Messages and models are refused until the month is over or an Owner changes this."),
    )

    def values(self) -> dict[str, Any]:
        budget = self.cleaned_data["budget"]
        return {"budget_nanos": None if budget is None else int(budget * NANOS), "stops": self.cleaned_data["stops"]}
