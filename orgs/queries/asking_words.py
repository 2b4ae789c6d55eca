"""How the audit log tells of requests, offers, recoveries and announcements, for `orgs.queries.sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

WORDS: dict[str, Any] = {
    Action.REQUEST_MAKE: gettext_lazy("%(actor)s asked for %(thing)s."),
    Action.REQUEST_WITHDRAW: gettext_lazy("%(actor)s took back the request for %(thing)s."),
    Action.REQUEST_END: gettext_lazy("%(thing)s of %(target)s ended, as it was granted."),
    Action.ACCOUNT_RESET: gettext_lazy("%(actor)s sent %(target)s a link to choose a new password."),
    Action.ACCOUNT_FACTOR_RESET: gettext_lazy("%(actor)s reset the second factor of %(target)s."),
    Action.RECOVERY_STOP: gettext_lazy("%(actor)s stopped the recovery of %(target)s."),
}
FIELDS: dict[str, Any] = {
    "keeps": gettext_lazy("role that the old Owner keeps"),
    "accepted_at": gettext_lazy("accepted"),
    "approved_at": gettext_lazy("approved"),
    "ready_at": gettext_lazy("takes effect"),
    "done_at": gettext_lazy("done"),
    "stopped_at": gettext_lazy("stopped"),
    "text": gettext_lazy("text"),
    "severity": gettext_lazy("severity"),
    "starts_at": gettext_lazy("starts"),
    "withdrawn_at": gettext_lazy("withdrawn"),
}


def _decided(entry: AuditEntry) -> str:
    if entry.detail.get("granted"):
        return _("%(actor)s granted %(target)s %(thing)s.")
    return _("%(actor)s declined the request of %(target)s for %(thing)s.")


def _offer(entry: AuditEntry) -> str:
    if entry.detail.get("withdrawn"):
        return _("%(actor)s took back the offer of ownership to %(to)s.")
    return _("%(actor)s offered %(to)s to become Owner.")


def _answer(entry: AuditEntry) -> str:
    if entry.detail.get("handed"):
        return _("%(target)s handed their ownership to %(to)s.")
    if entry.detail.get("accepted"):
        return _("%(actor)s became Owner in place of %(from)s.")
    return _("%(actor)s declined to become Owner.")


def _recovery(entry: AuditEntry) -> str:
    if entry.detail.get("approved"):
        return _("%(actor)s approved the recovery of %(target)s.")
    return _("%(actor)s asked for the recovery of %(target)s.")


def _recovered(entry: AuditEntry) -> str:
    if entry.detail.get("done") is False:
        return _("The recovery of %(target)s was stopped: they are not the only active Owner any more.")
    return _("The second factor of %(target)s was taken away, as two of support had agreed.")


def _announced(entry: AuditEntry) -> str:
    if "withdrawn_at" in entry.after:
        return _("%(actor)s took an announcement down: %(target)s")
    return _("%(actor)s announced: %(target)s")


TELLING: dict[str, Callable[[AuditEntry], str]] = {
    Action.REQUEST_DECIDE: _decided,
    Action.OWNERSHIP_OFFER: _offer,
    Action.OWNERSHIP_ANSWER: _answer,
    Action.RECOVERY_MANAGE: _recovery,
    Action.RECOVERY_FINISH: _recovered,
    Action.ANNOUNCEMENT_MANAGE: _announced,
}
