"""What is taken in before a version counts: where many lose a model by it, the name of whom it is for (look.md)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from orgs.queries.members.panels import MANY
from orgs.templatetags.ui import number
from policies.forms.policy import Noted


class Typed(forms.Form):
    """`name` is typed where more than ten people are among those who lose, `losing`."""

    typed = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any = None, *, name: str, losing: int) -> None:
        super().__init__(data)
        self.name = name
        said = {"name": name, "n": number(losing)}
        self.fields["typed"].label = _("Type %(name)s to take a model from %(n)s people") % said
        if losing <= MANY:
            del self.fields["typed"]

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.name:
            raise forms.ValidationError(_("Type %(name)s, as it is written."), params={"name": self.name})
        return typed


class Publish(Typed, Noted):
    """A draft that is to be in force."""

    field_order = ("note", "typed", "revision")
