"""What the settings of a workspace take in: name, team, who may what, limits; another owner; the name of a copy."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.names import Named
from orgs.forms.people import named
from orgs.ids import LARGEST
from orgs.models import Member, Team
from workspaces.actions.workspaces import name_is_free
from workspaces.models import Circle, Workspace
from workspaces.queries import people

MB = 1_000_000
CIRCLES = ("mates_by", "files_by", "sharing_by")


class Settings(Named):
    """All settings at once. `storage_limit` is typed in MB; empty limits are none."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        required=False,
        queryset=Team.objects.none(),
        empty_label=gettext_lazy("No team"),
        help_text=gettext_lazy("The team's leads administer it and read everything in it."),
    )
    mates_by = forms.ChoiceField(label=gettext_lazy("Who adds mates"), choices=Circle)
    files_by = forms.ChoiceField(label=gettext_lazy("Who uploads files"), choices=Circle)
    sharing_by = forms.ChoiceField(label=gettext_lazy("Who shares conversations outside"), choices=Circle)
    storage_limit = forms.IntegerField(
        label=gettext_lazy("Storage in MB"), required=False, min_value=1, max_value=100_000_000
    )
    daily_messages = forms.IntegerField(
        label=gettext_lazy("Messages a day"), required=False, min_value=1, max_value=1_000_000_000
    )

    # The place in the audit log up to which whoever typed this knew the settings; nothing from scripts.
    seen = forms.IntegerField(required=False, min_value=0, max_value=LARGEST, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Member,
        workspace: Workspace,
        teams: QuerySet[Team],
        counts: dict[str, int],
    ) -> None:
        initial = {name: getattr(workspace, name) for name in ("name", "team", *CIRCLES, "daily_messages")}
        initial["storage_limit"] = workspace.storage_limit and -(-workspace.storage_limit // MB)
        super().__init__(data, initial=initial)
        self.actor, self.workspace = actor, workspace
        field: Any = self.fields["team"]
        field.queryset = teams
        for name in CIRCLES:
            circle: Any = self.fields[name]
            circle.choices = [(value, f"{label} ({counts[value]})") for value, label in Circle.choices]

    def name_is_free(self, name: str) -> None:
        name_is_free(self.actor, self.workspace.org, name, but=self.workspace)

    def wanted(self) -> dict[str, Any]:
        """The settings as the deed takes them."""
        limit = self.cleaned_data["storage_limit"]
        settings = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return settings | {"storage_limit": limit * MB if limit is not None else None}


class Owner(forms.Form):
    """Who owns the workspace from now on, by id or address."""

    member = forms.CharField(
        label=gettext_lazy("E-mail address of one of its Admins"),
        max_length=254,
        widget=forms.TextInput(attrs={"list": "sponsors", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor

    def clean_member(self) -> Member:
        return named(people.belonging(self.actor), self.cleaned_data["member"].strip())


class Copy(Named):
    """What the private copy is called."""

    name = forms.CharField(label=gettext_lazy("Name of the copy"), max_length=80)

    def __init__(self, data: Any = None, *, actor: Member, source: Workspace) -> None:
        super().__init__(data, initial={"name": _("%(name)s, private") % {"name": source.name[:70]}})
        self.actor = actor

    def name_is_free(self, name: str) -> None:
        name_is_free(self.actor, self.actor.org, name)
