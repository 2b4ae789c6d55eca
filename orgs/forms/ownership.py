"""What is typed when ownership is offered and accepted."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import adapter
from orgs.models import Role


class Offer(forms.Form):
    keeps = forms.ChoiceField(
        label=gettext_lazy("The role that you keep"),
        choices=[(role, role.label) for role in (Role.ADMIN, Role.USER, Role.VIEWER)],
    )


class Accept(forms.Form):
    """Nothing for whoever showed a second factor; the code that was mailed for the rest."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, data: Any = None, *, request: HttpRequest, purpose: str, by_code: bool) -> None:
        super().__init__(data)
        self.request, self.purpose = request, purpose
        if not by_code:
            del self.fields["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not adapter.was_code_mailed(self.request, self.purpose):
            raise forms.ValidationError(_("No code is good any more. Ask for another one."))
        if not adapter.is_code(self.request, self.purpose, code):
            raise forms.ValidationError(_("This is not the code. Look at the newest mail, or ask for another one."))
        return code
