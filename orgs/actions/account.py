"""Deeds on a person's own account. They are the person's alone, and told to every organization they belong to."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from orgs import adapter, mails
from orgs.access import Action, Refused
from orgs.actions.members import end_membership, senior_owner
from orgs.audit import act_everywhere
from orgs.models import Domain, FormerAddress, Member, User
from orgs.queries import sso


def rename(actor: User, *, name: str) -> None:
    """Change how the person is called, in every list of every organization.

    Raises:
        Denied: the account is closed.
    """
    with act_everywhere(actor, Action.ACCOUNT_CHANGE) as entries:
        before, actor.name = actor.name, name
        actor.save(update_fields=["name"])
        _relist(actor)
        for entry, _member in entries:
            entry.also["name"] = (before, name)


def change_address(actor: User, *, email: str) -> None:
    """Change the address that the person signs in with. Call it when they have proven that the new one is theirs.

    Usage events that name the old address stay theirs; it is told where the account went.

    Raises:
        Denied: the account is closed.
        Refused: the address belongs to somebody else; or it leads out of an organization's enforced single sign-on.
    """
    with act_everywhere(actor, Action.ACCOUNT_CHANGE) as entries:
        account_stays_in_its_single_sign_on(actor, email)
        if User.objects.filter(email__iexact=email).exclude(pk=actor.pk).exists():
            raise Refused(
                _("%(email)s belongs to another account. Sign in there, or choose another address.") % {"email": email}
            )
        before, actor.email = actor.email, email.lower()
        FormerAddress.objects.filter(user=actor, email__iexact=email).delete()
        FormerAddress.objects.create(user=actor, email=before)
        actor.save(update_fields=["email"])
        adapter.move_address(actor)
        _relist(actor)
        for entry, _member in entries:
            entry.also["email"] = (before, actor.email)
        mails.queue("address_changed", [before], None, name=str(actor), before=before, after=actor.email)


def account_stays_in_its_single_sign_on(user: User, email: str) -> None:
    """Raises Refused when `email` would let them sign in past the single sign-on that their organization enforces."""
    provider = sso.binding(user)
    domain = Domain.objects.of_address(email).first()
    if provider is not None and (domain is None or domain.org_id != provider.org_id):
        text = _("%(org)s signs you in by single sign-on, so your address stays in its domains.")
        raise Refused(text % {"org": provider.org})


@contextmanager
def change_credentials(actor: User) -> Iterator[list[str]]:
    """Let allauth, which keeps them, change the person's password or second factors, with the entry of that as one.

    The body says in words what was changed; where it says nothing, nothing is written.

    Raises:
        Denied: the account is closed.
    """
    with act_everywhere(actor, Action.ACCOUNT_CHANGE) as entries:
        what: list[str] = []
        yield what
        for entry, _member in entries if what else ():
            entry.happened, entry.detail = True, {"what": ", ".join(what)}


def prove(actor: User, *, by: str, chose_password: bool = False) -> None:
    """Take the account over for the owner of its address, who has shown up by a mail to it for the first time.

    What was set up by a link that others could read too (password, second factors, sessions) is gone. Does nothing
    to an account that was not opened like that. `by` says which mail, in words; a password they just chose stays.
    """
    if actor.opened_by_link_at is None:
        return
    with act_everywhere(actor, Action.ACCOUNT_CHANGE) as entries:
        chosen = actor.password
        adapter.forget_credentials(actor)
        if chose_password:
            actor.password = chosen
        actor.save(update_fields=["password", "opened_by_link_at"])
        for entry, _member in entries:
            entry.happened, entry.detail = True, {"what": f"address proven by {by}: what opened it before is gone"}


def close(actor: User) -> None:
    """Close the account: every membership ends, password, second factors and sessions are gone.

    What they wrote, what they used and what the audit logs say stays, under the name and address they had. What they
    own goes to each organization's senior Owner. An invitation to their address opens the account again.

    Raises:
        Refused: they are the last active Owner of an organization.
    """
    with act_everywhere(actor, Action.MEMBER_LEAVE) as entries:
        for entry, member in entries:
            end_membership(entry, member, reason=_("closed their account"), successor=senior_owner(member))
        adapter.forget_credentials(actor)
        actor.is_active = False
        actor.save(update_fields=["is_active", "password"])
        mails.queue("account_closed", [actor.email], None, name=str(actor))


def _relist(user: User) -> None:
    """Take the person's name and address over into the lists of their organizations, former ones included."""
    members = list(Member.objects.filter(user=user))
    for member in members:
        member.user = user
        member.relist()
    Member.objects.bulk_update(members, ["listed_as"])
