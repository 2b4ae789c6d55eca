"""Whom one may invite, and on which terms: what stands in the way of an address, told before and under the lock."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import hooks, pace
from orgs.access import Action, check
from orgs.actions.members.changes import RESTORABLE
from orgs.actors import Actor
from orgs.models import Department, Invitation, Kind, Member, Organization, Plan, Role, Team
from orgs.seats import bought, held, invited

FOR_GUESTS = (Role.USER, Role.VIEWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One invitation as somebody asks for it. The address is in lower case."""

    email: str
    name: str = ""
    role: str = Role.USER
    plan: str = Plan.ESSENTIAL
    kind: str = Kind.MEMBER
    department: Department | None = None
    team: Team | None = None
    sponsor: Member | None = None
    ends_at: datetime | None = None
    workspaces: tuple[int, ...] = ()
    message: str = ""
    already_onboarded: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody cannot be invited, and the page that helps. `rule`: nothing that was typed is wrong."""

    reason: str
    url: str = ""
    way: str = ""
    rule: bool = False


@dataclass(frozen=True, slots=True)
class Unfit:
    """A term of an invitation that cannot be: the field, and why. `rule`: the organization does not want it so."""

    field: str
    reason: str
    rule: bool = False


def unfit(wanted: Wanted, org: Organization, now: datetime) -> Iterator[Unfit]:
    """What is wrong with the terms of an invitation, whoever it is for. No query."""
    if wanted.team is not None and wanted.department not in (None, wanted.team.department):
        text = _("The team %(team)s belongs to %(department)s.")
        yield Unfit("team", text % {"team": wanted.team, "department": wanted.team.department})
    if wanted.kind == Kind.GUEST:
        yield from _unfit_guest(wanted, org, now)


def _unfit_guest(wanted: Wanted, org: Organization, now: datetime) -> Iterator[Unfit]:
    if not org.guests_allowed:
        text = _("%(org)s takes in no guests. An Owner can change that under Settings.")
        yield Unfit("kind", text % {"org": org}, rule=True)
    if wanted.role not in FOR_GUESTS:
        yield Unfit("role", _("Guests are Users or Viewers."))
    if not can_vouch(wanted.sponsor, org, now):
        yield Unfit(
            "sponsor", _("Name an active member of %(org)s, who is no guest, to vouch for them.") % {"org": org}
        )
    if wanted.ends_at is None or wanted.ends_at > end_of(org, last_day(org, now)):
        days, day = org.guest_days, date_format(last_day(org, now), "j M Y")
        text = _("Say until which day: at most %(days)s days from today, so until %(day)s.")
        yield Unfit("ends_on", text % {"days": days, "day": day})
    elif wanted.ends_at <= now:
        yield Unfit("ends_on", _("This day is over."))
    if not wanted.workspaces:
        yield Unfit("workspaces", _("Name at least one workspace: a guest sees no other ones."))


def can_vouch(sponsor: Member | None, org: Organization, now: datetime) -> bool:
    """Whether somebody can be a guest's sponsor: an active member who is no guest. No query."""
    return (
        sponsor is not None
        and sponsor.org_id == org.pk
        and sponsor.kind == Kind.MEMBER
        and sponsor.is_active(now)
        and sponsor.user.is_active
    )


def last_day(org: Organization, now: datetime) -> date:
    """The last day that a guest who is invited now may stay, by the organization's clock."""
    return now.astimezone(org.zone).date() + timedelta(days=org.guest_days)


def end_of(org: Organization, day: date) -> datetime:
    """The end of a day by the organization's clock."""
    return datetime.combine(day + timedelta(days=1), time.min, org.zone)


class Invitees:
    """What must be known of some addresses before they are invited: at most 8 queries, however many they are.

    `seat` counts down what is free, one after the other.
    """

    def __init__(self, actor: Actor, org: Organization, addresses: Iterable[str], now: datetime) -> None:
        emails = list(addresses)
        self.actor, self.org, self.now = actor, org, now
        people = Member.objects.filter(org=org).alias(address=Lower("user__email"))
        found = people.filter(address__in=emails).select_related("user")
        self.members = {member.user.email.lower(): member for member in found}
        related = ("org", "department", "team", "sponsor__user", "invited_by__user", "mail")
        standing = Invitation.objects.filter(org=org).open().alias(address=Lower("email"))
        rows = standing.filter(address__in=emails).select_related(*related)
        self.open = {invitation.email.lower(): invitation for invitation in rows}
        self.waits = pace.waits(emails, now)
        self.workspaces = workspaces_of(actor)
        taken = held(org) + invited(org)
        self._left = None if org.seats is None else max(0, org.seats - sum(taken.values()))
        self._left_of = {plan: max(0, seats - taken[plan]) for plan, seats in bought(org).items()}

    def is_new(self, email: str) -> bool:
        """Whether an invitation to this address takes a mail and a seat: none is open, or it has expired."""
        there = self.open.get(email)
        return there is None or there.expires_at <= self.now

    def obstacle(self, wanted: Wanted) -> Obstacle | None:
        """What stands in the way of inviting this address, seats aside. No query."""
        decision = check(self.actor, Action.MEMBER_INVITE, self.org, role=wanted.role)
        if not decision.allowed:
            return Obstacle(decision.reason)
        there = self.open.get(wanted.email)
        if there is not None and not check(self.actor, Action.MEMBER_INVITE, self.org, role=there.role).allowed:
            return Obstacle(
                _("Is invited as %(role)s already, by somebody who may.") % {"role": there.get_role_display()}
            )
        member = self.members.get(wanted.email)
        if member is not None and (known := self._known(member)):
            return known
        if self.is_new(wanted.email) and wanted.email in self.waits:
            return Obstacle(too_often(), rule=True)
        if not self.workspaces.keys() >= set(wanted.workspaces):
            return Obstacle(_("One of the workspaces is not yours to give, or is gone."))
        return None

    def _known(self, member: Member) -> Obstacle | None:
        url = reverse("member", args=[self.org.slug, member.pk])
        name = {"name": member, "org": self.org}
        if member.removed_at is None:
            return Obstacle(_("%(name)s belongs to %(org)s already.") % name, url, _("Their page"))
        if self.now - member.removed_at <= RESTORABLE and member.user.is_active:
            text = _("%(name)s was removed and can be restored, as before or afresh.") % name
            return Obstacle(text, reverse("members_restore", args=[self.org.slug, member.pk]), _("Restore"))
        return None

    def seat(self, wanted: Wanted) -> Obstacle | None:
        """Take a seat for this address; why none is left for it. No query."""
        new, there = self.is_new(wanted.email), self.open.get(wanted.email)
        if new and self._left == 0:
            return Obstacle(_("All seats of %(org)s are held or offered to somebody.") % {"org": self.org}, rule=True)
        if (new or (there is not None and there.plan != wanted.plan)) and self._left_of.get(wanted.plan) == 0:
            text = _("All %(plan)s seats of %(org)s are held or offered to somebody.")
            return Obstacle(text % {"plan": Plan(wanted.plan).label, "org": self.org}, rule=True)
        self._left = self._left - 1 if new and self._left is not None else self._left
        if wanted.plan in self._left_of and (new or (there is not None and there.plan != wanted.plan)):
            self._left_of[wanted.plan] -= 1
        return None

    def takes(self, wanted: Iterable[Wanted]) -> tuple[Counter[str], Counter[str]]:
        """The seats by plan that these take anew, and those of which only the plan changes."""
        new: Counter[str] = Counter()
        moved: Counter[str] = Counter()
        for one in wanted:
            there = self.open.get(one.email)
            if there is None or self.is_new(one.email):
                new[one.plan] += 1
            elif there.plan != one.plan:
                moved[one.plan] += 1
        return new, moved


def workspaces_of(actor: Actor) -> dict[int, str]:
    """The workspaces that `actor` may give to whom they invite, by name. The queries of the hook."""
    if not isinstance(actor, Member):
        return {}
    return {pk: name for found in hooks.call("invitable_workspaces", actor) for pk, name in found}


def too_often() -> str:
    """Why an address gets no further mail today: the same words, whoever sent the ones before."""
    text = _("Steward mails at most %(n)s invitations a day to one address. Try again tomorrow.")
    return text % {"n": pace.A_DAY}
