"""What the page of guests takes in: filters, another end, another sponsor."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.forms.days import DayField, EdgeField
from orgs.forms.places import Somebody
from orgs.invitees import end_of, last_day
from orgs.models import Member, Organization
from orgs.models.members import MemberQuerySet
from orgs.queries.guests import ENDS, Filters
from orgs.queries.pages import Edge


class Filter(forms.Form):
    """What the URL of the list may say. What makes no sense is named and filters nothing."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=120, label=gettext_lazy("Name or e-mail"))
    ends = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Any end")), *ENDS])
    sponsor = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("Any sponsor")), ("none", gettext_lazy("Needs a sponsor"))]
    )
    after, before = EdgeField(), EdgeField()

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        return Filters(**{name: self.cleaned_data.get(name) or "" for name in ("q", "ends", "sponsor")})

    def place(self) -> dict[str, Edge | None]:
        return {name: self.cleaned_data.get(name) or None for name in ("after", "before")}


class Extend(forms.Form):
    """The last day of a stay: from today to what the organization allows."""

    ends_on = DayField(label=gettext_lazy("Last day"))

    def __init__(self, data: Any = None, *, org: Organization, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.org, self.today, self.latest = org, now.astimezone(org.zone).date(), last_day(org, now)
        days = {"days": org.guest_days, "day": date_format(self.latest, "j M Y")}
        self.fields["ends_on"].help_text = _("At most %(days)s days from today: until %(day)s.") % days
        self.fields["ends_on"].widget.attrs |= {"min": self.today.isoformat(), "max": self.latest.isoformat()}

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        if day > self.latest:
            days = {"days": self.org.guest_days, "day": date_format(self.latest, "j M Y")}
            text = _("At most %(days)s days from today: until %(day)s.") % days
            raise forms.ValidationError(text)
        return day

    def ends_at(self) -> datetime:
        """The end of the chosen day by the organization's clock."""
        return end_of(self.org, self.cleaned_data["ends_on"])


class Sponsor(Somebody):
    """Who vouches from now on; `likely` are offered while one types."""

    def __init__(self, data: Any = None, *, actor: Member, now: datetime) -> None:
        super().__init__(data, actor=actor)
        self.fields["member"].label = _("E-mail address of whoever vouches for them")
        self.fields["member"].widget.attrs |= {"list": "sponsors", "autocomplete": "off"}
        self.now = now

    def likely(self) -> MemberQuerySet:
        """The first hundred who can vouch, Owners and Admins first. One query."""
        return people.likely(self.able.active(self.now))


class Nothing(forms.Form):
    """A deed that needs nothing but the click."""
