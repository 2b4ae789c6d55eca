"""What rooms take in: a name, how the project stands, milestones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from orgs.forms.days import DayField
from orgs.forms.names import Named
from orgs.models import Member
from workspaces.actions.rooms import room_name_is_free
from workspaces.models import Milestone, Progress, Room, Workspace


class Find(forms.Form):
    """What the list's URL may say."""

    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def asked(self) -> int:
        return (self.cleaned_data.get("page") if self.is_valid() else 0) or 1


class New(Named):
    """The name of a room that is to be made."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def __init__(
        self, data: Any = None, *, actor: Member, workspace: Workspace, but: Room | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.actor, self.workspace, self.but = actor, workspace, but

    def name_is_free(self, name: str) -> None:
        room_name_is_free(self.actor, self.workspace, name, but=self.but)


class Describe(New):
    """How a room is called and how its project stands."""

    progress = forms.ChoiceField(label=gettext_lazy("Status"), choices=Progress)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Why it stands like this, and what comes next."),
    )

    def __init__(self, data: Any = None, *, actor: Member, room: Room) -> None:
        initial = {"name": room.name, "progress": room.progress, "note": room.note}
        super().__init__(data, actor=actor, workspace=room.workspace, but=room, initial=initial)


class Stone(forms.Form):
    """A milestone."""

    title = forms.CharField(label=gettext_lazy("What is to be reached"), max_length=120)
    due_on = DayField(label=gettext_lazy("Due"), required=False)
    percent = forms.IntegerField(label=gettext_lazy("Progress in percent"), min_value=0, max_value=100, initial=0)

    def __init__(self, data: Any = None, *, stone: Milestone | None = None) -> None:
        names = ("title", "due_on", "percent")
        super().__init__(data, initial={n: getattr(stone, n) for n in names} if stone is not None else None)
