"""Who is in a workspace or a room: how the list is filtered, one role, several people at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.forms.invitations import addresses
from orgs.models import Member
from workspaces.queries import people as queries

LEVELS = [("admin", gettext_lazy("Admin")), ("user", gettext_lazy("User")), ("viewer", gettext_lazy("Viewer"))]
AT_ONCE = 200


class Find(forms.Form):
    """What the list's URL may say."""

    q = forms.CharField(required=False, max_length=120)
    level = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Any role")), *LEVELS])
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def asked(self) -> dict[str, Any]:
        """What was asked for, as far as it makes sense."""
        said = self.cleaned_data if self.is_valid() else {}
        return {"text": said.get("q") or "", "role": said.get("level") or "", "page": said.get("page") or 1}


class Person(forms.Form):
    """Who, by id or address, and which role; an empty role takes them out. `who` is found where the form is valid."""

    member = forms.CharField(label=gettext_lazy("Member"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("Not in it")), *LEVELS]
    )

    def __init__(self, data: Any, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor

    def clean_member(self) -> Member:
        return people.named(queries.belonging(self.actor), self.cleaned_data["member"].strip())


class Several(forms.Form):
    """Addresses of members, pasted, and the role that all of them get. `outsiders` belong to no member."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("One or several, set apart by commas, spaces or lines."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=LEVELS, initial="user")

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor
        self.members: list[Member] = []
        self.outsiders: list[str] = []

    def clean_emails(self) -> str:
        text: str = self.cleaned_data["emails"]
        pasted = addresses.read(text)
        for bad in pasted.bad[:5]:
            self.add_error("emails", f"{bad.text}: {bad.reason}")
        emails = [address.email for address in pasted.good]
        if len(emails) > AT_ONCE:
            raise forms.ValidationError(_("At most %(n)s at once.") % {"n": AT_ONCE})
        known = queries.addressed(self.actor, emails)
        self.members = [known[email] for email in emails if email in known]
        self.outsiders = [email for email in emails if email not in known]
        return text
