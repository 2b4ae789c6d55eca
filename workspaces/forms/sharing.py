"""What is chosen where a conversation is shared: until when, or with whom."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.days import DayField, EdgeField
from orgs.forms.places import Somebody
from orgs.ids import LARGEST
from orgs.models import Member, Organization
from workspaces.conversations.outside import MOST_DAYS

USUAL_DAYS = 30


class Publish(forms.Form):
    """The last day of a link, in the organization's zone."""

    ends_on = DayField(label=gettext_lazy("Last day"))

    def __init__(self, data: Any = None, *, org: Organization, now: datetime) -> None:
        today = now.astimezone(org.zone).date()
        super().__init__(data, initial={"ends_on": today + timedelta(days=USUAL_DAYS)})
        self.org, self.today, self.latest = org, today, today + timedelta(days=MOST_DAYS)
        attrs = {"min": today.isoformat(), "max": self.latest.isoformat()}
        self.fields["ends_on"].widget.attrs |= attrs

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if not self.today <= day <= self.latest:
            text = _("Choose a day from today on, at most %(days)s days ahead.")
            raise forms.ValidationError(text % {"days": MOST_DAYS})
        return day

    def ends_at(self) -> datetime:
        """The midnight that ends the chosen day."""
        return datetime.combine(self.cleaned_data["ends_on"] + timedelta(days=1), time.min, self.org.zone)


class Share(Somebody):
    """Any member who could be shown a conversation, by address or id."""

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data, actor=actor)
        self.able = Member.objects.filter(org_id=actor.org_id).holding_a_seat().select_related("user", "org")


class Links(forms.Form):
    """What the URL of the list of links may say. What makes no sense is named and leads to the first page."""

    after, before = EdgeField(), EdgeField()

    def asked(self) -> dict[str, Any]:
        """What was asked for, as far as it makes sense."""
        return {name: self.cleaned_data.get(name) for name in ("after", "before")}


class After(forms.Form):
    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def asked(self) -> int:
        return (self.cleaned_data["after"] or 0) if self.is_valid() else 0
