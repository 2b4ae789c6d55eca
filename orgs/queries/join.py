"""What an invitation offers, and who is looking at it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from orgs import adapter, guests, hooks
from orgs.models import Invitation, Kind, User
from orgs.queries import sso

INVITED, SOMEBODY_ELSE, SIGNED_OUT, NEW = "invited", "somebody else", "signed out", "new"


def visitor(user: Any, invitation: Invitation) -> str:
    """Who is looking: the invited person, somebody else, or nobody yet (who has an account, or has none).

    Where single sign-on is enforced for the address, nobody starts here: they come by it, and have an account then.
    At most 4 queries.
    """
    if user.is_authenticated:
        return INVITED if user.email.lower() == invitation.email.lower() else SOMEBODY_ELSE
    if sso.binding_of_invited(invitation.email, invitation.org) is not None:
        return SIGNED_OUT
    known = User.objects.filter(email__iexact=invitation.email).first()
    return SIGNED_OUT if known is not None and adapter.is_in_use(known) else NEW


@dataclass(frozen=True, slots=True)
class Offer:
    """What is joined by accepting."""

    email: str
    org: str
    role: str
    plan: str
    guest: bool
    last_day: date | None
    department: str
    team: str
    workspaces: tuple[str, ...]
    message: str
    by: str
    ends: str  # by the organization's clock, which it names: whoever reads it may belong to no organization yet


def offer(invitation: Invitation) -> Offer:
    """One query for the names of workspaces; the invitation brings the rest."""
    return Offer(
        email=invitation.email,
        org=invitation.org.name,
        role=invitation.get_role_display(),
        plan=invitation.get_plan_display(),
        guest=invitation.kind == Kind.GUEST,
        last_day=guests.last_day(invitation) if invitation.ends_at else None,
        department=str(invitation.department or ""),
        team=str(invitation.team or ""),
        workspaces=tuple(name for names in hooks.call("invitation_shown", invitation) for name in names),
        message=invitation.message,
        by=str(invitation.invited_by or ""),
        ends=f"{date_format(invitation.expires_at.astimezone(invitation.org.zone), 'j M Y, H:i')}"
        f" ({invitation.org.timezone})",
    )
