"""Guests' ends: when a stay is over as people say it, who can vouch, and the reminder that goes out before."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format

from orgs import mails
from orgs.invitees import can_vouch
from orgs.models import Invitation, Kind, Member
from orgs.models.members import MemberQuerySet

AHEAD = timedelta(days=7)  # how long before the end guest and sponsor are reminded (product.md 1)
AT_A_TIME = 500


def last_day(stay: Member | Invitation) -> date:
    """The last day on which a guest is let in, by the organization's clock: an end at midnight is the day before's."""
    assert stay.ends_at is not None  # noqa: S101 (a constraint of the table: every guest has an end)
    return (stay.ends_at - timedelta(microseconds=1)).astimezone(stay.org.zone).date()


def ending(at: datetime, within: timedelta = AHEAD) -> MemberQuerySet:
    """Guests who are let in at a moment, and whose stay ends soon after it."""
    return Member.objects.active(at).filter(
        kind=Kind.GUEST, ends_at__lte=at + within, org__suspended_at=None, org__guests_allowed=True
    )


def remind(at: datetime) -> int:
    """Put the reminder of each end that comes within seven days into the outbox, once an end; how many guests.

    It is told to the guest and to whoever vouches for them. What was reminded of is kept with the mails in one
    transaction, so asking twice, or at the same time, sends nothing twice.
    """
    unheard = Q(reminded_of=None) | ~Q(reminded_of=F("ends_at"))
    due = list(ending(at).filter(unheard).order_by("ends_at").values_list("pk", flat=True)[:AT_A_TIME])
    return sum(_remind(ending(at).filter(unheard, pk=pk), at) for pk in due)


def _remind(due: MemberQuerySet, at: datetime) -> bool:
    with transaction.atomic():
        guest = (
            due.select_for_update(of=("self",), skip_locked=True).select_related("org", "user", "sponsor__user").first()
        )
        if guest is None:
            return False
        guest.reminded_of = guest.ends_at
        guest.save(update_fields=["reminded_of"])
        said = {"guest": str(guest), "day": date_format(last_day(guest), "j M Y"), "sponsor": str(guest.sponsor or "")}
        mails.queue("guest_ends", [guest.user.email], guest.org, **said)
        if guest.sponsor is not None and can_vouch(guest.sponsor, guest.org, at):
            mails.queue("guest_ends_sponsor", [guest.sponsor.user.email], guest.org, **said)
    return True
