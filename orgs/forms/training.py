"""What the page of training modules takes in."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Feature, TrainingModule


class Module(forms.Form):
    """A text or a link, who is to read it, and what waits for it. `confirmed`: whom it keeps out was seen."""

    title = forms.CharField(max_length=120, label=gettext_lazy("Title"))
    text = forms.CharField(
        required=False,
        max_length=20_000,
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Markdown: # headings, lists, **bold**, [links](https://…). HTML stays text."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    url = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Link"),
        help_text=gettext_lazy("Where the material is, if it is not here. https://…"),
        widget=forms.URLInput,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    audience = forms.ChoiceField(
        choices=TrainingModule.Audience.choices, label=gettext_lazy("Who reads it"), widget=forms.RadioSelect
    )
    required = forms.BooleanField(
        required=False,
        label=gettext_lazy("Required"),
        help_text=gettext_lazy("The item “Required training modules” of the board waits for it."),
    )
    features = forms.MultipleChoiceField(
        required=False,
        choices=Feature.choices,
        label=gettext_lazy("Features that wait for it"),
        help_text=gettext_lazy("Closed to whoever has not confirmed it, for a required module."),
        widget=forms.CheckboxSelectMultiple,
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not found.get("text", "").strip() and not found.get("url"):
            self.add_error("text", _("Write a text, or give a link to the material."))
        if found.get("features") and not found.get("required"):
            self.add_error("features", _("Only a required module keeps features closed. Make it required, or untick."))
        return found

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "text", "url", "audience", "required", "features")}


class Move(forms.Form):
    to = forms.ChoiceField(choices=[("up", gettext_lazy("Up")), ("down", gettext_lazy("Down"))])


class Archive(forms.Form):
    archived = forms.ChoiceField(choices=[("yes", gettext_lazy("Archive")), ("no", gettext_lazy("Use again"))])


def values_of(module: TrainingModule) -> dict[str, Any]:
    """A module as the form has it."""
    names = ("title", "text", "url", "audience", "required", "features")
    return {name: getattr(module, name) for name in names}
