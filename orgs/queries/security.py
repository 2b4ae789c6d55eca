"""What the security page shows: second factor, session length, ways to sign in; and whom each would lock out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orgs import adapter
from orgs.access import Action
from orgs.forms.security import WAYS
from orgs.models import AuditEntry, Member

NAMED = 20


@dataclass(frozen=True, slots=True)
class LockedOut:
    """Who could do nothing but enrol if a second factor were required now. `names` are the first twenty."""

    count: int
    of: int
    names: tuple[str, ...]
    more: int
    oneself: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sign in: whether it is allowed, how many active members could use it, whether the reader could."""

    name: str
    label: Any
    allowed: bool
    people: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Security:
    """`reminded_at` is when those without a second factor were last mailed, within the last entries that are kept."""

    second_factor_from: datetime | None
    second_factor_in_force: bool
    locked: LockedOut
    reminded_at: datetime | None
    session_hours: int
    ways: tuple[Way, ...]


def security(actor: Member, now: datetime) -> Security:
    """5 queries."""
    org, members = actor.org, _active(actor, now)
    reminders = AuditEntry.objects.filter(org=org, action=Action.SECOND_FACTOR_REMIND).order_by("-seq")
    return Security(
        second_factor_from=org.second_factor_from,
        second_factor_in_force=org.requires_second_factor(now),
        locked=_locked_out(actor, members),
        reminded_at=reminders.values_list("at", flat=True).first(),
        session_hours=org.session_hours,
        ways=_ways(actor, members),
    )


def locked_out(actor: Member, now: datetime) -> LockedOut:
    """The members that have no second factor. 2 queries."""
    return _locked_out(actor, _active(actor, now))


def _active(actor: Member, now: datetime) -> list[Member]:
    active = Member.objects.filter(org=actor.org_id).active(now)
    return list(active.select_related("user").order_by("listed_as", "id"))


def _locked_out(actor: Member, members: Sequence[Member]) -> LockedOut:
    protected = adapter.with_second_factor(member.user_id for member in members)
    without = [member for member in members if member.user_id not in protected]
    names = tuple(str(member) for member in without[:NAMED])
    oneself = actor.user_id not in protected
    return LockedOut(len(without), len(members), names, max(0, len(without) - NAMED), oneself)


def _ways(actor: Member, members: Sequence[Member]) -> tuple[Way, ...]:
    able, allowed = adapter.people_with(member.user_id for member in members), actor.org.sign_in_ways
    return tuple(
        Way(name, label, name in allowed, len(able[name]), actor.user_id in able[name]) for name, label in WAYS
    )
