"""What can be done with a member's account from their page, and why not; and what resetting a second factor does."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import adapter
from orgs.access import Action, Refused, check, require
from orgs.actions.accounts import account_has_a_password, account_has_a_second_factor
from orgs.actions.members.changes import account_is_ours
from orgs.models import Kind, Member, Role
from orgs.queries.members.panels import Panel


@dataclass(frozen=True, slots=True)
class Lock:
    """A deed as a page offers it: whether it is shown at all, and why it cannot be done now (empty: it can)."""

    shown: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    reset: Lock
    second_factor: Lock
    ownership: bool
    mine: bool


def account(actor: Member, member: Member) -> Account:
    """What `actor` can do with the account of `member`. At most 5 queries beside the actor's subject."""
    runs = actor.administers and actor.pk != member.pk and member.removed_at is None
    now, may_offer = timezone.now(), check(actor, Action.OWNERSHIP_OFFER, member).allowed
    fit = member.kind == Kind.MEMBER and member.role != Role.OWNER and member.is_active(now)
    return Account(
        reset=_lock(runs, actor, Action.ACCOUNT_RESET, member, account_has_a_password),
        second_factor=_lock(runs, actor, Action.ACCOUNT_FACTOR_RESET, member, account_has_a_second_factor),
        ownership=may_offer and fit,
        mine=actor.pk == member.pk,
    )


def _lock(runs: bool, actor: Member, action: Action, member: Member, rule: Callable[[Member], None]) -> Lock:
    if not runs:
        return Lock(shown=False)
    decision = check(actor, action, member)
    return Lock(True, _refusal(member, account_is_ours, rule) if decision.allowed else decision.reason)


def _refusal(member: Member, *rules: Callable[[Member], None]) -> str:
    """Why a rule of business would refuse it; empty where none does."""
    try:
        for rule in rules:
            rule(member)
    except Refused as refusal:
        return str(refusal)
    return ""


def resetting(actor: Member, member: Member) -> Panel:
    """What resetting a second factor does. At most 5 queries beside the actor's subject.

    Raises:
        Denied: the actor may not act on this member.
    """
    require(actor, Action.ACCOUNT_FACTOR_RESET, member)
    name = {"name": member}
    happens = (
        ("shield-off", _("Their authenticator apps, passkeys and recovery codes are gone. Their password stays.")),
        ("logout", _signed_out(member)),
        ("fingerprint", _("Where a second factor is required they can do nothing but set one up.")),
        (
            "mail",
            _("They get a mail with your name and your reason. Call them first: a thief would ask for this, too."),
        ),
    )
    obstacle = _refusal(member, account_is_ours, account_has_a_second_factor)
    title, button = _("Reset the second factor of %(name)s?") % name, _("Reset their second factor")
    return Panel("second_factor", title, button, happens, obstacle)


def _signed_out(member: Member) -> str:
    ended = len(adapter.devices(member.user_id))
    if not ended:
        return _("They are not signed in anywhere.")
    text = ngettext("Their session ends at once.", "Their %(n)s sessions end at once.", ended)
    return text % {"n": ended}
