"""What the pages of newcomers take in: filters, a tick with its evidence, who looks after what, guide and post."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import evidence
from orgs.forms.days import DayField
from orgs.forms.places import Somebody
from orgs.models import Item, Member, Organization, ProvisioningRule, ProvisioningStep, Role
from orgs.provisioning import DEFINITIONS
from orgs.queries.provisioning import STUCK, Filters

MOST_DAYS = 365
MOST_PAGES = 10_000


class Filter(forms.Form):
    """What the URL of the board may say. What makes no sense is named and filters nothing."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=120, label=gettext_lazy("Name or e-mail"))
    stuck = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("Stuck or not")), *STUCK], label=gettext_lazy("Stuck")
    )
    overdue = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Overdue or not")), ("yes", gettext_lazy("Something is overdue"))],
        label=gettext_lazy("Overdue"),
    )
    step = forms.ChoiceField(
        required=False, choices=[("", gettext_lazy("Any step")), *ProvisioningStep.choices], label=gettext_lazy("Step")
    )
    team = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=gettext_lazy("Team"))
    owner = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Any owner")), ("me", gettext_lazy("I look after it"))],
        label=gettext_lazy("Looked after by"),
    )
    view = forms.ChoiceField(required=False, choices=[("", ""), ("list", "")])
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)

    def __init__(self, data: Any, *, teams: list[tuple[str, str]]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["team"].choices = [("", _("Any team")), *teams]

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        found = self.cleaned_data
        words = {name: found.get(name) or "" for name in ("q", "stuck", "overdue", "step", "owner")}
        return Filters(**words, team=found.get("team") or 0)

    @property
    def selects(self) -> list[Any]:
        return [self[name] for name in ("step", "stuck", "overdue", "team", "owner")]


class Tick(forms.Form):
    """A note, a file, or neither. `kind` is what the file was found to be."""

    note = forms.CharField(
        required=False, max_length=500, label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.FileField(
        required=False,
        max_length=200,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, PNG, JPEG or plain text, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.txt"}),
    )
    kind = ""
    status = 422

    def __init__(self, data: Any = None, files: Any = None, *, note: str = "", needs_note: bool = False) -> None:
        super().__init__(data, files, initial={"note": note})
        self.fields["note"].required = needs_note
        if needs_note:
            self.fields["note"].help_text = _("Who checked what, and when.")

    def clean_evidence(self) -> Any:
        file = self.cleaned_data["evidence"]
        if not file:
            return None
        if file.size > evidence.LARGEST:
            self.status = 413
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        self.kind = evidence.kind_of(file.name, file.content_type or "", file.read())
        file.seek(0)
        if not self.kind:
            raise forms.ValidationError(_("This is no PDF, PNG, JPEG or plain text file, whatever its name says."))
        return file


class Plan(Somebody):
    """Who looks after an item, and until when it is to be done."""

    due_day = DayField(label=gettext_lazy("Due"))

    def __init__(self, data: Any = None, *, actor: Member, owner: Member | None = None, due_day: Any = None) -> None:
        super().__init__(data, actor=actor)
        administrators = Member.objects.filter(org_id=actor.org_id, role__in=[Role.OWNER, Role.ADMIN])
        able = Member.objects.visible_to(actor) | administrators
        self.able = able.holding_a_seat().select_related("user", "org")
        self.fields["member"].label = _("E-mail address of whoever looks after it")
        self.fields["member"].widget.attrs |= {"list": "sponsors", "autocomplete": "off"}
        self.initial = {"member": owner.user.email if owner else "", "due_day": due_day}


class Template(forms.Form):
    """Days and owner for each of the fourteen items, for those who join from now on."""

    def __init__(self, data: Any = None, *, org: Organization) -> None:
        super().__init__(data)
        rules = {row.item: row for row in ProvisioningRule.objects.filter(org=org).select_related("owner__user")}
        self.able = Member.objects.filter(org=org).holding_a_seat().select_related("user", "org")
        for item, definition in DEFINITIONS.items():
            rule = rules.get(item)
            days = forms.IntegerField(min_value=0, max_value=MOST_DAYS, label=_("Due after days"))
            owner = forms.CharField(required=False, max_length=254, label=_("Looked after by"))
            owner.widget.attrs |= {"list": "owners", "autocomplete": "off", "aria-label": _("Looked after by")}
            days.initial = rule.days if rule else definition.days
            owner.initial = rule.owner.user.email if rule and rule.owner else ""
            self.fields[f"days_{item}"], self.fields[f"owner_{item}"] = days, owner

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        asked = {str(found.get(f"owner_{item}") or "").strip().lower() for item in DEFINITIONS} - {""}
        people = {who.user.email.lower(): who for who in self.able.filter(user__email__in=asked)}
        self.rules: dict[str, tuple[int, Member | None]] = {}
        for item in DEFINITIONS:
            text = str(found.get(f"owner_{item}") or "").strip().lower()
            if text and text not in people:
                self.add_error(f"owner_{item}", _("Nobody here has the address %(text)s.") % {"text": text})
            self.rules[item] = (found.get(f"days_{item}") or 0, people.get(text))
        return found

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Each item with its two fields."""
        return [(DEFINITIONS[item], self[f"days_{item}"], self[f"owner_{item}"]) for item in Item.values]


class Guide(forms.Form):
    text = forms.CharField(
        required=False,
        max_length=20_000,
        label=gettext_lazy("Setup guide"),
        help_text=gettext_lazy("Markdown: # headings, lists, **bold**, [links](https://…). HTML stays text."),
        widget=forms.Textarea(attrs={"rows": 16}),
    )


class Post(forms.Form):
    text = forms.CharField(
        max_length=2000,
        label=gettext_lazy("Your introduction"),
        help_text=gettext_lazy("A few lines: what you do, what you like to be asked about."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
