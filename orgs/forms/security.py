"""What Owners choose on the security page: second factor, session length, ways to sign in, domains."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import domains
from orgs.forms.days import DayField
from orgs.models import Admission, Plan
from orgs.models.identity import ADMITTED_ROLES
from orgs.models.plans import Role

WAYS: tuple[tuple[str, Any], ...] = (
    ("password", gettext_lazy("Password")),
    ("code", gettext_lazy("Code by e-mail")),
    ("passkey", gettext_lazy("Passkey")),
)
ADMITTED = [(role.value, role.label) for role in ADMITTED_ROLES]


class SecondFactor(forms.Form):
    """From which day on; today means at once. `name` is what must be typed where more than ten would be locked out."""

    starts_on = DayField(
        label=gettext_lazy("Required from"),
        help_text=gettext_lazy("Today means at once."),
    )
    typed = forms.CharField(required=False, max_length=80)

    def __init__(self, *args: Any, now: datetime, zone: ZoneInfo, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone, self.name = now, zone, name
        self.today = now.astimezone(zone).date()
        self.fields["starts_on"].widget.attrs["min"] = self.today.isoformat()
        self.fields["typed"].label = _("Type %(name)s to lock them out today") % {"name": name}
        if not name:
            del self.fields["typed"]

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise ValidationError(_("This day is past. Choose today or a later one."))
        return day

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if self.name and asked.get("starts_on") == self.today and asked.get("typed") != self.name:
            self.add_error("typed", _("More than ten people lose access today: type %(name)s.") % {"name": self.name})
        return asked

    def starts_at(self) -> datetime:
        """The first moment of the chosen day by the organization's clock; now, when that is today."""
        day: date = self.cleaned_data["starts_on"]
        return self.now if day == self.today else datetime.combine(day, time.min, self.zone)


class Session(forms.Form):
    session_hours = forms.IntegerField(
        label=gettext_lazy("Session length in hours"),
        min_value=1,
        max_value=24,
        help_text=gettext_lazy("Whoever signed in longer ago than this signs in again. From 1 to 24."),
    )


class Ways(forms.Form):
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("Allowed ways to sign in"),
        choices=WAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Allow at least one way, or nobody gets in.")},
    )


class Claim(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=253,
        help_text=gettext_lazy("What stands behind the @ of your addresses, such as example.com."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "example.com"}),
    )

    def clean_name(self) -> str:
        try:
            return domains.normal(self.cleaned_data["name"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Admit(forms.Form):
    """Whom a verified domain takes in, and as what."""

    admission = forms.ChoiceField(
        label=gettext_lazy("Who has an address in it and is no member"),
        choices=Admission.choices,
        widget=forms.RadioSelect,
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ADMITTED, initial=Role.USER)
    plan = forms.ChoiceField(label=gettext_lazy("Plan"), choices=Plan.choices, initial=Plan.ESSENTIAL)
