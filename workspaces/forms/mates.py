"""What the pages of mates take in: a mate's words and model, tools to attach, where it is added."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Member, Team
from workspaces.models import Authorized, Mate, Tool
from workspaces.queries.workspaces import teams_for

MODEL = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._:/@+-]*\Z",
    gettext_lazy("A model's name has letters, digits and . _ : / @ + - only, as gpt-5 or provider/model:tag."),
)


class Named(forms.Form):
    """A mate or tool with a name that no other has; `status` is 409 where nothing but the name is in the way."""

    kind: type[Authorized] = Mate
    status = 422
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def __init__(self, data: Any = None, *, actor: Member, but: Authorized | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.actor, self.but = actor, but
        self.fields["team"] = self._team()

    def _team(self) -> Any:
        teams = teams_for(self.actor)
        if self.but is not None and self.but.team_id:  # it may stay where it is, whoever configures it
            teams = Team.objects.filter(Q(pk__in=teams.values("pk")) | Q(pk=self.but.team_id))
        return forms.ModelChoiceField(
            teams,
            label=_("Team"),
            required=False,
            empty_label=_("No team"),
            help_text=_("The team's leads look after it too."),
        )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = self.kind.objects.filter(org_id=self.actor.org_id, name=name)  # type: ignore[attr-defined]
        if others.exclude(pk=self.but.pk if self.but else 0).exists():
            self.status = 409
            raise forms.ValidationError(_("The name %(name)s is taken. Choose another.") % {"name": name})
        return name


class ModelField(forms.CharField):
    """The name of a model: one of those offered, or any other of a good shape."""

    def __init__(self, offered: Iterable[str], **options: Any) -> None:
        super().__init__(
            label=_("Model"),
            max_length=100,
            validators=[MODEL],
            help_text=_("By the name that the chat platform has for it."),
            widget=forms.TextInput(attrs={"list": "models", "autocomplete": "off", "spellcheck": "false"}),
            **options,
        )
        self.offered = tuple(offered)


class Onboard(Named):
    """What is chosen when a mate of the store is taken: the rest is written already."""

    def __init__(self, data: Any = None, *, models: Iterable[str], **options: Any) -> None:
        super().__init__(data, **options)
        offered = tuple(models)
        self.fields["model"] = ModelField(offered, initial=next(iter(offered), ""))
        self.order_fields(["name", "model", "team"])


class Configure(Named):
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What it is good for, as the list shows it."),
    )
    instructions = forms.CharField(
        label=gettext_lazy("Instructions"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("What it is told before every conversation. Whoever may configure it can read them."),
    )

    def __init__(self, data: Any = None, *, models: Iterable[str], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["model"] = ModelField(models)
        self.order_fields(["name", "description", "model", "instructions", "team"])


class New(Configure):
    """A mate of one's own words, with the tools that one may attach."""

    def __init__(self, data: Any = None, *, tools: Iterable[Tool], **options: Any) -> None:
        super().__init__(data, **options)
        self.known = {str(tool.pk): tool for tool in tools}
        if self.known:
            field = forms.MultipleChoiceField(
                label=_("Tools"),
                required=False,
                choices=[(pk, tool.name) for pk, tool in self.known.items()],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Whoever may use the mate reaches them through it."),
            )
            field.error_messages["invalid_choice"] = _("There is no such tool here that you may attach.")
            self.fields["tools"] = field

    def clean(self) -> dict[str, Any]:
        said = {**self.cleaned_data, **(super().clean() or {})}
        return said | {"tools": [self.known[pk] for pk in said.get("tools", ())]}


class _One(forms.Form):
    """One of the rows that one may know of, and whether it is taken away rather than brought."""

    use_required_attribute = False
    take = forms.BooleanField(required=False)

    def known(self, name: str, rows: Any, missing: str) -> None:
        self.fields[name] = forms.ModelChoiceField(
            rows, error_messages={"required": missing, "invalid_choice": missing}
        )


class Attach(_One):
    """A tool of a mate."""

    def __init__(self, data: Any, *, actor: Member) -> None:
        super().__init__(data)
        self.known("tool", Tool.objects.visible_to(actor).select_related("org"), _("Choose a tool of the list."))


class Which(_One):
    """A mate: of a workspace, or that a tool is taken away from."""

    def __init__(self, data: Any, *, actor: Member) -> None:
        super().__init__(data)
        self.known("mate", Mate.objects.visible_to(actor).select_related("org"), _("Choose a mate of the list."))
