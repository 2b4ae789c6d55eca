"""What connecting a platform takes in: the model that a test decision is about."""

from django import forms
from django.utils.translation import gettext_lazy


class Ask(forms.Form):
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("By the name that the platform has for it. The question is about you."),
    )
