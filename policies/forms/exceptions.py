"""What the page of exceptions takes in: a filter, and an exception as it is granted."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.forms.days import LATEST, DayField, EdgeField
from orgs.invitees import end_of
from orgs.models import Member
from policies import approving
from policies.facts import InPolicy
from policies.models import WHOLE
from policies.queries.exceptions import STATES


class Find(forms.Form):
    """What the URL of the list may say."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=STATES)
    after, before = EdgeField(), EdgeField()

    def asked(self) -> dict[str, Any]:
        """What is looked for, as far as it makes sense."""
        self.is_valid()
        said = self.cleaned_data
        found: dict[str, Any] = {name: said.get(name) or "" for name in ("q", "state")}
        return found | {name: said.get(name) or None for name in ("after", "before")}


class Grant(forms.Form):
    """A use case, whose exception it is, why, and its last day by the organization's clock."""

    use_case = forms.ChoiceField(label=gettext_lazy("Use case"))
    member = forms.CharField(
        label=gettext_lazy("Member"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("E-mail address. Empty where it is for a whole group."),
    )
    group = forms.ChoiceField(label=gettext_lazy("Or everybody in a policy group"), required=False)
    ends_on = DayField(label=gettext_lazy("Last day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept with the exception and in the audit log."),
    )

    def __init__(self, data: Any = None, *, actor: Member, begun: Any = None) -> None:
        """`begun`: what a link that leads here has chosen already."""
        super().__init__(data, initial={name: begun[name] for name in ("use_case", "member") if name in (begun or ())})
        self.actor, org = actor, actor.org
        cases = [(case, f"{case}: {said}" if said else case) for case, said in approving.use_cases_of(org).items()]
        groups = [(f"{scope}:{name}", called) for (scope, name), called in self._groups().items()]
        self.fields["use_case"].choices = [("", _("Choose…")), *cases]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", _("Nobody else")), *groups]  # type: ignore[attr-defined]
        self.today = timezone.now().astimezone(org.zone).date()
        self.fields["ends_on"].widget.attrs |= {"min": self.today.isoformat(), "max": LATEST.isoformat()}

    def _groups(self) -> dict[InPolicy, str]:
        """Each group as it is called: with whose it is where several policies have one of that name."""
        found = approving.groups_of(self.actor.org)
        names = Counter(name for _scope, name in found)

        def called(name: str, department: str) -> str:
            if names[name] == 1:
                return name
            words = {"group": name, "department": department}
            return (_("%(group)s of %(department)s") if department else _("%(group)s of the organization")) % words

        return {group: called(group[1], department) for group, department in found.items()}

    def clean_member(self) -> Member | None:
        text = self.cleaned_data["member"].strip()
        if not text:
            return None
        return people.named(Member.objects.visible_to(self.actor).filter(removed_at=None), text)

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "member" in said and bool(said["member"]) == bool(said.get("group")):
            self.add_error("member", _("An exception is either a member's or a group's: name one of them."))
        return said

    def granted(self) -> dict[str, Any]:
        """What the deed takes."""
        said: dict[str, Any] = dict(self.cleaned_data)
        ends_at: datetime = end_of(self.actor.org, said.pop("ends_on"))
        scope, _colon, group = said.pop("group").partition(":")
        return said | {"ends_at": ends_at, "group": group, "scope": int(scope or WHOLE)}


class Nothing(forms.Form):
    """A deed that needs nothing but the click."""
