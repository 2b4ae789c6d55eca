"""Deeds on invitations that are out: sending again, revoking; one or many."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import links, mails, pace
from orgs.access import Action, Refused, check
from orgs.actions import seats
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act, act_on
from orgs.invitees import too_often
from orgs.models import Invitation, Member, Organization

DEEDS = ("resend", "revoke")
SENT = ("issue", "digest", "mail", "invited_by", "expires_at")


def resend(actor: Actor, invitation: Invitation) -> None:
    """Send an open invitation again, in the actor's name: with a new link, and its days anew. The old link is dead.

    Raises:
        Denied: the actor may not invite with its role.
        Refused: it is closed, or the person belongs here by now; no seat is left for an expired one; the address had
            its mails of the day.
    """
    with act(actor, Action.MEMBER_INVITE, invitation, role=invitation.role) as entry:
        _resend(entry, invitation)
        _send([invitation])
        invitation.save(update_fields=SENT)


def revoke(actor: Actor, invitation: Invitation) -> None:
    """Take an open invitation back: its link opens nothing any more, its seat is free, a mail that waits stays here.

    Raises:
        Denied: the actor may not invite with its role.
        Refused: it is closed.
    """
    with act(actor, Action.MEMBER_INVITE, invitation, role=invitation.role) as entry:
        _revoke(entry, invitation)
        invitation.save(update_fields=["revoked_at"])
        _take_back([invitation])


def in_bulk(
    actor: Actor,
    invitations: Sequence[Invitation],
    *,
    deed: str,
    noted: Callable[[list[Outcome]], None] | None = None,
) -> list[Outcome]:
    """`resend` or `revoke` many invitations of one organization, with a result for each.

    Raises:
        Denied: never; what may not be done is in the results with the reason.
    """
    change, then = {"resend": (_Resending().resend, _sent), "revoke": (_revoke, _take_back)}[deed]
    return act_on(actor, Action.MEMBER_INVITE, invitations, change, then=then, noted=noted)


class _Resending:
    """Many, one after the other: expired ones take seats again, and are not saved before all were asked."""

    def __init__(self) -> None:
        self._org: Organization | None = None
        self._taken: Counter[str] = Counter()

    def resend(self, entry: Entry, invitation: Invitation) -> None:
        if entry.org is not self._org:
            self._org, self._taken = entry.org, Counter()
        expired = not invitation.is_open(entry.at)
        _resend(entry, invitation, self._taken)
        self._taken[invitation.plan] += expired


def _resend(entry: Entry, invitation: Invitation, besides: Mapping[str, int] = MappingProxyType({})) -> None:
    _may(entry, invitation)
    _still_open(invitation)
    if Member.objects.filter(org=entry.org, user__email__iexact=invitation.email, removed_at=None).exists():
        raise Refused(_("%(email)s belongs to %(org)s already.") % {"email": invitation.email, "org": entry.org})
    if pace.waits([invitation.email], entry.at):
        raise Refused(f"{invitation.email}: {too_often()}")
    if not invitation.is_open(entry.at):
        wanted = Counter(besides) + Counter({invitation.plan: 1})
        seats.org_has_seats(entry.org, wanted, counting_invitations=True)
    links.renew(invitation, entry.at)
    if isinstance(entry.actor, Member):
        invitation.invited_by = entry.actor


def _revoke(entry: Entry, invitation: Invitation) -> None:
    _may(entry, invitation)
    _still_open(invitation)
    invitation.revoked_at = entry.at


def _may(entry: Entry, invitation: Invitation) -> None:
    """The role as it is under the lock: it may have been raised since the deed was asked for."""
    decision = check(entry.actor, Action.MEMBER_INVITE, entry.org, role=invitation.role)
    if not decision.allowed:
        raise Refused(decision.reason)


def _still_open(invitation: Invitation) -> None:
    texts = {
        "accepted": _("%(email)s accepted already."),
        "declined": _("%(email)s declined. Invite them again if they changed their mind."),
        "revoked": _("The invitation of %(email)s was revoked. Invite them again."),
    }
    if invitation.closed_as:
        raise Refused(texts[invitation.closed_as] % {"email": invitation.email})


def _send(invitations: Sequence[Any]) -> None:
    """Queue the mails of new links; the ones before, if they wait still, stay here."""
    org: Organization = invitations[0].org
    mails.withdraw([invitation.mail_id for invitation in invitations], _("Another mail took its place."))
    pace.mail_out(org, invitations, timezone.now())


def _sent(invitations: list[Any]) -> None:
    _send(invitations)
    Invitation.objects.bulk_update(invitations, SENT, batch_size=100)


def _take_back(invitations: Sequence[Any]) -> None:
    mails.withdraw([i.mail_id for i in invitations], _("The invitation was revoked before this mail went out."))
