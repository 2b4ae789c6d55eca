"""What the URL of a dashboard or a report may say: a range or a month, and whose."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from analytics.queries import periods
from orgs import months
from orgs.forms.days import EARLIEST, DayField
from orgs.ids import LARGEST
from orgs.models import Organization

RANGES = (
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("month", _("This month")),
    ("custom", _("Custom")),
)


class About(forms.Form):
    """Whose usage: a team's or a department's; the whole organization's when neither is said."""

    team = forms.IntegerField(min_value=1, max_value=LARGEST, required=False, widget=forms.HiddenInput)
    department = forms.IntegerField(min_value=1, max_value=LARGEST, required=False, widget=forms.HiddenInput)

    @property
    def about(self) -> dict[str, Any]:
        """The fields that say whose usage it is, as they stand in the URL."""
        values = getattr(self, "cleaned_data", {})
        return {name: values[name] for name in ("team", "department") if values.get(name)}

    @property
    def whose(self) -> str:
        """What the URL of another page about the same says, and nothing of its days."""
        return urlencode(self.about)


class Month(About):
    """`month` is one such as 2026-10, up to the one that is running; the last that is over when nothing is said."""

    month = forms.DateField(
        label=_("Month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        validators=[MinValueValidator(EARLIEST)],
        error_messages={"invalid": _("Name a month such as 2026-10.")},
    )

    def __init__(self, data: Any, *, org: Organization, now: datetime) -> None:
        super().__init__(data)
        self.org, self.now = org, now
        self.this = months.month_of(org, now)
        self.period = periods.month_of(months.before(self.this), now=now, zone=org.zone)

    def clean_month(self) -> date | None:
        """Works out `period`; keeps the default one where there is no such month yet."""
        month: date | None = self.cleaned_data["month"]
        if month is not None and month > self.this:
            raise forms.ValidationError(_("That month has not begun."))
        if month is not None:
            self.period = periods.month_of(month, now=self.now, zone=self.org.zone)
        return month

    @property
    def query(self) -> str:
        """What the URL of a dashboard of the same days says."""
        return urlencode({**self.about, "from": self.period.first, "to": self.period.last})

    @property
    def dates(self) -> str:
        return urlencode({"month": f"{self.period.first:%Y-%m}"})

    @property
    def same(self) -> str:
        """What the URL of another form of this report says."""
        return self._query(self.period.first)

    @property
    def near(self) -> list[tuple[date, str]]:
        """The month before, this one and the one after it, as far as there are such, each with its query."""
        month = self.period.first
        around = (months.before(month), month, months.following(month))
        return [(one, self._query(one)) for one in around if EARLIEST <= one <= self.this]

    def _query(self, month: date) -> str:
        return urlencode({**self.about, "month": f"{month:%Y-%m}"})


class Range(About):
    """`range` is one of RANGES (30 days when nothing is said); `from` and `to` are days, both included."""

    range = forms.ChoiceField(choices=RANGES, required=False)

    def __init__(self, data: Any, *, org: Organization, now: datetime) -> None:
        super().__init__(data)
        self.org, self.now = org, now
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = DayField(label=label, required=False)
        self.period = periods.full_days(periods.DEFAULT_DAYS, now=now, zone=org.zone)

    def clean(self) -> dict[str, Any]:
        """Works out `period`; keeps the default one and says why where the days make none."""
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("from"), values.get("to")
        if first and last:
            try:
                self.period = periods.custom(first, last, self.org.zone)
            except ValueError as error:
                self.add_error(None, str(error))
        elif first or last:
            self.add_error("to" if first else "from", _("Name both days."))
        elif values.get("range") == "month":
            self.period = periods.month(now=self.now, zone=self.org.zone)
        elif values.get("range") in ("7", "30", "90"):
            self.period = periods.full_days(int(values["range"]), now=self.now, zone=self.org.zone)
        return values

    @property
    def chosen(self) -> str:
        """The range that is shown, as one of RANGES."""
        values = getattr(self, "cleaned_data", {})
        return "custom" if values.get("from") else values.get("range") or "30"

    @property
    def query(self) -> str:
        """What the URL of another page about the same team and days says."""
        return "&".join(filter(None, (self.whose, self.dates)))

    @property
    def dates(self) -> str:
        """What it says of the days alone."""
        if self.chosen == "custom":
            return urlencode({"from": self.period.first, "to": self.period.last})
        return urlencode({"range": self.chosen})

    def links(self) -> list[tuple[Any, str, bool]]:
        """(label, query, chosen) of each range that is one click away."""
        ranges = [(value, label) for value, label in RANGES if value != "custom"]
        return [(label, urlencode({**self.about, "range": value}), self.chosen == value) for value, label in ranges]
