"""The filters of the audit log, and the form of its export."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from orgs.access import TABLE, Action
from orgs.forms.days import DayField
from orgs.ids import LARGEST
from orgs.queries.audit import Filters

GROUPS: dict[str, Any] = {
    "member": _("Members"),
    "session": _("Sessions"),
    "account": _("Accounts"),
    "organization": _("Organization"),
    "plans": _("Plans"),
    "seats": _("Seats"),
    "budget": _("Budget"),
    "invoice": _("Invoices"),
    "guest": _("Guests"),
    "department": _("Departments"),
    "team": _("Teams"),
    "key": _("Keys"),
    "usage": _("Usage"),
    "audit": _("Audit log"),
    "workspace": _("Workspaces"),
    "provisioning": _("Provisioning"),
    "setup_guide": _("Setup guide"),
    "training": _("Training"),
    "introduction": _("Introductions"),
}
READING = frozenset(
    {"console.open", "member.list", "member.view", "usage.view", "usage.cost", "audit.view", "team.view"}
)
READING |= {"plans.view", "billing.view", "provisioning.view"}


def _actions() -> list[Any]:
    """Every action that leaves entries, by what it is about."""
    groups = groupby((action for action in Action if action not in READING), key=lambda a: a.partition(".")[0])
    listed = [
        (GROUPS[name], [(str(a), capfirst(TABLE[a].meaning)) for a in of]) for name, of in groups if name in GROUPS
    ]
    return [("", _("Any action")), *listed]


def _search(word: Any, label: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "size": "12", "placeholder": word, "aria-label": label})


class Log(forms.Form):
    """What the page's URL may say. A day that is none is named beside its field and filters nothing."""

    use_required_attribute = False
    actor = forms.CharField(
        required=False, max_length=120, widget=_search(_("Who"), _("Who: a name, an address or an id"))
    )
    action = forms.ChoiceField(required=False, choices=_actions, widget=forms.Select(attrs={"aria-label": _("Action")}))
    target = forms.CharField(
        required=False, max_length=120, widget=_search(_("About"), _("About: a name, an address or an id"))
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    after = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("From")), ("to", _("To"))):  # `from` cannot be a class attribute
            self.fields[name] = DayField(required=False, label=label)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if asked.get("from") and asked.get("to") and asked["from"] > asked["to"]:
            self.add_error("to", _("The last day is before the first."))
        return asked

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        asked = self.cleaned_data
        return Filters(
            actor=asked.get("actor", ""),
            action=asked.get("action", ""),
            target=asked.get("target", ""),
            first=asked.get("from"),
            last=asked.get("to"),
        )

    def show(self, names: dict[str, str]) -> None:
        """Stand on the page with these names in place of ids."""
        self.data = self.data.dict() | names  # type: ignore[attr-defined]

    def place(self) -> dict[str, int | None]:
        return {"before": self.cleaned_data.get("before"), "after": self.cleaned_data.get("after")}


class Export(Log):
    format = forms.ChoiceField(choices=[("csv", "CSV"), ("jsonl", "JSON Lines")], required=False)

    def clean_format(self) -> str:
        """CSV, unless something else is asked for."""
        return self.cleaned_data["format"] or "csv"
