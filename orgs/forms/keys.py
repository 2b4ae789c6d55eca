"""What a service key is made from."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.forms.days import DayField
from orgs.models import Scope


class Key(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("What uses it. Two keys of one name may live side by side while you replace one by the other."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may do.")},
    )
    ends_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("It stops working at the end of this day. Empty: it works until it is revoked."),
    )
    shared = forms.BooleanField(
        label=_("Shared by several people"),
        required=False,
        help_text=_("For a gateway that many people use: usage belongs to the end user it names, never to its owner."),
    )

    def __init__(self, *args: Any, withheld: Mapping[str, str], **kwargs: Any) -> None:
        """`withheld` are scopes that whoever makes the key may not give, each with the reason."""
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [choice for choice in Scope.choices if choice[0] not in withheld]
        scopes.help_text = " ".join(f"{Scope(scope).label}: {reason}" for scope, reason in withheld.items())

    def ends_at(self, zone: ZoneInfo) -> datetime | None:
        """The end of the last day by the organization's clock."""
        day: date | None = self.cleaned_data["ends_on"]
        return None if day is None else datetime.combine(day + timedelta(days=1), time.min, zone)
