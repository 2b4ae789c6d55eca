"""Deeds on single sign-on: connect a provider, test, enforce; who comes by it, and who is turned away."""

from typing import Any

from django.utils.translation import gettext as _

from orgs import adapter, grants, hooks, mails
from orgs.access import Action, Refused
from orgs.actions import people, seats
from orgs.actions.invitations import take_ordinal
from orgs.actors import SYSTEM, Actor
from orgs.audit import act
from orgs.models import Domain, IdentityProvider, Member, Organization, Role, User


def set_up(
    actor: Actor, org: Organization, *, client_id: str, secret: str, trusts_addresses: bool, discovered: dict[str, Any]
) -> IdentityProvider:
    """Set an organization's provider up, or another one in its place; `discovered` is what it says of itself.

    Another issuer or client forgets who came by the one before: one `sub` may be two people. It is to be tested anew.

    Raises:
        Denied: the actor is no Owner.
        Refused: another issuer or client without its secret; a change of more than the secret while it is enforced.
    """
    with act(actor, Action.SSO_MANAGE, org) as asked:
        known = IdentityProvider.objects.filter(org=org).select_related("app", "org").first()
        provider, is_new = known or IdentityProvider(org=org), known is None
        entry = asked.about(provider)
        app = adapter.make_app(org) if is_new else provider.app
        moved = is_new or (app.settings["server_url"], app.client_id) != (discovered["issuer"], client_id)
        changed = moved or app.settings["trusts_addresses"] != trusts_addresses
        if moved and not secret:
            raise Refused(_("Type the client secret again: it belongs to the provider that was set up before."))
        if changed and provider.enforced_at is not None:
            raise Refused(_("Single sign-on is enforced. Stop enforcing it before you change more than the secret."))
        if moved and not is_new:
            adapter.forget_identities(app)
        adapter.describe(
            app, client_id=client_id, secret=secret, trusts_addresses=trusts_addresses, discovered=discovered
        )
        provider.app = app
        provider.tested_at = None if changed else provider.tested_at
        provider.save()
        entry.happened = True
        entry.detail = {"issuer": discovered["issuer"], "client_id": client_id, "new_secret": bool(secret)}
    return provider


def note_test(actor: Actor, provider: IdentityProvider, *, email: str) -> None:
    """Note that the acting Owner went through the provider and came back as `email`: from now on people sign in by it.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.SSO_MANAGE, provider) as entry:
        provider.tested_at = entry.at
        provider.save(update_fields=["tested_at"])
        entry.detail = {"came_back_as": email}


def admit(actor: Actor, provider: IdentityProvider, *, just_in_time: bool, role: str, plan: str) -> None:
    """Say whether people who are no members yet become members when they come by it, and as what.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.SSO_MANAGE, provider):
        provider.just_in_time, provider.role, provider.plan = just_in_time, role, plan
        provider.save(update_fields=["just_in_time", "role", "plan"])


def enforce(actor: Actor, provider: IdentityProvider) -> None:
    """From now on members with an address in a verified domain sign in by it and no other way.

    Whoever is in by another way is asked to come by it at their next page. An Owner's way back, should the provider
    be down, is their password and a recovery code.

    Raises:
        Denied: the actor is no Owner.
        Refused: it was not tested; no domain is verified; the actor, or every Owner, would have no way back.
    """
    with act(actor, Action.SSO_MANAGE, provider) as entry:
        if provider.tested_at is None:
            raise Refused(_("Test it first: go through it yourself and come back."))
        if not Domain.objects.counting(entry.at).filter(org=provider.org).exists():
            raise Refused(_("No domain is verified, so it would bind nobody. Verify one first."))
        org_has_a_way_back(provider.org, actor)
        provider.enforced_at = provider.enforced_at or entry.at
        provider.save(update_fields=["enforced_at"])


def stop_enforcing(actor: Actor, provider: IdentityProvider) -> None:
    """Let every allowed way open the console again. It stays a way to sign in.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.SSO_MANAGE, provider):
        provider.enforced_at = None
        provider.save(update_fields=["enforced_at"])


def disconnect(actor: Actor, provider: IdentityProvider) -> None:
    """Give the provider up: nobody signs in by it any more. Members stay members.

    Raises:
        Denied: the actor is no Owner.
        Refused: it is enforced.
    """
    with act(actor, Action.SSO_MANAGE, provider) as entry:
        if provider.enforced_at is not None:
            raise Refused(_("Single sign-on is enforced. Stop enforcing it first."))
        entry.happened, entry.detail = True, {"removed": provider.app.settings["server_url"]}
        IdentityProvider.objects.filter(pk=provider.pk).delete()
        adapter.forget_app(provider.app)


def org_has_a_way_back(org: Organization, actor: Actor) -> None:
    """Raises Refused when the acting Owner, or where somebody else acts every Owner, could not come in without it."""
    if isinstance(actor, Member):
        if not adapter.has_way_back(actor.user):
            text = _("You would have no way back in if the provider is down. Set a password and recovery codes first.")
            raise Refused(text)
        return
    owners = Member.objects.filter(org=org, role=Role.OWNER, suspended_at=None, removed_at=None, user__is_active=True)
    if not any(adapter.has_way_back(owner.user) for owner in owners.select_related("user")):
        raise Refused(
            _("No Owner of %(org)s has a password and recovery codes: none would have a way back.") % {"org": org}
        )


# ---------------------------------------------------------------- who comes


def take_in(provider: IdentityProvider, user: User | None, *, email: str, name: str) -> User:
    """Make whoever the provider vouches for a member as it says, with an account where they have none yet.

    An account of that address that was never proven gives nothing: its password and sessions are gone.

    Raises:
        Refused: no free seat; a member already; an account of that address was made in this very moment.
    """
    with act(SYSTEM, Action.MEMBER_JOIN, provider) as entry:
        person = _account(user, email, name)
        if Member.objects.filter(org=provider.org, user=person).exists():
            raise Refused(_("You belong to %(org)s already, or did.") % {"org": provider.org})
        seats.org_has_seats(provider.org, {provider.plan: 1})
        member = Member(org=provider.org, user=person, ordinal=take_ordinal(provider.org))
        member.role, member.plan = provider.role, provider.plan
        member.relist()
        member.save(force_insert=True)
        grants.take_all(member)
        entry.made(member)
        entry.detail = {"by": "single sign-on"}
        hooks.call("member_joined", member, None)
    return person


def _account(user: User | None, email: str, name: str) -> User:
    person = user or User.objects.filter(email__iexact=email).first() or User(email=email, name=name[:120])
    if person._state.adding or not adapter.is_proven(person):
        adapter.forget_credentials(person)
        people.keep(person)
        adapter.verify_address(person)
    return person


def link(provider: IdentityProvider, user: User | None, *, email: str, name: str) -> User:
    """Know somebody by the provider from now on, who is a member or invited; with an account where they have none yet.

    An account of that address that was never proven gives nothing: its password and sessions are gone.

    Raises:
        Refused: an account of that address was made in this very moment.
    """
    with act(SYSTEM, Action.SSO_LINK, provider) as entry:
        person = _account(user, email, name)
        entry.happened, entry.detail = True, {"name": str(person)}
    return person


def refuse(provider: IdentityProvider, *, reason: str, email: str) -> None:
    """Leave an entry of a sign-in through the provider that was refused; `reason` is a stable word."""
    with act(SYSTEM, Action.SSO_REFUSED, provider) as entry:
        entry.happened, entry.detail = True, {"reason": reason} | ({"asserted": email[:254]} if email else {})


def come_back(actor: Member) -> None:
    """Leave an entry of an Owner who came in without the enforced provider, and mail it to every Owner.

    Raises:
        Denied: somebody who is no Owner.
    """
    with act(actor, Action.SSO_RECOVER, actor) as entry:
        owners = Member.objects.filter(org=actor.org, role=Role.OWNER, removed_at=None, user__is_active=True)
        mails.queue("sso_recovered", owners.values_list("user__email", flat=True), actor.org, name=str(actor))
        entry.happened, entry.detail = True, {"by": "password and recovery code"}
