"""What a workspace is made from, and who gets which role in it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orgs.models import Team
from workspaces.models import Visibility
from workspaces.queries.directory import VIEWS


class Find(forms.Form):
    """What the list's URL may say."""

    view = forms.ChoiceField(required=False, choices=VIEWS)
    q = forms.CharField(required=False, max_length=80)
    before = forms.CharField(required=False, max_length=80, strip=False)
    after = forms.CharField(required=False, max_length=80, strip=False)

    def asked(self) -> dict[str, str]:
        said = self.cleaned_data if self.is_valid() else {}
        shown = {"view": said.get("view") or "mine", "text": said.get("q", "")}
        return shown | {"before": said.get("before", ""), "after": said.get("after", "")}


class Workspace(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    visibility = forms.ChoiceField(
        label=_("Visibility"),
        widget=forms.RadioSelect,
        choices=[
            (Visibility.PUBLIC, _("Public: everybody whose plan opens workspaces can find, read and join it")),
            (Visibility.PRIVATE, _("Private: nobody learns that it exists unless they are added")),
        ],
        help_text=_("This can never be changed. Owners, Admins and the team's leads see private ones too."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        required=False,
        queryset=Team.objects.none(),
        empty_label=_("No team"),
        help_text=_("The team's leads administer it."),
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
