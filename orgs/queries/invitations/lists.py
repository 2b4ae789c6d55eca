"""The list of invitations: filtered, sorted, 50 a page by the place of its rows; and the list as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import guests, links, pace
from orgs.access import Action, check
from orgs.layers import MANAGES
from orgs.models import Invitation, Kind, Mail, Member, Organization
from orgs.models.invitations import InvitationQuerySet, State
from orgs.queries import pages

CHUNK = 1000
SORTS = {"email": "email", "sent": "created_at"}
USUAL = "-sent"
TONES = {"pending": "blue", "accepted": "green", "expired": "yellow", "revoked": "grey", "declined": "orange"}
RELATED = ("org", "team", "department", "sponsor__user", "invited_by__user", "mail")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show; without any, every invitation there ever was."""

    q: str = ""
    state: str = ""
    role: str = ""
    kind: str = ""
    mail: str = ""

    def said(self) -> dict[str, str]:
        """The filters that are set, under their names in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins: how it is sorted, and the row that it comes after or before."""

    sort: str = USUAL
    after: tuple[Any, int] | None = None
    before: tuple[Any, int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An invitation as the list shows it, with what the reader may do. `link` is empty where it opens nothing.

    Nobody is shown the link of a role that they may not hand out: whoever has it could come in by it.
    """

    id: int
    url: str
    email: str
    name: str
    role: str
    plan: str
    guest: bool
    last_day: date | None
    team: str
    by: str
    created_at: datetime
    expires_at: datetime
    state: str
    state_label: str
    tone: str
    closed_at: datetime | None
    mail: str
    mail_trouble: bool
    needs_inviter: bool
    may: bool
    link: str
    address: str

    @property
    def open(self) -> bool:
        return self.state in (State.PENDING, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class GoingOut:
    """How far mails are that wait for their turn; `until` is the reader's clock when the last goes out."""

    sent: int
    total: int
    until: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list. `previous` and `next` are places to page to (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    sort: str
    progress: GoingOut | None


def matching(actor: Member, filters: Filters, now: datetime) -> InvitationQuerySet:
    """The invitations that `actor` may see and `filters` describe, in no order."""
    found = Invitation.objects.visible_to(actor).order_by()
    if filters.state:
        found = found.in_state(filters.state, now)
    named = {"role": filters.role, "kind": filters.kind, "mail__state": filters.mail}
    found = found.filter(**{name: value for name, value in named.items() if value})
    for word in filters.q.split():
        found = found.filter(Q(email__icontains=word) | Q(name__icontains=word))
    return found


def listing(actor: Member, filters: Filters, place: Place) -> Listing:
    """The invitations that `actor` may see, from `place` on. At most 4 queries beside the actor's subject."""
    now = timezone.now()
    found = matching(actor, filters, now)
    total, more = pages.count(found)
    rows, earlier, later = _page(found.select_related(*RELATED), place)
    return Listing(
        rows=_rows(actor, rows, now),
        total=total,
        more_than_counted=more,
        previous=_cursor(rows[0], place) if earlier else "",
        next=_cursor(rows[-1], place) if later else "",
        sort=place.sort,
        progress=going_out(actor.org, now),
    )


def row(actor: Member, invitation: Invitation) -> Row:
    """One row of the list as it is now. One query beside the actor's subject."""
    fresh = Invitation.objects.select_related(*RELATED).get(pk=invitation.pk)
    return _rows(actor, [fresh], timezone.now())[0]


def going_out(org: Organization, now: datetime) -> GoingOut | None:
    """How far the organization's mails are, where some wait for their turn. At most 2 queries."""
    found = pace.progress(org, now)
    return GoingOut(found.sent, found.total, clock(found.until, now)) if found else None


def _page(found: QuerySet[Invitation], place: Place) -> tuple[list[Invitation], bool, bool]:
    """The invitations of a page, and whether there are some before and after it. One query."""
    name, backwards = SORTS[place.sort.removeprefix("-")], place.before is not None
    stretch = pages.Stretch(found, (name, "id"), place.before or place.after or ())
    return pages.page([stretch], falling=place.sort.startswith("-") != backwards, backwards=backwards)


def _cursor(invitation: Invitation, place: Place) -> str:
    value = getattr(invitation, SORTS[place.sort.removeprefix("-")])
    text = value.isoformat() if isinstance(value, datetime) else value
    return f"{invitation.pk}.{text}"


def _rows(actor: Member, invitations: Iterable[Invitation], now: datetime) -> tuple[Row, ...]:
    base = reverse("invitations", args=[actor.org.slug])
    may = {role: check(actor, Action.MEMBER_INVITE, actor.org, role=role).allowed for role in MANAGES}
    return tuple(_row(invitation, base, now, may=may[invitation.role]) for invitation in invitations)


def _row(invitation: Invitation, base: str, now: datetime, *, may: bool) -> Row:
    state, mail = invitation.state(now), invitation.mail
    live = may and state == State.PENDING
    return Row(
        id=invitation.pk,
        url=f"{base}{invitation.pk}/",
        email=invitation.email,
        name=invitation.name,
        role=str(invitation.get_role_display()),
        plan=str(invitation.get_plan_display()),
        guest=invitation.kind == Kind.GUEST,
        last_day=guests.last_day(invitation) if invitation.ends_at else None,
        team=str(invitation.team or invitation.department or ""),
        by=str(invitation.invited_by or _("Steward's support")),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        state=state,
        state_label=str(State(state).label),
        tone=TONES[state],
        closed_at=invitation.accepted_at or invitation.declined_at or invitation.revoked_at,
        mail=told(mail, now) if mail else "",
        mail_trouble=mail is not None and bool(mail.error) and not invitation.closed_as,
        needs_inviter=not invitation.closed_as and not _can_still(invitation, now),
        may=may,
        link=reverse("join", args=[links.token(invitation)]) if live else "",
        address=links.join_url(invitation) if live else "",
    )


def told(mail: Mail, now: datetime) -> str:
    """What became of a mail, in words."""
    if mail.state == Mail.State.SENT and mail.sent_at:
        return _("Sent %(when)s") % {"when": clock(mail.sent_at, now)}
    if mail.state == Mail.State.FAILED:
        return mail.error if not mail.attempts else _("Failed: %(why)s") % {"why": mail.error}
    if mail.error:
        return _("Tried again %(when)s: %(why)s") % {"when": clock(mail.due_at, now), "why": mail.error}
    if mail.due_at > now:
        return _("Goes out about %(when)s") % {"when": clock(mail.due_at, now)}
    return _("Goes out now")


def clock(moment: datetime, now: datetime) -> str:
    """A time to the minute by the reader's clock, with its day where that is another one than today."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    return date_format(local, "H:i" if local.date() == today else "j M, H:i")


def _can_still(invitation: Invitation, now: datetime) -> bool:
    """Whether the inviter could let them in today: a hint for the list, what counts is asked when they come."""
    maker = invitation.invited_by
    if maker is None:
        return True
    return maker.user.is_active and maker.is_active(now) and invitation.role in MANAGES[maker.role]


# ---------------------------------------------------------------- export

COLUMNS = (
    *("email", "name", "state", "role", "plan", "kind", "department", "team", "invited_by", "sponsor", "ends_at"),
    *("created_at", "expires_at", "accepted_at", "declined_at", "revoked_at", "mail", "mail_sent_at", "mail_error"),
)


def export(actor: Member, filters: Filters) -> Iterator[tuple[Any, ...]]:
    """The cells of an export, an invitation a row, in the order of their ids: no link among them.

    At each thousand `actor` is asked for again: where they may no longer export, a last row says so. At most 6
    queries per thousand.
    """
    last = 0
    while True:
        now, reader = timezone.now(), Member.objects.select_related("org", "user").get(pk=actor.pk)
        if not check(reader, Action.MEMBER_EXPORT, reader.org).allowed:
            yield (_("not whole: whoever exported this may no longer do so"), *[""] * (len(COLUMNS) - 1))
            return
        found = matching(reader, filters, now).filter(pk__gt=last).order_by("pk").select_related(*RELATED)
        rows = list(found[:CHUNK])
        yield from (_cells(invitation, now) for invitation in rows)
        if len(rows) < CHUNK:
            return
        last = rows[-1].pk


def _cells(invitation: Invitation, now: datetime) -> tuple[Any, ...]:
    mail = invitation.mail
    plain = (getattr(invitation, name) for name in COLUMNS[3:16])
    sent = (mail.state, mail.sent_at, mail.error) if mail else ("", None, "")
    return (invitation.email, invitation.name, invitation.state(now), *plain, *sent)
