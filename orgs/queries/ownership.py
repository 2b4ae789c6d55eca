"""What an offer of ownership means, for who makes it and for who was made it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from orgs import adapter
from orgs.access import Action, require
from orgs.models import Kind, Member, OwnershipTransfer, Role
from orgs.queries.members.panels import Panel
from orgs.queries.members.person import ROLES


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as its page shows it; `state` is `open`, `accepted`, `declined`, `withdrawn` or `ended`."""

    id: int
    by: str
    to: str
    keeps: str
    keeps_means: str
    offered_at: datetime
    expires_at: datetime
    mine: bool
    state: str
    by_code: bool


def offer(actor: Member, transfer: OwnershipTransfer, now: datetime) -> Offer:
    """One query, and that where the reader is who was made it."""
    mine = transfer.offered_to_id == actor.pk
    return Offer(
        id=transfer.pk,
        by=str(transfer.offered_by),
        to=str(transfer.offered_to),
        keeps=str(Role(transfer.keeps).label),
        keeps_means=str(ROLES[transfer.keeps]),
        offered_at=transfer.created_at,
        expires_at=transfer.expires_at,
        mine=mine,
        state=_state(transfer, now),
        by_code=mine and not adapter.has_second_factor(actor.user),
    )


def _state(transfer: OwnershipTransfer, now: datetime) -> str:
    for state in ("accepted", "declined", "withdrawn"):
        if getattr(transfer, f"{state}_at") is not None:
            return state
    return "open" if transfer.is_open(now) else "ended"


def offering(actor: Member, member: Member, now: datetime) -> Panel:
    """What offering does. One query beside the actor's subject.

    Raises:
        Denied: the actor is no Owner.
    """
    require(actor, Action.OWNERSHIP_OFFER, member)
    name = {"name": member}
    happens = [
        ("mail", _("%(name)s gets a mail and has seven days to accept or decline. Nothing changes before.") % name),
        ("crown", _("When they accept, they are Owner and you keep the role that you choose here.") % name),
        ("shield-check", _("They prove that it is them: by a second factor, or by a code that is mailed to them.")),
    ]
    standing = OwnershipTransfer.objects.unanswered().filter(offered_by=actor, expires_at__gt=now)
    before = standing.select_related("offered_to__user").first()
    if before is not None:
        happens.append(("restore", _("It takes the place of your offer to %(name)s.") % {"name": before.offered_to}))
    title, button = _("Offer your ownership to %(name)s?") % name, _("Offer it to %(name)s") % name
    return Panel("ownership", title, button, tuple(happens), _obstacle(actor, member, now), dangerous=False)


def _obstacle(actor: Member, member: Member, now: datetime) -> str:
    name = {"name": member}
    if member.pk == actor.pk:
        return _("You are the Owner. Choose somebody else.")
    if member.role == Role.OWNER:
        return _("%(name)s is an Owner already.") % name
    if member.kind == Kind.GUEST:
        return _("%(name)s is a guest. Guests are Users or Viewers.") % name
    if not member.is_active(now) or not member.user.is_active:
        return _("%(name)s is not active.") % name
    return ""
