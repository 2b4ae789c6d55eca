"""Deeds of Owners and Admins on the accounts of their people: a reset is sent, a lost second factor taken away.

Nobody ever sees or sets another person's password (product.md 2).
"""

from django.utils.translation import gettext as _

from orgs import adapter, mails
from orgs.access import Action, Refused
from orgs.actions.members.changes import account_is_ours
from orgs.actors import Actor, sign
from orgs.audit import act
from orgs.models import Member
from orgs.queries import sso
from orgs.subjects import raise_version_everywhere


def send_reset(actor: Actor, member: Member) -> None:
    """Mail `member` a link to choose a new password. What they have now works until they use it.

    Raises:
        Denied: the actor may not act on this member.
        Refused: the account is not this organization's to touch; they are removed, or their account is closed; they
            sign in by single sign-on alone, so there is no password.
    """
    with act(actor, Action.ACCOUNT_RESET, member) as entry:
        account_is_ours(member)
        account_has_a_password(member)
        entry.happened = True
        mails.queue("password_reset", [member.user.email], member.org, user=member.user_id, by=sign(actor).name)


def account_has_a_password(member: Member) -> None:
    """Raises Refused when a password opens nothing for them: single sign-on is enforced. At most 2 queries."""
    provider = sso.binding(member.user)
    if provider is not None:
        text = _("%(name)s signs in by the single sign-on of %(org)s alone: there is no password to reset.")
        raise Refused(text % {"name": member, "org": provider.org})


def account_has_a_second_factor(member: Member) -> None:
    """Raises Refused when there is none to reset. One query."""
    if not adapter.has_second_factor(member.user):
        raise Refused(_("%(name)s has no second factor.") % {"name": member})


def reset_second_factor(actor: Actor, member: Member, *, reason: str) -> None:
    """Take away every second factor of `member`, end their sessions, and tell them why.

    Where one is required they can do nothing but enrol the next time.

    Raises:
        Denied: the actor may not act on this member; their own.
        Refused: no reason; the account is not this organization's to touch; there is none to reset.
    """
    with act(actor, Action.ACCOUNT_FACTOR_RESET, member) as entry:
        if not reason.strip():
            raise Refused(_("Give a reason: it is kept in the audit log and told to them."))
        account_is_ours(member)
        account_has_a_second_factor(member)
        adapter.forget_second_factors(member.user)
        adapter.end_sessions([member.user_id])
        raise_version_everywhere(member.user_id)
        entry.happened, entry.detail = True, {"reason": reason}
        mails.queue("second_factor_reset", [member.user.email], member.org, by=sign(actor).name, reason=reason)
