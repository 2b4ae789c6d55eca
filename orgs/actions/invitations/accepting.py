"""How an invitation is found, accepted and declined, and what must still hold then."""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import adapter, grants, hooks, links
from orgs.access import Action, Refused, check
from orgs.actions import people, seats
from orgs.actors import SYSTEM
from orgs.audit import Entry, act
from orgs.invitees import can_vouch, workspaces_of
from orgs.models import Invitation, Kind, Member, Organization, User
from orgs.queries import sso


def find(secret: str) -> Invitation | None:
    """The open invitation that a link's secret part belongs to; None for a dead, used or unknown link. One query."""
    found = Invitation.objects.open().filter(digest=links.digest(secret), expires_at__gt=timezone.now())
    return found.select_related("org", "team", "department", "invited_by__user").first()


def accept(user: User, invitation: Invitation) -> Member:
    """Make `user` a member as the invitation says. Whoever was a member before comes back with their history.

    Raises:
        Refused: it is used up, expired or for another address; its maker may no longer invite like this; no free seat.
    """
    with act(SYSTEM, Action.MEMBER_JOIN, invitation) as entry:
        _still_stands(invitation, entry)
        if user.email.lower() != invitation.email.lower() or not adapter.has_verified_address(user):
            raise Refused(
                _("This invitation is for %(email)s. Sign in with that address.") % {"email": invitation.email}
            )
        return _take_in(user, invitation, entry)


def accept_as_new(invitation: Invitation, *, name: str, password: str, mailed: bool = False) -> Member:
    """Make an account for the invited address, and a member of it.

    Without a password the person signs in by emailed code. An account of that address which was closed, or never
    proven, starts anew: nothing that opened it before opens it now. Unless they came by the link as it was `mailed`,
    which nobody else can read, what they set up counts until the owner of the address shows up (`account.prove`).

    Raises:
        Refused: as `accept`; or the address belongs to an account in use, whose owner signs in; or single sign-on is
            enforced for it.
    """
    with act(SYSTEM, Action.MEMBER_JOIN, invitation) as entry:
        _still_stands(invitation, entry)
        if sso.binding_of_invited(invitation.email, invitation.org) is not None:
            text = _("%(org)s signs its people in by single sign-on. Come in by it, then accept.")
            raise Refused(text % {"org": invitation.org})
        user = User.objects.filter(email__iexact=invitation.email).first() or User(email=invitation.email.lower())
        if not user._state.adding and adapter.is_in_use(user):
            raise Refused(_("%(email)s has an account already. Sign in to accept.") % {"email": invitation.email})
        adapter.forget_credentials(user)
        user.name, user.is_staff, user.is_active = name, user.is_staff and user.is_active, True
        user.set_password(password or None)
        user.opened_by_link_at = None if mailed else entry.at
        people.keep(user)
        adapter.move_address(user)
        return _take_in(user, invitation, entry)


def decline(invitation: Invitation) -> None:
    """Turn an invitation down for whom it was sent to. Its link is dead from now on.

    Raises:
        Refused: it is used up or expired.
    """
    with act(SYSTEM, Action.MEMBER_DECLINE, invitation) as entry:
        _still_open(invitation, entry)
        invitation.declined_at = entry.at
        invitation.save(update_fields=["declined_at"])


def _still_open(invitation: Invitation, entry: Entry) -> None:
    if not invitation.is_open(entry.at):
        raise Refused(_("This invitation was used or has ended. Ask whoever invited you for a new one."))


def _still_stands(invitation: Invitation, entry: Entry) -> None:
    """Its maker must still be one who may hand out that role: who was demoted since hands out nothing."""
    _still_open(invitation, entry)
    if invitation.org.suspended_at is not None:
        raise Refused(_("%(org)s is suspended. Its invitations wait until it is open again.") % {"org": invitation.org})
    maker = invitation.invited_by
    if maker is not None and not check(maker, Action.MEMBER_INVITE, invitation.org, role=invitation.role).allowed:
        text = _("%(name)s, who invited you, may no longer do that. Ask an Owner of %(org)s for a new invitation.")
        raise Refused(text % {"name": maker, "org": invitation.org})
    if maker is not None and _beyond(maker, invitation):
        text = _("%(name)s, who invited you, may no longer let you into every workspace it names. Ask for a new one.")
        raise Refused(text % {"name": maker})
    if invitation.kind == Kind.GUEST:
        _still_a_guest(invitation, maker, entry)


def _beyond(maker: Member, invitation: Invitation) -> bool:
    """Whether it names a workspace that its maker may not give; those that are gone are passed over."""
    if not invitation.workspaces:
        return False
    named = [name for names in hooks.call("invitation_shown", invitation) for name in names]
    mine = workspaces_of(maker)
    return len(named) > sum(pk in mine for pk in invitation.workspaces)


def _still_a_guest(invitation: Invitation, maker: Member | None, entry: Entry) -> None:
    """Guests are taken in, the stay is not over, and somebody vouches: the maker, where the sponsor left."""
    org = entry.org
    if not org.guests_allowed:
        raise Refused(_("%(org)s takes in no guests any more. Ask whoever invited you.") % {"org": org})
    if invitation.ends_at is None or invitation.ends_at <= entry.at:
        raise Refused(_("The stay that this invitation offers is over. Ask whoever invited you for a new one."))
    if not can_vouch(invitation.sponsor, org, entry.at):
        if not can_vouch(maker, org, entry.at):
            raise Refused(_("Nobody at %(org)s vouches for you any more. Ask for a new invitation.") % {"org": org})
        invitation.sponsor = maker


def _take_in(user: User, invitation: Invitation, entry: Entry) -> Member:
    invitation.accepted_at = entry.at
    invitation.save(update_fields=["accepted_at"])
    member = _place(user, invitation)
    entry.made(member)
    entry.detail = {"invitation": invitation.pk}
    hooks.call("member_joined", member, invitation)
    return member


def _place(user: User, invitation: Invitation) -> Member:
    member = Member.objects.filter(org=invitation.org, user=user).first()
    if member is not None and member.removed_at is None:
        raise Refused(_("You belong to %(org)s already.") % {"org": invitation.org})
    seats.org_has_seats(invitation.org, {invitation.plan: 1})
    if member is None:
        member = Member(org=invitation.org, user=user, ordinal=take_ordinal(invitation.org))
    else:
        grants.take_all(member)
        member.restore(fresh=True)
    for name in ("role", "plan", "kind", "department", "team", "sponsor", "ends_at"):
        setattr(member, name, getattr(invitation, name))
    member.relist()
    member.save()
    return member


def take_ordinal(org: Organization) -> int:
    """The next free place in the organization's bitmaps. Call it while the organization is locked. 2 queries."""
    ordinal: int = Organization.objects.values_list("next_ordinal", flat=True).get(pk=org.pk)
    Organization.objects.filter(pk=org.pk).update(next_ordinal=F("next_ordinal") + 1)
    return ordinal
