"""Deeds on guests: another end, another sponsor, an end now."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import guests, invitees, mails
from orgs.access import Action, Refused
from orgs.actions.members import changes
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Kind, Member


def extend(actor: Actor, member: Member, *, ends_at: datetime) -> None:
    """Let a guest stay until `ends_at`, sooner or later than before; one whose stay is over comes back by it.

    The guest is told by mail. Guest and sponsor are reminded of the new end too.

    Raises:
        Denied: the actor may not act on this member.
        Refused: a past end, or one beyond what the organization allows; no guest, or a removed one; no guests at all.
    """
    with act(actor, Action.GUEST_EXTEND, member) as entry:
        _is_a_guest(member)
        if not entry.org.guests_allowed:
            text = _("%(org)s lets no guests in. An Owner can change that under Settings.")
            raise Refused(text % {"org": entry.org})
        latest = invitees.last_day(entry.org, entry.at)
        if not entry.at < ends_at <= invitees.end_of(entry.org, latest):
            text = _("A stay ends at most %(days)s days from today, so by %(day)s, and not before today.")
            raise Refused(text % {"days": entry.org.guest_days, "day": date_format(latest, "j M Y")})
        member.ends_at = ends_at
        member.save(update_fields=["ends_at"])
        if entry.before["ends_at"] != ends_at.isoformat():
            day = date_format(guests.last_day(member), "j M Y")
            mails.queue("guest_extended", [member.user.email], entry.org, day=day)


def change_sponsor(actor: Actor, member: Member, *, sponsor: Member) -> None:
    """Let somebody else vouch for a guest.

    Raises:
        Denied: the actor may not act on this member.
        Refused: whoever is to vouch is not an active member, or a guest themselves; no guest, or a removed one.
    """
    with act(actor, Action.GUEST_SPONSOR, member) as entry:
        _is_a_guest(member)
        read_again(sponsor)
        if not invitees.can_vouch(sponsor, entry.org, entry.at):
            text = _("%(name)s cannot vouch for a guest: name an active member of %(org)s who is no guest.")
            raise Refused(text % {"name": sponsor, "org": entry.org})
        member.sponsor = sponsor
        member.save(update_fields=["sponsor"])


def end(actor: Actor, member: Member) -> None:
    """End a guest's stay now and tell them. Does nothing where it is over already; it can be extended again.

    Raises:
        Denied: the actor may not act on this member.
        Refused: no guest, or a removed one.
    """
    with act(actor, Action.GUEST_END, member) as entry:
        _is_a_guest(member)
        if member.ends_at is not None and member.ends_at > entry.at:
            member.ends_at = entry.at
            member.save(update_fields=["ends_at"])
            changes.shut_out([member], kind="guest_ended")


def _is_a_guest(member: Member) -> None:
    if member.kind != Kind.GUEST:
        raise Refused(_("%(name)s is a member, not a guest.") % {"name": member})
    changes.still_belongs(member)
