"""What Owners type to connect their identity provider, and what people type to come by it."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import oidc
from orgs.forms.security import ADMITTED
from orgs.models import Plan, Role


class Provider(forms.Form):
    """The issuer is asked for its configuration when all else is in order; `found` is what it says."""

    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        max_length=300,
        help_text=gettext_lazy("The address of your provider, such as https://login.example.com/realms/staff."),
        widget=forms.URLInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=191)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    trusts_addresses = forms.BooleanField(
        label=gettext_lazy("Take its addresses as verified where it does not say"),
        required=False,
        help_text=gettext_lazy("Microsoft Entra ID never says. An address outside your verified domains never counts."),
    )

    def __init__(self, *args: Any, issuer: str = "", client_id: str = "", **kwargs: Any) -> None:
        """`issuer` and `client_id` are those that are set up: while both stay, the secret may stay too."""
        super().__init__(*args, **kwargs)
        self.known = (issuer, client_id)
        self.found: dict[str, Any] = {}
        kept = _("Empty: the one that was typed before. Another issuer or client needs its own.")
        self.fields["client_secret"].required = not issuer
        self.fields["client_secret"].help_text = kept if issuer else _("Kept encrypted, and never shown again.")

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"]).strip()
        parts = urlsplit(issuer)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
            raise ValidationError(_("This is no issuer. It looks like https://login.example.com."))
        return issuer

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if self.errors:
            return asked
        try:
            self.found = oidc.discover(asked["issuer"])
        except ValueError as error:
            self.add_error("issuer", str(error))
            return asked
        moved = (self.found["issuer"], asked["client_id"]) != self.known
        if moved and not asked["client_secret"]:
            self.add_error("client_secret", _("Type the secret of this client: it is not kept from one to the next."))
        return asked


class Admit(forms.Form):
    just_in_time = forms.BooleanField(
        label=gettext_lazy("Whoever comes by it becomes a member"),
        required=False,
        help_text=gettext_lazy("Otherwise members and invited people alone come in."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ADMITTED, initial=Role.USER)
    plan = forms.ChoiceField(label=gettext_lazy("Plan"), choices=Plan.choices, initial=Plan.ESSENTIAL)


class Address(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
