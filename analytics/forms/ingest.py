"""What the ingest page's URL may say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.models import InboxBatch
from orgs.forms.days import MomentField


class Batches(forms.Form):
    state = forms.ChoiceField(
        required=False,
        choices=[("", _("Any state")), *InboxBatch.State.choices],
        widget=forms.Select(attrs={"aria-label": _("State")}),
    )
    before = MomentField(required=False)

    def asked(self) -> dict[str, Any]:
        return {"state": self.cleaned_data.get("state", ""), "before": self.cleaned_data.get("before")}
