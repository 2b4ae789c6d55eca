"""What the pages of tools take in: words, an address over https, and a secret that never comes back."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import fetching
from orgs.models import Member
from workspaces.forms.mates import Named
from workspaces.models import Authorized, Tool

LOCAL = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class AddressField(forms.URLField):
    """A public address over https, without credentials: whatever a secret is, it has a field of its own.

    A name is looked up only when it is called, and then again: where it points to by then decides (orgs.fetching).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", max_length=500, **options)

    def clean(self, value: Any) -> str:
        url: str = super().clean(value)
        if url:
            parts = urlsplit(url)
            if parts.scheme != "https":
                raise forms.ValidationError(_("It starts with https://, so that nobody on the way reads the secret."))
            if parts.username is not None or parts.password is not None or parts.fragment:
                raise forms.ValidationError(_("An address without user, password and #: a secret has its own field."))
            if _is_private(parts.hostname or ""):
                raise forms.ValidationError(_("This address is inside a private network; Steward calls public ones."))
        return url


def _is_private(host: str) -> bool:
    """Whether a host can be seen to be out of reach before anybody looks it up."""
    try:
        return not fetching.may_call("https", ip_address(host))
    except ValueError:
        name = host.rstrip(".").lower()
        return "." not in name or name.endswith(LOCAL) or name.replace(".", "").isdecimal()


class Configure(Named):
    kind: type[Authorized] = Tool
    integration = forms.CharField(
        label=gettext_lazy("Integration"),
        max_length=100,
        help_text=gettext_lazy("The name under which its calls appear in usage, as crm."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    url = AddressField(
        label=gettext_lazy("Address"),
        required=False,
        help_text=gettext_lazy("Another address drops the secret: it was meant for the one before."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.order_fields(["name", "integration", "description", "url", "secret", "team"])


def _secret(**options: Any) -> forms.CharField:
    never = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=gettext_lazy("Secret"), max_length=4000, strip=False, widget=never, **options)


class Connect(Configure):
    secret = _secret(
        required=False, help_text=gettext_lazy("A token or key that the tool asks for. Nobody is shown it again.")
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["url"].help_text = _("Over https. Empty where the chat platform knows the way.")


class Secret(forms.Form):
    """Another secret; an empty one takes away what is kept."""

    secret = _secret(
        required=False, help_text=gettext_lazy("Nobody is shown it again. Empty takes away the one that is kept.")
    )


class Switch(forms.Form):
    """A tool of a room, and whether it is switched on there."""

    use_required_attribute = False
    on = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, actor: Member) -> None:
        super().__init__(data)
        missing = _("Choose a tool of the list.")
        tools = Tool.objects.visible_to(actor).select_related("org")
        self.fields["tool"] = forms.ModelChoiceField(
            tools, error_messages={"required": missing, "invalid_choice": missing}
        )
