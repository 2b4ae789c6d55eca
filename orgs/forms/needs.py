"""Whether somebody wants the daily mail of what waits for them."""

from django import forms


class Digest(forms.Form):
    digest = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])

    @property
    def wanted(self) -> bool:
        return bool(self.cleaned_data["digest"] == "on")
