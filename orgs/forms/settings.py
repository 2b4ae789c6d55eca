"""What Owners type into the settings page."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import CostVisibility


@cache
def _zones() -> list[tuple[str, str]]:
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    places = {row.split("\t")[2] for row in rows if not row.startswith("#")} & available_timezones()
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]


def zones() -> Iterable[tuple[str, str]]:
    """Every place that the tz database names a clock for, by the name in use today."""
    return _zones()


class ZoneField(forms.ChoiceField):
    """One of these places. An older name of one (US/Pacific) is taken too, and offered where it is what stands."""

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or (value in available_timezones() and value not in ("Factory", "localtime"))

    def offer(self, stands: Any) -> None:
        """Let a form hold what stands, were it an older name."""
        if self.valid_value(stands) and not super().valid_value(stands):
            self.choices = [*self.choices, (stands, stands)]  # type: ignore[misc]


class Settings(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    timezone = ZoneField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        help_text=gettext_lazy(
            "Days, weeks and peak hours are told by this clock. Changing it counts every past day anew, which may take "
            "some minutes; figures follow as soon as that is done."
        ),
    )
    cost_visible_to = forms.ChoiceField(
        label=gettext_lazy("Who sees cost"),
        choices=CostVisibility.choices,
        help_text=gettext_lazy("Everybody else sees usage without money."),
    )
    guest_days = forms.IntegerField(
        label=gettext_lazy("Longest stay of a guest in days"),
        min_value=1,
        max_value=730,
        help_text=gettext_lazy(
            "A guest's end can be set up to this many days ahead. Ends that are set stay as they are."
        ),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["timezone"].offer(self["timezone"].value())  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class Switch(forms.Form):
    """What a switch is turned to; `name` is what must be typed where more than ten lose access by it."""

    allowed = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    typed = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any = None, *, turns: bool, name: str = "") -> None:
        super().__init__(data, initial={"allowed": "yes" if turns else "no"})
        self.name = name
        self.fields["typed"].label = _("Type %(name)s to shut them out") % {"name": name}
        if not name:
            del self.fields["typed"]

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if self.name and asked.get("allowed") == "no" and asked.get("typed") != self.name:
            self.add_error("typed", _("More than ten people lose access: type %(name)s.") % {"name": self.name})
        return asked

    def is_on(self) -> bool:
        return bool(self.cleaned_data["allowed"] == "yes")
