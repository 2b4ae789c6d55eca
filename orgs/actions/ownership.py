"""Deeds that hand an organization over: an Owner offers their place, another member accepts or declines."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from orgs import mails
from orgs.access import Action, Refused
from orgs.audit import act, read_again
from orgs.models import Kind, Member, OwnershipTransfer, Role

OPEN_FOR = timedelta(days=7)


def offer(actor: Member, member: Member, *, keeps: str) -> OwnershipTransfer:
    """Offer `member` to become Owner in the actor's place; the actor then keeps the role `keeps`. Told by mail.

    Nothing changes until they accept, within seven days. Another offer of the same Owner takes the place of this one.

    Raises:
        Denied: the actor is no Owner.
        Refused: the actor themself, a guest, somebody who is not active or an Owner already; `keeps` is Owner.
    """
    with act(actor, Action.OWNERSHIP_OFFER, member) as entry:
        if not _can_take_over(actor, member, entry.at):
            text = _(
                "%(name)s cannot become Owner: choose an active member of %(org)s who is no guest and no Owner yet."
            )
            raise Refused(text % {"name": member, "org": member.org})
        if keeps == Role.OWNER:
            raise Refused(
                _("Choose the role to keep: Admin, User or Viewer. To have two Owners, change a role instead.")
            )
        OwnershipTransfer.objects.filter(offered_by=actor).unanswered().update(withdrawn_at=entry.at)
        transfer = OwnershipTransfer.objects.create(
            org=member.org, offered_by=actor, offered_to=member, keeps=Role(keeps), expires_at=entry.at + OPEN_FOR
        )
        entry.happened, entry.detail = True, {"to": str(member), "keeps": keeps}
        mails.queue("ownership_offered", [member.user.email], member.org, by=str(actor), transfer=transfer.pk)
    return transfer


def _can_take_over(actor: Member, member: Member, at: datetime) -> bool:
    fit = member.is_active(at) and member.user.is_active and member.kind == Kind.MEMBER
    return fit and member.role != Role.OWNER and member.pk != actor.pk


def withdraw(actor: Member, transfer: OwnershipTransfer) -> None:
    """Take one's own offer back. Does nothing where it is closed already.

    Raises:
        Denied: the actor is no Owner.
        Refused: somebody else's offer.
    """
    with act(actor, Action.OWNERSHIP_OFFER, transfer.offered_to) as entry:
        read_again(transfer)
        if transfer.offered_by_id != actor.pk:
            raise Refused(_("%(name)s made this offer and can take it back.") % {"name": transfer.offered_by})
        if transfer.is_open(entry.at):
            transfer.withdrawn_at = entry.at
            transfer.save(update_fields=["withdrawn_at"])
            entry.happened, entry.detail = True, {"to": str(transfer.offered_to), "withdrawn": True}


def accept(actor: Member, transfer: OwnershipTransfer) -> None:
    """Become Owner in place of who offered it, who keeps the role they chose. Both are told by mail.

    The door asks for a second factor, or for a code that was mailed, before it comes here.

    Raises:
        Denied: the actor is shut out.
        Refused: the offer is closed, or for somebody else; who made it is no active Owner any more.
    """
    with act(actor, Action.OWNERSHIP_ANSWER, actor) as entry:
        old = _still_open(actor, transfer, entry.at)
        if old.role != Role.OWNER or not old.is_active(entry.at) or not old.user.is_active:
            raise Refused(
                _("%(name)s, who offered it, is no active Owner any more. Ask another Owner.") % {"name": old}
            )
        if actor.kind == Kind.GUEST:
            raise Refused(_("You are a guest. Guests are Users or Viewers."))
        handed = entry.about(old)
        actor.role, old.role = Role.OWNER, Role(transfer.keeps)
        for member in (actor, old):
            member.save(update_fields=["role"])
        transfer.accepted_at = entry.at
        transfer.save(update_fields=["accepted_at"])
        entry.happened, entry.detail = True, {"accepted": True, "from": str(old)}
        handed.detail = {"accepted": True, "handed": True, "to": str(actor)}
        to = [actor.user.email, old.user.email]
        mails.queue(
            "ownership_changed", to, actor.org, new=str(actor), old=str(old), keeps=str(Role(transfer.keeps).label)
        )


def decline(actor: Member, transfer: OwnershipTransfer) -> None:
    """Turn an offer down; who made it is told by mail.

    Raises:
        Refused: the offer is closed, or for somebody else.
    """
    with act(actor, Action.OWNERSHIP_ANSWER, actor) as entry:
        old = _still_open(actor, transfer, entry.at)
        transfer.declined_at = entry.at
        transfer.save(update_fields=["declined_at"])
        entry.happened, entry.detail = True, {"accepted": False, "from": str(old)}
        mails.queue("ownership_declined", [old.user.email], actor.org, by=str(actor))


def _still_open(actor: Member, transfer: OwnershipTransfer, at: datetime) -> Member:
    """Who made the offer, read again. Raises Refused where the actor cannot answer it."""
    read_again(transfer)
    if transfer.offered_to_id != actor.pk:
        raise Refused(_("This offer is for %(name)s.") % {"name": transfer.offered_to})
    if not transfer.is_open(at):
        raise Refused(_("This offer was answered, taken back, or has ended. Ask for a new one."))
    read_again(transfer.offered_by)
    return transfer.offered_by
