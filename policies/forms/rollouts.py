"""What the pages of rollouts take in: a plan with its stages, a reason, an answer."""

from collections.abc import Mapping
from datetime import datetime, time
from itertools import islice
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.days import DayField
from orgs.models import Organization
from policies.actions.rollouts import Planned, Thing
from policies.models import Stage
from policies.rollouts.choices import audience, chosen

MOST = 12  # stages
Choices = list[tuple[Any, list[tuple[str, Any]]]]  # of a list in groups


class StageForm(forms.Form):
    """One stage; without a name it is left out."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    who = forms.MultipleChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Everybody to whom one of these applies. Power users are the top tenth by active days, then messages, of "
            "the last 30 days."
        ),
    )
    starts_on = DayField(label=gettext_lazy("Begins on"), required=False, help_text=gettext_lazy("Empty: by hand."))
    least_people = forms.IntegerField(
        label=gettext_lazy("Least people"), required=False, min_value=0, max_value=1_000_000
    )
    least_days = forms.IntegerField(label=gettext_lazy("Least days"), required=False, min_value=0, max_value=365)
    highest_refusals = forms.IntegerField(
        label=gettext_lazy("Most refusals (%)"), required=False, min_value=0, max_value=100
    )
    lowest_score = forms.DecimalField(
        label=gettext_lazy("Lowest score (1–5)"), required=False, min_value=1, max_value=5, decimal_places=1
    )

    def __init__(self, data: Any = None, *, org: Organization, who: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        self.org, self.audiences = org, who
        self.fields["who"].choices = who  # type: ignore[attr-defined]

    def offered(self) -> list[tuple[Any, list[BoundWidget]]]:
        """Whom it can name, as boxes to tick by kind; those that are ticked come first."""
        boxes = self["who"].subwidgets
        ticked = [box for box in boxes if box.data["selected"]]
        rest, found = iter(boxes), [(_("Chosen"), ticked)]
        for label, choices in self.audiences:
            kind = islice(rest, len(choices))
            found.append((label, [box for box in kind if not box.data["selected"]]))
        return [(label, some) for label, some in found if some]

    @property
    def names(self) -> str:
        """Whom it names, in a line."""
        return ", ".join(str(box.choice_label) for box in self["who"].subwidgets if box.data["selected"])

    @property
    def warning(self) -> str:
        """Why the stage as it was proposed may not be what was meant; empty: nothing, or something else was typed."""
        return "" if self.is_bound else self.initial.get("warning", "")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("name") and not said.get("who") and "who" not in self.errors:
            self.add_error("who", _("Say whom the stage “%(name)s” reaches.") % {"name": said["name"]})
        return said

    def planned(self) -> Planned:
        said = self.cleaned_data
        day = said["starts_on"]
        return Planned(
            said["name"],
            audience(said["who"]),
            datetime.combine(day, time.min, self.org.zone) if day else None,
            said["least_people"] or 0,
            said["least_days"] or 0,
            said["highest_refusals"],
            said["lowest_score"],
        )


def values_of(stage: Stage | Planned, org: Organization, warning: str = "") -> dict[str, Any]:
    """A stage as the form has it; `warning`: why it may not be what was meant."""
    at = stage.starts_at
    return {
        "name": stage.name,
        "who": chosen(stage.audience),
        "starts_on": at.astimezone(org.zone).date() if at else None,
        "least_people": stage.least_people or None,
        "least_days": stage.least_days or None,
        "highest_refusals": stage.highest_refusals,
        "lowest_score": stage.lowest_score,
        "warning": warning,
    }


class Plan(forms.Form):
    """What is rolled out, under which name; its stages are forms of their own, `stages`.

    Without `things` what it is of is settled. There is always an empty stage more than there are stages.
    """

    what = forms.ChoiceField(
        label=gettext_lazy("What reaches people"),
        help_text=gettext_lazy(
            "A version of a policy stands here once it was published report-only and none newer is in force. "
            "A department's reaches its people alone, whomever a stage names."
        ),
    )
    name = forms.CharField(label=gettext_lazy("What the rollout is called"), max_length=120)
    count = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        org: Organization,
        who: Choices,
        stages: list[dict[str, Any]],
        things: Mapping[str, Thing] | None,
        grouped: Choices | None = None,
        least: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.things, self.least = things, least
        if things is None:
            del self.fields["what"]
        else:
            choices = [("", _("Choose one")), *(grouped or [])]
            self.fields["what"].choices = choices  # type: ignore[attr-defined]
        initial = [*stages[:MOST], {}][:MOST]
        number = self._number() if self.is_bound else len(initial)
        self.fields["count"].initial = number
        values = [initial[n] if n < len(initial) else {} for n in range(number)]
        self.stages = [
            StageForm(data, org=org, who=who, prefix=f"stage-{n}", initial=value) for n, value in enumerate(values)
        ]

    def _number(self) -> int:
        text = str(self.data.get("count", ""))
        return min(max(int(text), 1), MOST) if text.isascii() and text.isdecimal() and len(text) < 3 else 1

    def is_valid(self) -> bool:
        valid = super().is_valid()
        whole = sum(not stage.is_valid() for stage in self.stages) == 0
        if valid and whole and len(self.planned()) < self.least:
            self.add_error(None, _("A rollout has at least one stage: give one a name."))
            return False
        return valid and whole

    def planned(self) -> list[Planned]:
        return [stage.planned() for stage in self.stages if stage.cleaned_data["name"]]

    def thing(self) -> Thing:
        return (self.things or {})[self.cleaned_data["what"]]


class Reason(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class Reasoned(Reason):
    """Where there must be one."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class Confirm(forms.Form):
    """Nothing more than that it is wanted."""


class Answer(forms.Form):
    """1 to 5 and a sentence; `later` takes no answer and asks no more."""

    score = forms.TypedChoiceField(
        choices=[(n, str(n)) for n in range(1, 6)], coerce=int, empty_value=None, required=False
    )
    sentence = forms.CharField(max_length=300, required=False)
    later = forms.CharField(max_length=3, required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.pop("later", ""):
            return {"score": None, "sentence": ""}
        if said.get("score") is None and "score" not in self.errors:
            self.add_error("score", _("Choose a score from 1 to 5."))
        return said
