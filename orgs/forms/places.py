"""What the pages of departments and teams take in: names, places to go to, members to bring."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import places
from orgs.forms import people
from orgs.forms.files import Upload
from orgs.forms.names import Named
from orgs.models import Department, Member, Organization, Team
from orgs.places import NOWHERE, Place

NONE = "none"


class Places:
    """Everywhere that a member may be brought to, by the word that a form has for it. 2 queries, made once."""

    def __init__(self, actor: Member, but: Department | Team | None = None) -> None:
        teams: dict[int, list[tuple[str, str]]] = {}
        self.known: dict[str, Place] = {NONE: NOWHERE}
        self.choices: list[Any] = [("", _("Choose a place")), (NONE, _("No department"))]
        departments = {row.pk: row for row in Department.objects.visible_to(actor) if row != but}
        for team in Team.objects.visible_to(actor):
            if team != but and team.department_id in departments:
                self.known[f"t{team.pk}"] = Place(departments[team.department_id], team)
                teams.setdefault(team.department_id, []).append((f"t{team.pk}", team.name))
        for row in departments.values():
            self.known[f"d{row.pk}"] = Place(row)
            alone = (f"d{row.pk}", _("%(department)s, no team") % {"department": row.name})
            self.choices.append((row.name, [alone, *teams.get(row.pk, [])]))


def word_for(place: Place) -> str:
    """What a form calls a place."""
    if place.team is not None:
        return f"t{place.team.pk}"
    return f"d{place.department.pk}" if place.department is not None else NONE


class PlaceField(forms.ChoiceField):
    """A place of the organization: one select over all departments and teams. Cleans to a Place."""

    def __init__(self, places: Places, **options: Any) -> None:
        super().__init__(choices=places.choices, **options)
        self.places = places
        self.error_messages["invalid_choice"] = _("There is no such place here. Choose one of the list.")

    def clean(self, value: Any) -> Place | None:
        word = super().clean(value)
        return self.places.known[word] if word else None


class To(forms.Form):
    """Where somebody is to go. A script may name `team` or `department` by its id instead."""

    def __init__(
        self, data: Any = None, *, actor: Member, but: Department | Team | None = None, **options: Any
    ) -> None:
        super().__init__(in_one_word(data), **options)
        self.fields["to"] = PlaceField(Places(actor, but), label=_("Where to"))


def in_one_word(data: Any) -> Any:
    """What was sent, with a place that was named by `team` or `department` as the select names it."""
    if data is None or "to" in data or not ("team" in data or "department" in data):
        return data
    said = data.copy()
    team, department = data.get("team", ""), data.get("department", "")
    said["to"] = f"t{team}" if team else f"d{department}" if department else NONE
    return said


class Name(Named):
    """The name of a department or a team, new or `but` to be called otherwise."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: type[Department | Team],
        org: Organization,
        but: Department | Team | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.kind, self.org, self.but = kind, org, but

    def name_is_free(self, name: str) -> None:
        places.name_is_free(self.kind, self.org, name, but=self.but)


class NewTeam(Name):
    def __init__(self, data: Any = None, *, actor: Member, **options: Any) -> None:
        super().__init__(data, kind=Team, org=actor.org, **options)
        self.fields["department"] = _one_of(Department.objects.visible_to(actor), _("Department"))


class MoveTeam(forms.Form):
    def __init__(self, data: Any = None, *, actor: Member, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["department"] = _one_of(Department.objects.visible_to(actor), _("To which department"))


class Merge(forms.Form):
    """Into which other department or team."""

    def __init__(self, data: Any = None, *, actor: Member, what: Department | Team) -> None:
        super().__init__(data)
        others: Any = type(what).objects.visible_to(actor).exclude(pk=what.pk)
        self.fields["into"] = _one_of(others, _("Into"))


class Delete(forms.Form):
    """Where the members of a department or team that ends go; nothing is chosen beforehand."""

    def __init__(self, data: Any = None, *, actor: Member, what: Department | Team) -> None:
        super().__init__(data)
        self.fields["members_to"] = PlaceField(Places(actor, but=what), label=_("Its members go to"))


class DeleteTeam(Delete):
    def __init__(self, data: Any = None, *, actor: Member, what: Team) -> None:
        super().__init__(data, actor=actor, what=what)
        others = Team.objects.visible_to(actor).exclude(pk=what.pk)
        self.fields["workspaces_to"] = _one_of(others, _("Its workspaces go to"), required=False, empty=_("No team"))


def _one_of(rows: Any, label: str, *, required: bool = True, empty: str = "") -> Any:
    field = forms.ModelChoiceField(rows, label=label, required=required, empty_label=empty or _("Choose one"))
    field.error_messages["invalid_choice"] = _("There is no such choice here. Choose one of the list.")
    return field


class Search(forms.Form):
    q = forms.CharField(required=False, max_length=120, label=gettext_lazy("Name or e-mail"))


class Somebody(forms.Form):
    """A member by address or id: `found` are those who can be named."""

    member = forms.CharField(label=gettext_lazy("E-mail address of a member"), max_length=254)

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.able = Member.objects.visible_to(actor).holding_a_seat().select_related("user", "org")

    def clean_member(self) -> Member:
        return people.named(self.able, self.cleaned_data["member"].strip())


class Ticked(forms.Form):
    """Members that were ticked (`ids`, repeated), or all that match."""

    all_matching = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.named: Iterable[str] = data.getlist("ids")

    def clean(self) -> dict[str, Any]:
        found = {**self.cleaned_data, **(super().clean() or {})}
        found["ids"] = []
        try:
            found["ids"] = people.ticked(self.named)
        except ValueError:
            self.add_error(None, _("Some of the ticked members do not exist. Load the page again."))
        else:
            if not found["ids"] and not found.get("all_matching"):
                self.add_error(None, _("Tick at least one member, or choose all that match."))
        return found


class MoveTicked(Ticked, To):
    """Ticked members and where they go. `asking`: the panel is opened, and nothing is chosen yet."""

    def __init__(self, data: Any, *, actor: Member, asking: bool = False) -> None:
        super().__init__(data, actor=actor)
        self.fields["to"].required = not asking


class File(Upload):
    """Who belongs where, as CSV."""

    columns = ("email", "department", "team")
