"""What everybody is told: a text, how grave it is, from when until when by the organization's clock."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.days import EARLIEST, LATEST
from orgs.models import Announcement, Organization

_SHAPE = "%Y-%m-%dT%H:%M"


class LocalMoment(forms.DateTimeField):
    """A minute by the organization's clock, as a browser's field sends it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_SHAPE)
        super().__init__(input_formats=[_SHAPE, "%Y-%m-%d %H:%M", f"{_SHAPE}:%S"], widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        """The minute as it was typed; whose clock it is by is said by the form."""
        found = super().to_python(value)
        return None if found is None else found.replace(tzinfo=None)


class Announce(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What everybody reads"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Up to 300 characters, as plain text."),
    )
    severity = forms.ChoiceField(label=gettext_lazy("How grave"), choices=Announcement.Severity)
    starts_at = LocalMoment(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: from now on."))
    ends_at = LocalMoment(label=gettext_lazy("Until"))

    def __init__(self, data: Any = None, *, org: Organization, now: datetime) -> None:
        super().__init__(data, initial={"severity": Announcement.Severity.INFO})
        self.org, self.now = org, now
        clock = _("By the clock of %(zone)s.") % {"zone": org.timezone}
        self.fields["ends_at"].help_text = f"{clock} {_('Then it goes by itself.')}"
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget.attrs["max"] = f"{LATEST}T23:59"

    def clean_starts_at(self) -> datetime:
        return self._here("starts_at") or self.now

    def clean_ends_at(self) -> datetime | None:
        moment = self._here("ends_at")
        if moment is not None and moment <= self.now:
            raise forms.ValidationError(_("This moment is over. Choose a later one."))
        return moment

    def _here(self, name: str) -> datetime | None:
        """A minute by the organization's clock, within the years that any clock can tell."""
        moment: datetime | None = self.cleaned_data[name]
        if moment is None:
            return None
        if not EARLIEST < moment.date() < LATEST:
            raise forms.ValidationError(_("Choose a day between 2000 and 2199."))
        return moment.replace(tzinfo=self.org.zone)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        start, end = said.get("starts_at"), said.get("ends_at")
        if start is not None and end is not None and end <= start:
            self.add_error("ends_at", _("It ends after it starts."))
        return said
