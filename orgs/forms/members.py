"""What the pages about members take in: filters from the URL, deeds on one member, deeds on many."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orgs.actions.members import DEEDS
from orgs.forms import people
from orgs.forms.places import PlaceField, Places, in_one_word
from orgs.ids import LARGEST
from orgs.models import Kind, Member, Organization, Plan, Role, Status, Team
from orgs.models.members import MemberQuerySet
from orgs.queries.members import Filters, Place
from orgs.queries.members.job import OUTCOMES
from orgs.queries.members.lists import SORTS, read_cursor


class Filter(forms.Form):
    """What the URL of a list may say. What makes no sense is named and filters nothing."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=120, label=_("Name or e-mail"))
    role = forms.ChoiceField(required=False, choices=[("", _("Any role")), *Role.choices], label=_("Role"))
    plan = forms.ChoiceField(required=False, choices=[("", _("Any plan")), *Plan.choices], label=_("Plan"))
    status = forms.ChoiceField(required=False, choices=[("", _("Any status")), *Status.choices], label=_("Status"))
    kind = forms.ChoiceField(required=False, choices=[("", _("Members and guests")), *Kind.choices], label=_("Kind"))
    team = forms.ModelChoiceField(Team.objects.none(), required=False, label=_("Team"))
    second_factor = forms.ChoiceField(
        required=False, choices=[("", ""), ("none", _("No second factor"))], label=_("Second factor")
    )
    placed = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("no_department", _("No department")), ("no_team", _("No team"))],
        label=_("Placed"),
    )
    sort = forms.ChoiceField(required=False, choices=[(s, s) for name in SORTS for s in (name, f"-{name}")])
    after = forms.CharField(required=False, max_length=1000)
    before = forms.CharField(required=False, max_length=1000)

    def __init__(self, data: Any, *, actor: Member) -> None:
        super().__init__(data)
        self.fields["team"].queryset = Team.objects.visible_to(actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        for name in ("after", "before"):
            try:
                found[name] = read_cursor(found[name], found.get("sort") or "name") if found.get(name) else ()
            except ValueError:
                found[name] = ()
                self.add_error(name, _("There is no such page. Start from the first."))
        return found

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        asked = self.cleaned_data
        texts: dict[str, Any] = {
            n: asked.get(n) or "" for n in ("q", "role", "plan", "status", "kind", "second_factor", "placed")
        }
        return Filters(**texts, team=asked["team"].pk if asked.get("team") else 0)

    def place(self) -> Place:
        asked = self.cleaned_data
        return Place(asked.get("sort") or "name", asked.get("after") or (), asked.get("before") or ())


class SetRole(forms.Form):
    role = forms.ChoiceField(choices=Role.choices, label=_("Role"))


class Promotion(SetRole):
    """A role that was chosen, until it is confirmed."""

    role = forms.ChoiceField(choices=Role.choices, widget=forms.HiddenInput)


class SetPlan(forms.Form):
    plan = forms.ChoiceField(choices=Plan.choices, label=_("Plan"))


class Reason(forms.Form):
    """Why somebody loses access: kept in the audit log, and told to them."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Kept in the audit log, and told to them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TakeOver(forms.Form):
    """`successor` is the address or id of anybody who holds a seat; `likely` are offered while one types."""

    successor = forms.CharField(
        required=False,
        max_length=254,
        label=_("Who takes over what they own"),
        help_text=_("An e-mail address. Empty: you, or the Owner who has been here longest."),
        widget=forms.TextInput(attrs={"list": "successors", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.able = Member.objects.visible_to(actor).holding_a_seat().select_related("user")

    def likely(self) -> MemberQuerySet:
        """The first hundred who can take over, Owners and Admins first. One query."""
        return people.likely(self.able.filter(suspended_at=None).exclude(role=Role.VIEWER))

    def clean_successor(self) -> Member | None:
        text: str = self.cleaned_data["successor"].strip()
        return people.named(self.able, text) if text else None


class Remove(Reason, TakeOver):
    """Why somebody goes, and who takes over what they own."""

    field_order = ("reason", "successor")

    def __init__(self, data: Any = None, *, actor: Member, member: Member) -> None:
        super().__init__(data, actor=actor)
        self.able = self.able.exclude(pk=member.pk)


class Restore(forms.Form):
    mode = forms.ChoiceField(
        choices=[
            ("as_before", _("As they were: role, plan, team and workspaces")),
            ("fresh", _("Start fresh: a User on Essential, without team or workspaces")),
        ],
        initial="as_before",
        label=_("How they come back"),
        widget=forms.RadioSelect,
    )


class Deed(forms.Form):
    """Which deed is to be done with many."""

    deed = forms.ChoiceField(choices=[(deed, deed) for deed in DEEDS])


class Bulk(Deed, TakeOver):
    """One deed on many: those named by id (repeated, or set apart by commas), or all that match the filter."""

    all_matching = forms.BooleanField(required=False)
    # Nothing is chosen beforehand: a deed on many is nobody's slip of the finger.
    role = forms.ChoiceField(required=False, choices=[("", _("Choose a role")), *Role.choices], label=_("Role"))
    plan = forms.ChoiceField(required=False, choices=[("", _("Choose a plan")), *Plan.choices], label=_("Plan"))
    reason = Reason.base_fields["reason"]
    typed_name = forms.CharField(required=False, max_length=80, label=_("Name of the organization"))
    NEEDS = {"role": "role", "plan": "plan", "move": "to", "suspend": "reason", "remove": "reason"}

    def __init__(self, data: QueryDict, *, actor: Member, asking: bool = False) -> None:
        super().__init__(data, actor=actor)
        self.org_name, self.named, self.asking = actor.org.name, data.getlist("ids"), asking
        self.fields["reason"].required = False
        if data.get("deed") == "move":
            self.data = data if asking else in_one_word(data)
            self.fields["to"] = PlaceField(Places(actor), required=False, label=_("Where to"))

    def clean_typed_name(self) -> str:
        """Where the page asked to type the name, it must be the name."""
        typed: str = self.cleaned_data["typed_name"]
        if "typed_name" in self.data and typed.strip() != self.org_name:
            raise forms.ValidationError(_("Type %(name)s, as it is written."), params={"name": self.org_name})
        return typed

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        need = "" if self.asking else self.NEEDS.get(found.get("deed", ""))
        if need and not found.get(need):
            self.add_error(need, _("This field is required."))
        found["ids"] = self._ids()
        if not found["ids"] and not found.get("all_matching"):
            self.add_error(None, _("Tick at least one member, or choose all that match."))
        return found

    def _ids(self) -> list[int]:
        try:
            return people.ticked(self.named)
        except ValueError:
            self.add_error(None, _("Some of the ticked members do not exist. Load the page again."))
            return []

    def needed(self) -> list[forms.BoundField]:
        """The fields of the chosen deed; the first is one that it cannot do without."""
        deed = self.cleaned_data.get("deed", "")
        name = self.NEEDS.get(deed)
        if name is None:
            return []
        self.fields[name].required = True
        return [self[name], *([self["successor"]] if deed == "remove" else [])]

    def values(self) -> dict[str, Any]:
        """What the deed needs besides its targets."""
        deed, found = self.cleaned_data["deed"], self.cleaned_data
        need, heir = self.NEEDS.get(deed), found.get("successor")
        if deed == "move":
            return dict(zip(("department", "team"), found["to"].ids, strict=True))
        values = {need: found[need]} if need else {}
        return values | ({"successor": heir.pk} if deed == "remove" and heir else {})


class Results(forms.Form):
    """Which results of a job to show."""

    outcome = forms.ChoiceField(required=False, choices=[(o, o) for o in OUTCOMES])
    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def place(self) -> dict[str, Any]:
        return {"outcome": self.cleaned_data.get("outcome") or "", "after": self.cleaned_data.get("after") or 0}


class Delegate(forms.Form):
    """The single permissions over the whole organization that somebody is to have; none takes all."""

    permissions = forms.MultipleChoiceField(required=False, choices=[(name, name) for name in Organization.DELEGATED])
