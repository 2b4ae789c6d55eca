"""What the pages of mates and tools take in about who may do what with them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.forms.invitations.addresses import read
from orgs.models import Member, Team
from orgs.models.members import MemberQuerySet
from workspaces.models import Authorized, Everyone, Level
from workspaces.queries.levels import VIEWS
from workspaces.queries.workspaces import teams_for

NOBODY = ("", gettext_lazy("Nothing"))
TAKE = "none"
MOST = 500  # people that are given a level at once


def here(actor: Member) -> MemberQuerySet:
    """Who can be named: everybody of the organization who was not removed."""
    return Member.objects.filter(org_id=actor.org_id, removed_at=None).select_related("user", "org")


class Find(forms.Form):
    """What the URL of a list may say; what makes no sense says nothing."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=80)
    view = forms.ChoiceField(required=False, choices=VIEWS)
    before = forms.CharField(required=False, max_length=80, strip=False)
    after = forms.CharField(required=False, max_length=80, strip=False)

    def asked(self) -> dict[str, str]:
        self.is_valid()
        said = self.cleaned_data
        return {"text": said.get("q", ""), **{name: said.get(name, "") for name in ("view", "before", "after")}}


class One(forms.Form):
    """Who, by address or id, and which level; an empty level takes what they hold."""

    use_required_attribute = False
    member = forms.CharField(label=gettext_lazy("Member"), max_length=254)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False, choices=[NOBODY, *Level.choices])

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor

    def clean_member(self) -> Member:
        return people.named(here(self.actor), self.cleaned_data["member"].strip())


class Each(forms.Form):
    """Several by their addresses, a whole team, or both; and which level."""

    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Set apart by commas, spaces or lines."),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Everybody in the team"),
        required=False,
        queryset=Team.objects.none(),
        empty_label=gettext_lazy("No team"),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=[*Level.choices, (TAKE, gettext_lazy("Take what they hold"))]
    )

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data, initial={"level": Level.USER})
        self.actor = actor
        team: Any = self.fields["team"]
        team.queryset = teams_for(actor)

    def clean_addresses(self) -> list[Member]:
        pasted = read(self.cleaned_data["addresses"])
        if pasted.bad:
            raise forms.ValidationError(f"{pasted.bad[0].text}: {pasted.bad[0].reason}")
        emails = [address.email for address in pasted.good]
        found = {member.user.email.lower(): member for member in here(self.actor).filter(user__email__in=emails)}
        unknown = [email for email in emails if email not in found]
        if unknown:
            text = _("Nobody here has the address %(text)s.")
            raise forms.ValidationError(text % {"text": ", ".join(unknown[:5])})
        return list(found.values())

    def clean_level(self) -> str:
        """The level; nothing where what they hold is taken."""
        level: str = self.cleaned_data["level"]
        return "" if level == TAKE else level

    def clean(self) -> dict[str, Any]:
        said = {**self.cleaned_data, **(super().clean() or {})}
        named = list(said.get("addresses") or [])
        if said.get("team"):
            named += here(self.actor).filter(team=said["team"]).exclude(pk__in=[member.pk for member in named])
        if not self.errors and not named:
            self.add_error("addresses", _("Name somebody, or choose a team that somebody is in."))
        if len(named) > MOST:
            self.add_error(None, _("At most %(n)s people at once.") % {"n": MOST})
        return said | {"members": named}


class ForEveryone(forms.Form):
    everyone = forms.ChoiceField(required=False, choices=Everyone.choices)


class HandOver(forms.Form):
    """To whom a mate or tool is handed over."""

    member = forms.CharField(label=gettext_lazy("E-mail address of the new owner"), max_length=254)

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data)
        self.actor = actor

    def clean_member(self) -> Member:
        return people.named(here(self.actor), self.cleaned_data["member"].strip())


class Delete(forms.Form):
    """A click; the name too, where many lose what they hold."""

    def __init__(self, data: Any = None, *, thing: Authorized, type_the_name: bool) -> None:
        super().__init__(data)
        self.thing = thing
        if type_the_name:
            label = _("Type %(name)s to go on") % {"name": thing}
            self.fields["name"] = forms.CharField(label=label, max_length=80, widget=forms.TextInput)

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if typed != self.thing.name:
            raise forms.ValidationError(_("That is not its name."))
        return typed
