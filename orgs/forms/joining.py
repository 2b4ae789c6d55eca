"""What the page of those who ask to join takes in."""

from typing import Any

from django import forms

from orgs.forms.days import EdgeField
from orgs.queries.joining import STATES, WAITING


class Filter(forms.Form):
    """What the URL of the list may say. What makes no sense is named and filters nothing."""

    state = forms.ChoiceField(required=False, choices=STATES)
    after, before = EdgeField(), EdgeField()

    def asked(self) -> dict[str, Any]:
        """What was asked for, as far as it makes sense."""
        said = self.cleaned_data
        return {"state": said.get("state") or WAITING} | {name: said.get(name) for name in ("after", "before")}
