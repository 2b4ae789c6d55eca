"""Whom to invite, and on which terms."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.access import Action, Refused, check
from orgs.actions import seats
from orgs.actions.invitations import templates
from orgs.forms import people
from orgs.forms.days import DayField
from orgs.forms.invitations import addresses
from orgs.forms.names import Named
from orgs.ids import written
from orgs.invitees import Invitees, Obstacle, Wanted, end_of, last_day, unfit, workspaces_of
from orgs.models import Department, Invitation, InvitationTemplate, Kind, Member, Plan, Role, Team
from orgs.models.members import MemberQuerySet

MOST = 500


def _number(text: str) -> int:
    return int(text) if text else 0


class Terms(forms.Form):
    """What is offered. What was not sent at all is as the template says, else a User on Essential.

    An empty `workspaces` says that none is meant.
    """

    role = forms.ChoiceField(choices=Role.choices, label=_("Role"))
    plan = forms.ChoiceField(choices=Plan.choices, label=_("Plan"))
    department = forms.ModelChoiceField(
        Department.objects.none(), required=False, empty_label=_("None"), label=_("Department")
    )
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label=_("None"), label=_("Team"))
    workspaces = forms.TypedMultipleChoiceField(
        coerce=_number, required=False, label=_("Workspaces"), widget=forms.CheckboxSelectMultiple
    )
    message = forms.CharField(
        required=False,
        max_length=500,
        label=_("Message"),
        help_text=_("Stands in the mail and on the page where they accept."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, actor: Member, template: InvitationTemplate | None = None) -> None:
        usual = {"role": Role.USER.value, "plan": Plan.ESSENTIAL.value}
        given = usual | (values_of(template) if template else {})
        super().__init__(_filled(data, given), initial=given)
        self.actor, self.org, self.now = actor, actor.org, timezone.now()
        fields: dict[str, Any] = self.fields
        fields["department"].queryset = Department.objects.filter(org=self.org)
        fields["team"].queryset = Team.objects.visible_to(actor).select_related("department")
        spaces = [(str(pk), name) for pk, name in workspaces_of(actor).items()]
        fields["workspaces"].choices = [("", ""), *spaces]
        fields["workspaces"].widget.choices = spaces
        may = [r for r in Role if check(actor, Action.MEMBER_INVITE, self.org, role=r.value).allowed]
        fields["role"].widget.choices = [(r.value, r.label) for r in may]

    def clean_workspaces(self) -> tuple[int, ...]:
        return tuple(sorted({pk for pk in self.cleaned_data["workspaces"] if pk}))


class Template(Named, Terms):
    """The defaults that invitations of one sort start from."""

    name = forms.CharField(max_length=60, label=_("Name of the template"))
    field_order = ("name",)

    def __init__(self, data: Any = None, *, actor: Member, template: InvitationTemplate | None = None) -> None:
        super().__init__(data, actor=actor, template=template)
        self.initial["name"] = template.name if template else ""
        self.template = template

    def name_is_free(self, name: str) -> None:
        templates.name_is_free(self.org, name, but=self.template)

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"workspaces": list(self.cleaned_data["workspaces"])}


class Offer(Terms):
    """The terms of an invitation, a guest's among them. `rules` counts the errors that no typing can mend."""

    sponsor = forms.CharField(
        required=False,
        max_length=254,
        label=_("Sponsor"),
        help_text=_("Who vouches for the guest: a member's address. Empty: you."),
        widget=forms.TextInput(attrs={"list": "sponsors", "autocomplete": "off"}),
    )
    ends_on = DayField(required=False, label=_("Last day"))
    already_onboarded = forms.BooleanField(
        required=False,
        label=_("Already onboarded"),
        help_text=_("People who are taken over from elsewhere stay off the provisioning board."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.rules, self.latest = 0, last_day(self.org, self.now)
        self.fields["ends_on"].widget.attrs["max"] = self.latest.isoformat()

    def likely(self) -> MemberQuerySet:
        """The first hundred who can vouch, Owners and Admins first. One query."""
        return people.likely(Member.objects.visible_to(self.actor).active(self.now).select_related("user"))

    def clean_sponsor(self) -> Member | None:
        text: str = self.cleaned_data["sponsor"].strip()
        return people.named(Member.objects.visible_to(self.actor).select_related("user"), text) if text else self.actor

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for term in unfit(self.wanted(""), self.org, self.now):
                self.refuse(term.field, term.reason, rule=term.rule)
        return self.cleaned_data

    def refuse(self, field: str, reason: Any, *, rule: bool = False) -> None:
        self.rules += rule
        self.add_error(field if field in self.fields else None, reason)

    @property
    def status(self) -> int:
        """409 where nothing that was typed is wrong and a rule forbids it, else 422."""
        return 409 if self.rules and self.rules == sum(map(len, self.errors.values())) else 422

    def kind_wanted(self) -> str:
        return str(self.cleaned_data["kind"])

    def wanted(self, email: str, name: str = "") -> Wanted:
        asked = self.cleaned_data
        day: date | None = asked.get("ends_on")
        terms = ("role", "plan", "department", "team", "sponsor", "workspaces", "message", "already_onboarded")
        return Wanted(
            email=email,
            name=name,
            kind=self.kind_wanted(),
            ends_at=end_of(self.org, day) if day else None,
            **{term: asked[term] for term in terms},
        )


class Invite(Offer):
    """Whom to invite: one address or many, pasted as they come.

    `problems` names each address that cannot be invited; the others stay in the field until they are sent.
    """

    emails = forms.CharField(
        max_length=200_000,
        label=_("E-mail addresses"),
        help_text=_("One or many, with commas, semicolons, spaces or lines between them; also as Name <address>."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(choices=Kind.choices, label=_("They come as"), widget=forms.RadioSelect)
    template = forms.ModelChoiceField(InvitationTemplate.objects.none(), required=False, label=_("Template"))

    def __init__(self, data: Any = None, *, actor: Member, template: InvitationTemplate | None = None) -> None:
        templates = InvitationTemplate.objects.visible_to(actor)
        if number := written((data or {}).get("template", "")):
            template = templates.filter(pk=number).first() or template
        super().__init__(_filled(data, {"kind": Kind.MEMBER.value}), actor=actor, template=template)
        fields: dict[str, Any] = self.fields
        fields["template"].queryset, self.picked = templates, template
        self.initial["kind"] = Kind.MEMBER.value
        self.pasted, self.problems = addresses.NOTHING, list[tuple[str, Obstacle]]()
        self.missing = ""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        terms_stand = not self.errors.keys() - {"emails"}
        self.pasted = addresses.read(values.get("emails", ""))
        self.problems = [(bad.text, Obstacle(bad.reason)) for bad in self.pasted.bad]
        if len(self.pasted.good) > MOST:
            text = _("These are %(n)s addresses; at most %(most)s at once. Import a file for more.")
            self.refuse("emails", text % {"n": len(self.pasted.good), "most": MOST})
        elif terms_stand and "emails" in values:
            self._ask()
        self._name_problems()
        return values

    def _ask(self) -> None:
        """Look each address up, then the seats. Who may hand out the role is said by the deed: 403."""
        wanted = self.everybody()
        known = Invitees(self.actor, self.org, [one.email for one in wanted], self.now)
        if not check(self.actor, Action.MEMBER_INVITE, self.org, role=self.cleaned_data["role"]).allowed:
            return
        found = ((one.email, known.obstacle(one)) for one in wanted)
        self.problems += [(email, obstacle) for email, obstacle in found if obstacle is not None]
        stuck = {email for email, _obstacle in self.problems}
        new, moved = known.takes(one for one in wanted if one.email not in stuck)
        try:
            seats.org_has_seats(self.org, new, counting_invitations=True)
            seats.plans_have_seats(self.org, moved, counting_invitations=True)
        except Refused as refusal:
            self.missing = refusal.page
            self.refuse("emails", str(refusal), rule=True)

    def _name_problems(self) -> None:
        stuck = {email for email, _obstacle in self.problems}
        good = [address for address in self.pasted.good if address.email not in stuck]
        if self.problems:
            rule = all(obstacle.rule for _email, obstacle in self.problems)
            text = _("Not everybody can be invited; nothing was sent. The others stay in the field.")
            self.refuse("emails", text if good else _("Nobody of these can be invited."), rule=rule)
        if good:
            data: Any = self.data
            data["emails"] = "\n".join(map(str, good))

    def everybody(self) -> list[Wanted]:
        return [self.wanted(address.email, address.name) for address in self.pasted.good]


class Change(Offer):
    """Other terms for an invitation that is out. Who it is for, and whether as a guest, stays."""

    def __init__(self, data: Any = None, *, actor: Member, invitation: Invitation) -> None:
        super().__init__(data, actor=actor)
        self.invitation = invitation
        self.initial.update(values_of(invitation), already_onboarded=invitation.already_onboarded)
        if invitation.kind == Kind.MEMBER:
            del self.fields["sponsor"], self.fields["ends_on"]
        elif invitation.ends_at and invitation.sponsor:
            last = (invitation.ends_at - timedelta(microseconds=1)).astimezone(self.org.zone).date()
            self.initial.update(ends_on=last, sponsor=invitation.sponsor.user.email)

    def kind_wanted(self) -> str:
        return self.invitation.kind

    def wanted(self, email: str = "", name: str = "") -> Wanted:
        self.cleaned_data.setdefault("sponsor", None)
        return super().wanted(email or self.invitation.email.lower(), name)


def values_of(row: Invitation | InvitationTemplate) -> dict[str, Any]:
    """Terms of a row as a form has them."""
    places = {"department": row.department_id or "", "team": row.team_id or ""}
    spaces = [str(pk) for pk in row.workspaces]
    return {"role": row.role, "plan": row.plan, "message": row.message, "workspaces": spaces, **places}


def _filled(data: Any, given: dict[str, Any]) -> Any:
    """What was sent, with `given` in the places of fields that were not sent at all."""
    if data is None:
        return None
    filled = data.copy() if isinstance(data, QueryDict) else QueryDict(mutable=True)
    for name, value in given.items():
        if name not in filled:
            filled.setlist(name, value if isinstance(value, list) else [value])
    return filled
