"""How the audit log tells of exceptions and of what monitoring kept, for `orgs.queries.sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

WORDS: dict[str, Any] = {
    Action.MONITORING_READ: gettext_lazy("%(actor)s read what monitoring kept of %(who)s."),
}
FIELDS: dict[str, Any] = {
    "use_case": gettext_lazy("use case"),
    "group": gettext_lazy("policy group"),
    "member": gettext_lazy("member"),
    "ended_at": gettext_lazy("ended"),
    "state": gettext_lazy("state"),
    "assignee": gettext_lazy("looked after by"),
    "purpose": gettext_lazy("purpose"),
}


def _exception(entry: AuditEntry) -> str:
    if "ended_at" in entry.after:
        return _("%(actor)s ended the exception for %(target)s.")
    return _("%(actor)s granted an exception for %(target)s.")


def _reviewed(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(after={"state": "open"}):
            return _("%(actor)s opened the review of %(target)s again.")
        case AuditEntry(after={"state": "dismissed"}):
            return _("%(actor)s dismissed %(target)s.")
        case AuditEntry(after={"state": "confirmed"}):
            return _("%(actor)s confirmed %(target)s.")
        case AuditEntry(after={"state": "escalated"}):
            return _("%(actor)s escalated %(target)s.")
    return _("%(actor)s changed the review of %(target)s.")


TELLING: dict[str, Callable[[AuditEntry], str]] = {
    Action.EXCEPTION_GRANT: _exception,
    Action.MONITORING_REVIEW: _reviewed,
}
