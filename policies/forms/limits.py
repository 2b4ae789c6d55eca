"""What the pages of limits take in: whom they are for, how much, and what of the list is shown."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.models import Member, Plan, Team
from policies.actions.limits import Target
from policies.models import Limit

NANOS, GB = 10**9, 10**9
KINDS = Limit.Kind
FIELDS = {KINDS.MESSAGES_DAY: ("messages", 1), KINDS.COST_MONTH: ("cost", NANOS), KINDS.STORAGE: ("storage", GB)}


class Amounts(forms.Form):
    """How much at most; empty: no limit here, so the next one holds."""

    messages = forms.IntegerField(
        label=gettext_lazy("Messages a day"), required=False, min_value=0, max_value=1_000_000_000
    )
    cost = forms.DecimalField(
        label=gettext_lazy("Cost a month, in USD"), required=False, min_value=0, max_digits=11, decimal_places=2
    )
    storage = forms.DecimalField(
        label=gettext_lazy("Storage, in GB"), required=False, min_value=0, max_digits=9, decimal_places=3
    )

    @classmethod
    def starting(cls, amounts: dict[str, int]) -> "Amounts":
        """The form with what is set now."""
        return cls(
            initial={name: _plain(amounts[kind], unit) for kind, (name, unit) in FIELDS.items() if kind in amounts}
        )

    def amounts(self) -> dict[str, int | None]:
        """By kind, in messages, nano-USD and bytes."""
        given = self.cleaned_data
        return {
            str(kind): None if given[name] is None else int(given[name] * unit) for kind, (name, unit) in FIELDS.items()
        }

    def set_amounts(self) -> dict[str, int]:
        """Those that are limits."""
        return {kind: amount for kind, amount in self.amounts().items() if amount is not None}

    def said(self) -> list[tuple[str, str]]:
        """The fields as they were given: what goes along to the deed."""
        return [(name, "" if self.cleaned_data[name] is None else str(self.cleaned_data[name])) for name in self.fields]


def _plain(amount: int, unit: int) -> Decimal | int:
    return amount if unit == 1 else (Decimal(amount) / unit).normalize() + 0


class Whom(forms.Form):
    """Whom a limit is for: everybody, a plan, a team, or one member by address.

    Two steps, so that it shows what belongs to the choice and nothing else: the level first, then which one.
    """

    level = forms.ChoiceField(label=gettext_lazy("For"), choices=Limit.Level.choices, initial=Limit.Level.PLAN)
    plan = forms.ChoiceField(label=gettext_lazy("Plan"), choices=[("", "–"), *Plan.choices])
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none())
    member = forms.CharField(label=gettext_lazy("E-mail address of a member"), max_length=254)

    def __init__(self, data: Any, *, actor: Member) -> None:
        chosen = data.get("level", "")
        asks = chosen in Limit.Level.values and chosen in self.base_fields and chosen not in data
        super().__init__(None if not chosen or asks else data, initial={"level": chosen} if asks else None)
        self.fields["team"].queryset = Team.objects.visible_to(actor)  # type: ignore[attr-defined]
        self.able = Member.objects.visible_to(actor).holding_a_seat().select_related("user", "org")
        for name in ("plan", "team", "member"):
            if name != chosen:
                del self.fields[name]
            else:
                self.fields[name].error_messages["required"] = _("Say which one.")

    def clean(self) -> dict[str, Any]:
        found = {**self.cleaned_data, **(super().clean() or {})}
        if found.get("member"):
            found["member"] = self._person(found["member"])
        return found

    def _person(self, said: str) -> Member | None:
        try:
            return people.named(self.able, said.strip())
        except forms.ValidationError as problem:
            self.add_error("member", problem)
            return None

    def target(self, actor: Member) -> Target:
        given = self.cleaned_data
        return Target(actor.org, given["level"], **{n: given[n] for n in (given["level"],) if n != "organization"})


class Find(forms.Form):
    """Which people the list shows; what is no choice finds as if it were not there."""

    SHOW = (
        ("near", gettext_lazy("At 80 % or more")),
        ("full", gettext_lazy("Used up")),
        ("own", gettext_lazy("With a limit of their own")),
        ("all", gettext_lazy("Everybody with a limit")),
    )
    q = forms.CharField(required=False, max_length=100)
    show = forms.ChoiceField(required=False, choices=SHOW)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {"q": self.cleaned_data.get("q", ""), "show": self.cleaned_data.get("show") or "near"}
