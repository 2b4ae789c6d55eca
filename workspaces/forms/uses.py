"""What "may they use it?" asks about: a person, a tool, a place."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from orgs.forms import people
from orgs.ids import LARGEST
from orgs.models import Member
from workspaces.forms.levels import here
from workspaces.models import Room, Tool, Workspace


class May(forms.Form):
    """Without a person it is about oneself, without a place about a personal chat, without a tool about asking."""

    use_required_attribute = False
    who = forms.CharField(required=False, max_length=254)
    place = forms.CharField(required=False, max_length=32)

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor
        missing = _("Choose a tool of the list.")
        tools = Tool.objects.visible_to(actor).select_related("org").order_by("name")
        field = forms.ModelChoiceField(tools, required=False, error_messages={"invalid_choice": missing})
        self.fields["tool"] = field

    @property
    def about_oneself(self) -> bool:
        """Whether nobody else is named: told before it is known whom the words name."""
        text = self.data.get("who", "").strip().lower()
        return text in ("", str(self.actor.pk), self.actor.user.email.lower())

    def clean_who(self) -> Member:
        text: str = self.cleaned_data["who"].strip()
        return people.named(here(self.actor), text) if text else self.actor

    def clean_place(self) -> Workspace | Room | None:
        text: str = self.cleaned_data["place"]
        if not text:
            return None
        said = re.fullmatch(r"([wr])([0-9]{1,19})", text, re.ASCII)
        pk = int(said[2]) if said else 0
        found = self._seen(said[1] if said else "", pk) if pk <= LARGEST else None
        if found is None:
            raise forms.ValidationError(_("There is no such place here. Choose one of the list."))
        return found

    def _seen(self, kind: str, pk: int) -> Workspace | Room | None:
        if kind == "r":
            rooms = Room.objects.visible_to(self.actor).select_related("org", "workspace__org")
            return rooms.filter(pk=pk).first()
        return Workspace.objects.visible_to(self.actor).select_related("org").filter(pk=pk).first()
