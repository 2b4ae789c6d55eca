"""What the page of guests shows: who is here as one, until when, vouched for by whom, and where; and what deeds do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import adapter, guests, hooks, subjects
from orgs.access import Action, ask, require
from orgs.invitees import can_vouch, end_of, last_day
from orgs.models import Kind, Member, Plan, Role
from orgs.models.members import MemberQuerySet
from orgs.queries import members as listed
from orgs.queries import pages
from orgs.queries.members.panels import Panel
from orgs.queries.members.person import Spot
from orgs.queries.pages import Edge
from orgs.templatetags import ui

ENDS = (
    ("7", gettext_lazy("Ends within 7 days")),
    ("30", gettext_lazy("Ends within 30 days")),
    ("ended", gettext_lazy("Ended")),
)


@dataclass(frozen=True, slots=True)
class Filters:
    q: str = ""
    ends: str = ""
    sponsor: str = ""

    def said(self) -> dict[str, Any]:
        """The filters that are set, under their names in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Row:
    """A guest. `left` says how long they stay, `trouble` why their sponsor does not count any more (empty: they do)."""

    id: int
    name: str
    email: str
    role: str
    plan: str
    suspended: bool
    ended: bool
    soon: bool
    left: str
    last_day: date
    sponsor: str
    sponsor_id: int
    trouble: str
    spots: tuple[Spot, ...]
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of guests, who ends first first. `previous` and `next` are places to page to (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    allowed: bool


def listing(
    actor: Member, filters: Filters, now: datetime, *, after: Edge | None = None, before: Edge | None = None
) -> Listing:
    """The guests that `actor` may see. 4 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor may not see the members of the organization.
    """
    require(actor, Action.MEMBER_LIST, actor.org)
    found = _matching(actor, filters, now)
    total, more = pages.count(found)
    members, earlier, later = _page(found.select_related("org", "user", "sponsor__user"), after, before)
    spots: dict[int, list[Spot]] = {}
    for part in hooks.call("members_work_in", actor, members):
        spots |= part
    return Listing(
        rows=tuple(_row(actor, member, tuple(spots.get(member.pk, ())), now) for member in members),
        total=total,
        more_than_counted=more,
        previous=_edge(members[0]) if earlier else "",
        next=_edge(members[-1]) if later else "",
        allowed=actor.org.guests_allowed,
    )


def _matching(actor: Member, filters: Filters, now: datetime) -> MemberQuerySet:
    found = listed.matching(actor, listed.Filters(q=filters.q, kind=Kind.GUEST))
    if filters.ends == "ended":
        found = found.filter(ends_at__lte=now)
    elif filters.ends:
        found = found.filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=int(filters.ends)))
    if filters.sponsor == "none":
        gone = Q(sponsor__removed_at__isnull=False) | Q(sponsor__suspended_at__isnull=False)
        found = found.filter(Q(sponsor=None) | gone | Q(sponsor__user__is_active=False))
    return found


def _page(found: MemberQuerySet, after: Edge | None, before: Edge | None) -> tuple[list[Member], bool, bool]:
    """The guests of a page, and whether there are some before and after it. One query."""
    edge, backwards = before or after, before is not None
    start = (edge.moment, edge.id) if edge else ()
    stretch = pages.Stretch(found, ("ends_at", "id"), start)
    return pages.page([stretch], falling=backwards, backwards=backwards)


def _edge(member: Member) -> str:
    assert member.ends_at is not None  # noqa: S101 (every guest has an end)
    return str(Edge.at(member.ends_at, member.pk))


DEEDS = {"extend": Action.GUEST_EXTEND, "sponsor": Action.GUEST_SPONSOR, "end": Action.GUEST_END}


def _row(actor: Member, member: Member, spots: tuple[Spot, ...], now: datetime) -> Row:
    assert member.ends_at is not None  # noqa: S101 (every guest has an end)
    subject, ended = subjects.of(actor), member.ends_at <= now
    may = {name for name, action in DEEDS.items() if ask(subject, action, member, now, {}).allowed}
    return Row(
        id=member.pk,
        name=str(member),
        email=member.user.email,
        role=str(Role(member.role).label),
        plan=str(Plan(member.plan).label),
        suspended=member.suspended_at is not None,
        ended=ended,
        soon=not ended and member.ends_at <= now + guests.AHEAD,
        left="" if ended else ui.to_come(member.ends_at, now, member.org.zone),
        last_day=guests.last_day(member),
        sponsor=str(member.sponsor or ""),
        sponsor_id=member.sponsor_id or 0,
        trouble=_trouble(member, now),
        spots=spots,
        may=frozenset(may - ({"end"} if ended else set())),
    )


def _trouble(member: Member, now: datetime) -> str:
    """Why nobody vouches for a guest any more, in words; nothing where somebody does."""
    sponsor = member.sponsor
    if sponsor is None:
        return _("nobody")
    if sponsor.removed_at is not None:
        return _("was removed")
    if sponsor.suspended_at is not None:
        return _("is suspended")
    return "" if can_vouch(sponsor, member.org, now) else _("closed their account")


# ---------------------------------------------------------------- what a deed would do


def extending(actor: Member, member: Member, now: datetime) -> Panel:
    """What another end does. No query beside the actor's subject.

    Raises:
        Denied: the actor may not extend a stay.
    """
    require(actor, Action.GUEST_EXTEND, member)
    day = {"day": date_format(guests.last_day(member), "j M Y")}
    over = member.ends_at is not None and member.ends_at <= now
    happens = (
        ("clock", (_("Their last day was %(day)s.") if over else _("Their last day is %(day)s.")) % day),
        *([("login", _("They are let in again at once."))] if over else []),
        ("mail", _("They get a mail that says so; they and their sponsor are reminded 7 days before the new end.")),
    )
    obstacle = ""
    if not member.org.guests_allowed:
        obstacle = _("%(org)s lets no guests in. An Owner can change that under Settings.") % {"org": member.org}
    name = {"name": member}
    button = _("Set the end of %(name)s's stay") % name
    return Panel("extend", _("How long %(name)s stays") % name, button, tuple(happens), obstacle, dangerous=False)


def sponsoring(actor: Member, member: Member) -> Panel:
    """What another sponsor does. No query beside the actor's subject.

    Raises:
        Denied: the actor may not change who vouches.
    """
    require(actor, Action.GUEST_SPONSOR, member)
    now = _("%(sponsor)s vouches for them now.") % {"sponsor": member.sponsor}
    happens = (
        ("user-circle", now if member.sponsor else _("Nobody vouches for them now.")),
        ("mail", _("Whoever vouches is reminded 7 days before the stay ends. Nothing else changes.")),
    )
    name = {"name": member}
    button = _("Change the sponsor of %(name)s") % name
    return Panel("sponsor", _("Who vouches for %(name)s") % name, button, happens, dangerous=False)


def ending(actor: Member, member: Member, now: datetime) -> Panel:
    """What ending a stay now does. At most 3 queries beside the actor's subject.

    Raises:
        Denied: the actor may not end a stay.
    """
    require(actor, Action.GUEST_END, member)
    name = {"name": member}
    spots = [spot.name for part in hooks.call("member_works_in", actor, member) for spot in part]
    ended = len(adapter.devices(member.user_id))
    happens = (
        ("lock", _("From the next request on, every page and every decision refuses them.")),
        *([("stack-2", _("They lose sight of %(names)s.") % {"names": ", ".join(spots)})] if spots else []),
        *([("logout", _("Where they belong to no other organization, their sessions end."))] if ended else []),
        (
            "archive",
            _("What they wrote stays, and so does their seat until they are removed. You can extend it again."),
        ),
        ("mail", _("They get a mail that says so.")),
    )
    over = member.ends_at is not None and member.ends_at <= now
    obstacle = _("%(name)s's stay is over already.") % name if over else ""
    return Panel("end", _("End %(name)s's stay now?") % name, _("End %(name)s's stay") % name, happens, obstacle)


def is_within_reach(member: Member, ends_at: datetime | None, now: datetime) -> bool:
    """Whether an end could be set again as it was: to offer that a deed is taken back. No query."""
    return ends_at is not None and now < ends_at <= end_of(member.org, last_day(member.org, now))
