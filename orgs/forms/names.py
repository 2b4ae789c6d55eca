"""Names that must be free: one that is taken is told beside what was typed."""

from typing import Any

from django import forms

from orgs.access import Refused


class Named(forms.Form):
    """A form with a `name` that nothing else of its sort may have; `status` answers what does not fit."""

    taken = False

    def name_is_free(self, name: str) -> None:
        """Raises Refused when something else of this sort has that name; what that is, each form knows."""

    def clean_name(self) -> Any:
        name = self.cleaned_data["name"]
        try:
            self.name_is_free(name)
        except Refused as refusal:
            self.taken = True
            raise forms.ValidationError(str(refusal)) from refusal
        return name

    @property
    def status(self) -> int:
        """409 where the name is taken and nothing else is wrong, else 422."""
        return 409 if self.taken and len(self.errors) == 1 else 422
