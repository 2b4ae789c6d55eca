"""What a person sees of their own account: places, sessions, ways in; and why they are shut out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import adapter
from orgs.access import Action, check
from orgs.actions.members import senior_owner
from orgs.models import Invitation, Member, Role, Status, User

# ---------------------------------------------------------------- organizations


@dataclass(frozen=True, slots=True)
class Place:
    """One organization that a person belongs to; `why_not` is the reason why they may not leave it, or empty."""

    id: int
    org: str
    slug: str
    role: str
    plan: str
    guest: bool
    open: bool
    state: str
    joined_at: datetime
    why_not: str


def places(user: User) -> list[Place]:
    """A person's organizations by name. 2 queries, and what the engine reads of each membership."""
    now = timezone.now()
    members = list(_held(user))
    kept = _with_other_owners(members)
    return [_place(member, now, member.org_id in kept) for member in members]


def membership(user: User, member_id: int) -> Member | None:
    """The place of that id, if it is this person's. One query."""
    found: Member | None = _held(user).filter(pk=member_id).first()
    return found


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaving an organization means: which place ends, and who takes over what the person owns."""

    place: Place
    heir: str


def leaving(member: Member) -> Leaving:
    """2 queries, and what the engine reads of the membership."""
    heir = senior_owner(member)
    return Leaving(_place(member, timezone.now(), heir is not None), str(heir or ""))


def _place(member: Member, now: datetime, has_other_owner: bool) -> Place:
    decision = check(member, Action.MEMBER_LEAVE, member)
    why_not = "" if decision.allowed else decision.reason
    if not why_not and member.role == Role.OWNER and not has_other_owner:
        why_not = _("You are the only active Owner. Make somebody else an Owner first.")
    return Place(
        id=member.pk,
        org=member.org.name,
        slug=member.org.slug,
        role=str(Role(member.role).label),
        plan=member.get_plan_display(),
        guest=member.ends_at is not None,
        open=member.is_active(now) and member.org.suspended_at is None,
        state=_state(member, now),
        joined_at=member.joined_at,
        why_not=why_not,
    )


def _held(user: User) -> Any:
    return Member.objects.filter(user=user, removed_at=None).select_related("org", "user").order_by("org__name")


def _with_other_owners(members: Iterable[Member]) -> set[int]:
    """Ids of the organizations that have an active Owner beside these members. One query."""
    rows = list(members)
    owners = Member.objects.active(timezone.now()).filter(org__in=[m.org_id for m in rows], role=Role.OWNER)
    return set(owners.exclude(pk__in=[m.pk for m in rows]).values_list("org_id", flat=True))


def _state(member: Member, now: datetime) -> str:
    if member.org.suspended_at is not None:
        return _("Organization suspended")
    if member.status == Status.SUSPENDED:
        return _("Suspended")
    if member.ends_at is not None and member.ends_at <= now:
        return _("Ended")
    return _("Guest") if member.ends_at is not None else _("Active")


# ---------------------------------------------------------------- shut out


@dataclass(frozen=True, slots=True)
class ShutDoor:
    """An organization that somebody cannot enter: why, since when, and whom to ask (name, address)."""

    org: str
    why: str
    reason: str
    ask: tuple[tuple[str, str], ...]


def shut_doors(user: User) -> list[ShutDoor]:
    """What keeps this person from signing in: every place of theirs shut, and no invitation elsewhere. Else nothing.

    Whoever was removed from everywhere may come in and finds nothing but their own account. At most 4 queries.
    """
    now, members = timezone.now(), list(_held(user))
    if not members or not adapter.shut_out([user.pk]):
        return []
    waiting = Invitation.objects.open().filter(email__iexact=user.email, expires_at__gt=now)
    if waiting.exclude(org__in=[member.org_id for member in members]).exists():
        return []
    owners = Member.objects.active(now).filter(org__in=[member.org_id for member in members], role=Role.OWNER)
    contacts: dict[int, list[tuple[str, str]]] = {}
    for owner in owners.select_related("user").order_by("joined_at"):
        contacts.setdefault(owner.org_id, []).append((str(owner), owner.user.email))
    return [_door(member, tuple(contacts.get(member.org_id, ())[:3])) for member in members]


def _door(member: Member, ask: tuple[tuple[str, str], ...]) -> ShutDoor:
    org = member.org.name
    if member.org.suspended_at is not None:
        return ShutDoor(org, _("%(org)s itself is suspended.") % {"org": org}, "", ask)
    if member.suspended_at is not None:
        facts = {"org": org, "day": date_format(member.suspended_at, "j M Y")}
        return ShutDoor(org, _("You are suspended in %(org)s since %(day)s.") % facts, member.suspension_reason, ask)
    ended = member.ends_at or timezone.now()
    facts = {"org": org, "day": date_format(ended, "j M Y")}
    return ShutDoor(org, _("Your time as a guest of %(org)s ended on %(day)s.") % facts, "", ask)


# ---------------------------------------------------------------- ways in


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How a person can sign in, and what backs that up."""

    password: bool
    app: bool
    passkeys: bool
    recovery_codes: bool


def ways_in(user: User) -> WaysIn:
    """One query."""
    kinds = adapter.second_factors(user)
    return WaysIn(user.has_usable_password(), "totp" in kinds, "webauthn" in kinds, "recovery_codes" in kinds)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    id: int
    browser: str
    ip: str
    started_at: datetime
    seen_at: datetime
    here: bool


def sessions(user: User, here: str | None) -> list[Session]:
    """Where the person is signed in: the browser of the session key `here` first. One query."""
    found = [
        Session(
            device.id, browser(device.browser), device.ip, device.signed_in_at, device.last_seen_at, device.key == here
        )
        for device in adapter.devices(user.pk)
    ]
    return sorted(found, key=lambda session: not session.here)


# The first that is found names it: every browser claims to be several others.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """`Firefox on Linux` of what a browser says of itself; what names no browser is given as it is, shortened."""
    names = [next((name for mark, name in marks if re.search(mark, user_agent)), "") for marks in (BROWSERS, SYSTEMS)]
    if not names[0]:
        return user_agent[:60] or _("An unnamed program")
    return _("%(browser)s on %(system)s") % {"browser": names[0], "system": names[1]} if names[1] else names[0]
