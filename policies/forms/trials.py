"""What replays and report-only versions take in: how many days back, until which day, which draft."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.days import DayField
from orgs.models import Organization
from policies.forms.policy import Noted

DAYS = (("7", gettext_lazy("7 days")), ("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")))
LONGEST = timedelta(days=180)


class Replay(forms.Form):
    days = forms.ChoiceField(label=gettext_lazy("How far back"), choices=DAYS, initial="30", widget=forms.RadioSelect)


class Until(forms.Form):
    """The last day of a trial, told by the organization's clock; cleans to the moment that ends it."""

    last_day = DayField(label=gettext_lazy("Last day"))

    def __init__(self, data: Any = None, *, org: Organization, now: datetime, **options: Any) -> None:
        self.org, self.now = org, now
        super().__init__(data, initial={"last_day": self.today + timedelta(days=13)}, **options)

    @property
    def today(self) -> Any:
        return self.now.astimezone(self.org.zone).date()

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        if day > self.today + LONGEST:
            raise forms.ValidationError(_("At most %(n)s days ahead.") % {"n": LONGEST.days})
        return day

    def until(self) -> datetime:
        """Midnight after the last day."""
        day = self.cleaned_data["last_day"] + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=self.org.zone)


class Try(Until, Noted):
    """A draft that is to run report-only."""

    field_order = ("last_day", "note", "revision")

    def __init__(self, data: Any = None, *, revision: int, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["revision"].widget = forms.HiddenInput()
        self.initial["revision"] = revision
