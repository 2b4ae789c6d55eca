"""What is typed when somebody asks for access, and when somebody else decides."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.asking import EXCEPTION, least_plan_with, levels_outside, plans_above, roles_above, use_cases_for
from orgs.forms.days import LATEST, DayField
from orgs.forms.invitations.terms import Offer
from orgs.invitees import Wanted, end_of
from orgs.models import AccessRequest, Feature, Member, Organization
from orgs.models import Kind as Membership
from orgs.queries.requests import STATES, levels

Kind = AccessRequest.Kind


class Page(forms.Form):
    """Which page of a list a URL asks for."""

    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class Filter(Page):
    """What the URL of the list may say."""

    state = forms.ChoiceField(required=False, choices=STATES)


class About(forms.Form):
    """What the link that led here was about: taken where it makes sense, else nothing is chosen beforehand."""

    kind = forms.ChoiceField(required=False, choices=Kind)
    wanted = forms.CharField(required=False, max_length=16)
    target = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    use_case = forms.CharField(required=False, max_length=100)


class Ask(forms.Form):
    """One thing of those that this member can ask for: `role:admin`, `plan:expert`, `workspace:user`, `use_case:…`."""

    thing = forms.ChoiceField(label=gettext_lazy("What do you need?"))
    reason = forms.CharField(
        label=gettext_lazy("What for?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever decides reads this. It is kept in the audit log."),
    )

    def __init__(self, data: Any = None, *, member: Member, about: About) -> None:
        said = about.cleaned_data if about.is_valid() else {}
        chosen = f"{said.get('kind') or ''}:{said.get('use_case') or said.get('wanted') or ''}"
        super().__init__(data, initial={"thing": chosen})
        self.target = said.get("target") if said.get("kind") == Kind.WORKSPACE else None
        self.member = member
        self.place, offered = levels(member, self.target) if self.target is not None else ("", [])
        found = _choices(member, self.place, offered)
        self.fields["thing"].choices = [("", _("Choose…")), *found]  # type: ignore[attr-defined]

    @property
    def offers(self) -> bool:
        """Whether there is anything that this member can ask for."""
        return len(self.fields["thing"].choices) > 1  # type: ignore[attr-defined]

    def wish(self) -> AccessRequest | None:
        """What is chosen, in the form or by the link that led here, as the request that it would be."""
        thing, field = str(self["thing"].value() or ""), self.fields["thing"]
        if not thing or not isinstance(field, forms.ChoiceField) or not field.valid_value(thing):
            return None
        kind, _colon, wanted = thing.partition(":")
        if kind == Kind.USE_CASE:
            return AccessRequest(member=self.member, kind=kind, wanted=EXCEPTION, target_name=wanted)
        return AccessRequest(member=self.member, kind=kind, wanted=wanted, target_name=self.place)

    def asked(self) -> dict[str, Any]:
        """What the deed takes."""
        kind, _colon, wanted = self.cleaned_data["thing"].partition(":")
        target: dict[str, Any] = {"target_id": self.target} if kind == Kind.WORKSPACE else {}
        if kind == Kind.USE_CASE:
            target, wanted = {"use_case": wanted}, EXCEPTION
        return {"kind": kind, "wanted": wanted, "reason": self.cleaned_data["reason"], **target}


def _choices(member: Member, place: str, levels: list[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    case = _("An exception for %(use_case)s")
    cases = [(f"use_case:{use_case}", case % {"use_case": use_case}) for use_case in use_cases_for(member)]
    places = [
        (f"workspace:{level}", _("%(level)s in %(name)s") % {"level": label, "name": place}) for level, label in levels
    ]
    plans = [(f"plan:{plan}", _("The plan %(plan)s") % {"plan": plan.label}) for plan in plans_above(member)]
    roles = [(f"role:{role}", _("The role %(role)s") % {"role": role.label}) for role in roles_above(member)]
    found = [(_("Use case"), cases), (place, places), (_("Another plan"), plans), (_("A role"), roles)]
    return [(label, offered) for label, offered in found if offered]


class Outsider(forms.Form):
    """Somebody from outside whom a member wants in the workspace that they look after."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    wanted = forms.ChoiceField(
        label=gettext_lazy("Role in the workspace"), choices=[(level.value, level.label) for level in levels_outside()]
    )
    reason = Ask.base_fields["reason"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class Decline(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note to them"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read it in the mail and beside their request."),
    )


class Grant(Decline):
    """For good, or until the end of a day by the organization's clock."""

    ends_on = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until somebody changes it.")
    )
    # What the panel said that they ask for: they may have changed it since.
    wanted = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    field_order = ("ends_on", "note")

    def __init__(self, data: Any = None, *, org: Organization, now: datetime, wanted: str = "") -> None:
        super().__init__(data, initial={"wanted": wanted})
        if wanted == EXCEPTION:  # one for good would be a change of the policy
            self.fields["ends_on"].required, self.fields["ends_on"].help_text = True, _("An exception has an end.")
        self.org, self.today = org, now.astimezone(org.zone).date()
        self.fields["ends_on"].widget.attrs |= {"min": self.today.isoformat(), "max": LATEST.isoformat()}

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def decided(self) -> dict[str, Any]:
        day = self.cleaned_data["ends_on"]
        ends_at = end_of(self.org, day) if day else None
        return {"note": self.cleaned_data["note"], "ends_at": ends_at, "seen": self.cleaned_data["wanted"]}


class Terms(Offer):
    """As what somebody from outside is invited, whom a member asked for. The address and the workspace stand."""

    template_name = "orgs/requests_terms.html"
    kind = forms.ChoiceField(choices=Membership.choices, label=gettext_lazy("They come as"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note to who asked"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read it in the mail and beside their request."),
    )
    # What the panel said that they ask for: they may have changed it since.
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actor: Member, request: AccessRequest) -> None:
        super().__init__(data, actor=actor)
        self.request = request
        for name in ("department", "team", "workspaces", "already_onboarded"):
            del self.fields[name]
        opens = least_plan_with(actor.org, Feature.WORKSPACE_ACCESS)
        self.initial.update(kind=Membership.MEMBER.value, role=request.wanted, seen=request.wanted)
        self.initial.update(plan=opens or self.initial["plan"], sponsor=request.member.user.email)

    def kind_wanted(self) -> str:
        return str(self.cleaned_data["kind"])

    def wanted(self, email: str = "", name: str = "") -> Wanted:
        self.cleaned_data |= {"department": None, "team": None, "already_onboarded": False}
        self.cleaned_data["workspaces"] = (self.request.target_id,)
        return super().wanted(self.request.email, self.request.name)

    def decided(self) -> dict[str, Any]:
        """What the deed takes."""
        return {"note": self.cleaned_data["note"], "seen": self.cleaned_data["seen"], "terms": self.wanted()}
