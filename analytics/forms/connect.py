"""What connecting a platform takes in: the model that a test decision is about."""

from django import forms
from django.utils.translation import gettext_lazy

from orgs.ids import LARGEST


class Ask(forms.Form):
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("By the name that the platform has for it. The question is about you."),
    )


class Sent(forms.Form):
    """The test event that was sent last; what is no batch is as good as none."""

    sent = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def batch(self) -> int:
        return (self.cleaned_data["sent"] or 0) if self.is_valid() else 0
