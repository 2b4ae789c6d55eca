"""What a person types about their own account."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.forms.settings import ZoneField, zones
from orgs.models import Theme


def zones_or_none() -> Iterable[tuple[str, object]]:
    return [("", _("As each organization's")), *zones()]


class Profile(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As your colleagues see it, in every organization you belong to.")
    )
    timezone = ZoneField(
        label=_("Time zone"),
        choices=zones_or_none,
        required=False,
        help_text=_("By whose clock pages tell you the time. Days and figures follow the organization's."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        self.fields["timezone"].offer(self["timezone"].value())  # type: ignore[attr-defined]


class ThemeChoice(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class Address(forms.Form):
    email = forms.EmailField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("A code is sent there. The address changes when you have typed it in."),
    )


class Close(forms.Form):
    sure = forms.BooleanField(label=_("I have read what is lost and what stays"))
