"""Audit entries on domains, single sign-on and who asks to join, in plain words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

FIELDS: dict[str, Any] = {
    "verified_at": gettext_lazy("verified"),
    "verified_by": gettext_lazy("verified by"),
    "missing_since": gettext_lazy("record missing since"),
    "lapsed_at": gettext_lazy("counts no more since"),
    "admission": gettext_lazy("who comes in by it"),
    "tested_at": gettext_lazy("tested"),
    "enforced_at": gettext_lazy("enforced from"),
    "just_in_time": gettext_lazy("takes in people who are no members"),
    "decided_at": gettext_lazy("decided"),
    "accepted": gettext_lazy("accepted"),
}


def _domain(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"removed": str()}):
            return _("%(actor)s gave up the domain %(target)s.")
        case AuditEntry(detail={"mailed": str()}):
            return _("%(actor)s asked the postmaster of %(target)s to verify it.")
        case AuditEntry(after={"verified_at": str()}):
            return _("The domain %(target)s was verified.")
        case AuditEntry(after={"lapsed_at": str()}):
            return _("The domain %(target)s counts no more: its record was gone for 30 days.")
        case AuditEntry(after={"missing_since": str()}):
            return _("The record of %(target)s is gone from DNS.")
        case AuditEntry(after={"missing_since": None}):
            return _("The record of %(target)s is back in DNS.")
    if not entry.before:
        return _("%(actor)s added the domain %(target)s.")
    return _("%(actor)s changed who comes in by the domain %(target)s.")


def _joined(entry: AuditEntry) -> Any:
    if entry.target_kind == "member" or entry.after.get("accepted"):
        return gettext_lazy("%(actor)s let %(target)s in, who had asked to join.")
    return gettext_lazy("%(actor)s declined %(target)s, who had asked to join.")


def _provider(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"removed": str()}):
            return _("%(actor)s gave up the identity provider.")
        case AuditEntry(detail={"issuer": str()}):
            return _("%(actor)s connected the identity provider.")
        case AuditEntry(detail={"came_back_as": str()}):
            return _("%(actor)s tested single sign-on.")
        case AuditEntry(after={"enforced_at": str()}):
            return _("%(actor)s enforced single sign-on.")
        case AuditEntry(after={"enforced_at": None}):
            return _("%(actor)s no longer enforces single sign-on.")
    return _("%(actor)s changed whom single sign-on takes in.")


def _refused(entry: AuditEntry) -> str:
    reason = REASONS.get(entry.detail.get("reason", ""), entry.detail.get("reason", ""))
    if entry.detail.get("asserted"):
        return _("A single sign-on as %(who)s was refused: %(why)s.") % _doubled(entry.detail["asserted"], reason)
    return _("A single sign-on was refused: %(why)s.") % _doubled("", reason)


def _doubled(who: str, why: Any) -> dict[str, str]:
    """For what is filled in before the names are: a percent sign stays one."""
    return {"who": who.replace("%", "%%"), "why": str(why).replace("%", "%%")}


# Why a sign-in through a provider was refused, by the word that the log keeps.
REASONS: dict[str, Any] = {
    "audience": gettext_lazy("its token was made for somebody else"),
    "cancelled": gettext_lazy("it was cancelled at the provider"),
    "closed": gettext_lazy("the account is closed"),
    "code": gettext_lazy("the provider did not redeem its code"),
    "expired": gettext_lazy("its token had expired"),
    "foreign_domain": gettext_lazy("the address is in no verified domain of yours"),
    "issuer": gettext_lazy("its token is of another issuer"),
    "keys": gettext_lazy("the provider's keys could not be read"),
    "no_address": gettext_lazy("the provider told no address"),
    "no_longer_ours": gettext_lazy("the account has another address and is no member's"),
    "no_member": gettext_lazy("they are no member"),
    "no_seat": gettext_lazy("no seat is free"),
    "nonce": gettext_lazy("its token is of another sign-in"),
    "not_in_use": gettext_lazy("single sign-on was not in use"),
    "provider": gettext_lazy("the provider answered with an error"),
    "removed": gettext_lazy("their membership has ended"),
    "signature": gettext_lazy("its token is not signed by the provider"),
    "staff": gettext_lazy("the account is support's"),
    "state": gettext_lazy("it was not started in that browser, or was used already"),
    "token": gettext_lazy("its token is unreadable"),
    "unreachable": gettext_lazy("the provider does not answer"),
    "unverified_address": gettext_lazy("the provider does not say that the address is verified"),
    "userinfo": gettext_lazy("token and user info are of two people"),
}


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.DOMAIN_MANAGE: _domain,
    Action.JOIN_REQUEST: lambda entry: gettext_lazy("%(target)s asked to join."),
    Action.JOIN_DECIDE: _joined,
    Action.SSO_MANAGE: _provider,
    Action.SSO_REFUSED: _refused,
    Action.SSO_LINK: lambda entry: gettext_lazy("%(who)s signed in by single sign-on for the first time."),
    Action.SSO_RECOVER: lambda entry: gettext_lazy("%(actor)s came in without the enforced single sign-on."),
}
