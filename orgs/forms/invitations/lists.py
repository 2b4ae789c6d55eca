"""Filters of the list from the URL, and deeds on many."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orgs.actions.invitations import DEEDS
from orgs.forms import people
from orgs.forms.days import EARLIEST, LATEST
from orgs.ids import written
from orgs.models import Kind, Mail, Role
from orgs.models.invitations import State
from orgs.queries.invitations.lists import SORTS, USUAL, Filters, Place


class Filter(forms.Form):
    """What the URL of the list may say. What makes no sense is named and filters nothing."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=120, label=_("Name or e-mail"))
    state = forms.ChoiceField(required=False, choices=[("", _("Any state")), *State.choices], label=_("State"))
    role = forms.ChoiceField(required=False, choices=[("", _("Any role")), *Role.choices], label=_("Role"))
    kind = forms.ChoiceField(required=False, choices=[("", _("Members and guests")), *Kind.choices], label=_("Kind"))
    mail = forms.ChoiceField(required=False, choices=[("", _("Any mail")), *Mail.State.choices], label=_("Mail"))
    sort = forms.ChoiceField(required=False, choices=[(s, s) for name in SORTS for s in (name, f"-{name}")])
    after = forms.CharField(required=False, max_length=400)
    before = forms.CharField(required=False, max_length=400)

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        sort = found.get("sort") or USUAL
        for name in ("after", "before"):
            try:
                found[name] = _read(found[name], sort) if found.get(name) else None
            except ValueError:
                found[name] = None
                self.add_error(name, _("There is no such page. Start from the first."))
        return found

    def selects(self) -> list[dict[str, Any]]:
        """The filters that are chosen from a list, as the page draws them."""
        fields: dict[str, Any] = self.fields
        names = ("state", "role", "kind", "mail")
        return [
            {
                "name": name,
                "label": fields[name].label,
                "choices": tuple((str(value), str(label)) for value, label in fields[name].choices),
                "current": str(self[name].value() or ""),
            }
            for name in names
        ]

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        return Filters(**{name: self.cleaned_data.get(name) or "" for name in Filters.__slots__})

    def place(self) -> Place:
        asked = self.cleaned_data
        return Place(asked.get("sort") or USUAL, asked.get("after"), asked.get("before"))


def _read(text: str, sort: str) -> tuple[Any, int]:
    """The place that a URL names.

    Raises:
        ValueError: it is none, or none of this sort.
    """
    first, _dot, value = text.partition(".")
    number = written(first)
    if not number or "\0" in value:
        raise ValueError(text)
    if sort.endswith("email"):
        return value, number
    at = datetime.fromisoformat(value)
    if at.tzinfo is None or not EARLIEST <= at.date() <= LATEST:
        raise ValueError(text)
    return at, number


class Bulk(forms.Form):
    """One deed on many: those named by id (repeated, or set apart by commas), or all that match the filter."""

    deed = forms.ChoiceField(choices=[(deed, deed) for deed in DEEDS])
    all_matching = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.named = data.getlist("ids")

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        found["ids"] = self._ids()
        if not found["ids"] and not found.get("all_matching"):
            self.add_error(None, _("Tick at least one invitation, or choose all that match."))
        return found

    def _ids(self) -> list[int]:
        try:
            return people.ticked(self.named)
        except ValueError:
            self.add_error(None, _("Some of the ticked invitations do not exist. Load the page again."))
            return []
