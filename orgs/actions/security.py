"""Deeds on how people sign in: the ways that are allowed, and the mail that reminds of a second factor."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from orgs import adapter, mails
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import SIGN_IN_WAYS, AuditEntry, Member, Organization, Role

ONCE_IN = timedelta(days=1)  # a reminder of the second factor


def remind(actor: Actor, org: Organization) -> int:
    """Mail every active member without a second factor from when on it is required; how many mails those are.

    Raises:
        Denied: the actor is no Owner.
        Refused: none is required; everybody has one; they were reminded within the last day.
    """
    with act(actor, Action.SECOND_FACTOR_REMIND, org) as entry:
        if org.second_factor_from is None:
            raise Refused(_("No second factor is required. Require one first, then remind."))
        before = AuditEntry.objects.filter(org=org, action=Action.SECOND_FACTOR_REMIND, at__gt=entry.at - ONCE_IN)
        if before.exists():
            raise Refused(_("They were reminded within the last 24 hours. Once a day is enough."))
        active = Member.objects.filter(org=org).active(entry.at)
        without = active.exclude(user__in=adapter.people_with_second_factor())
        addresses = list(without.values_list("user__email", flat=True))
        if not addresses:
            raise Refused(_("Every active member has a second factor. There is nobody to remind."))
        day = formats.date_format(org.second_factor_from.astimezone(org.zone), "j M Y")
        mails.queue("second_factor", addresses, org, day=day, begun=org.requires_second_factor(entry.at))
        entry.happened, entry.detail = True, {"reminded": len(addresses)}
    return len(addresses)


def allow_ways(actor: Actor, org: Organization, *, ways: Sequence[str]) -> None:
    """Say which of password, code and passkey open the console; single sign-on, once it was tested, always does.

    Whoever is in by another way is asked to sign in anew at their next page.

    Raises:
        Denied: the actor is no Owner.
        Refused: none is left; the actor, or every Owner, would lock themselves out.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org):
        chosen = [way for way in SIGN_IN_WAYS if way in ways]
        if not chosen:
            raise Refused(_("Allow at least one way, or nobody gets in."))
        org_lets_an_owner_in(org, actor, chosen)
        org.sign_in_ways = chosen
        org.save(update_fields=["sign_in_ways"])


def org_lets_an_owner_in(org: Organization, actor: Actor, ways: Sequence[str]) -> None:
    """Raises Refused when the acting Owner has none of `ways`, or, where somebody else acts, no Owner has any."""
    if isinstance(actor, Member):
        if not adapter.ways_held(actor.user) & set(ways):
            text = _(
                "You have none of these ways yourself: you would lock yourself out. Set one up in your account first."
            )
            raise Refused(text)
        return
    owners = Member.objects.filter(org=org, role=Role.OWNER, suspended_at=None, removed_at=None, user__is_active=True)
    if not any(adapter.ways_held(owner.user) & set(ways) for owner in owners.select_related("user")):
        raise Refused(
            _("No active Owner of %(org)s has any of these ways: they would all be locked out.") % {"org": org}
        )
