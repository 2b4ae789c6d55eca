"""What the audit log says of models and policies, in sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

FIELDS: dict[str, Any] = {
    "provider": gettext_lazy("provider"),
    "price_in_nanos": gettext_lazy("price of a million tokens in"),
    "price_out_nanos": gettext_lazy("price of a million tokens out"),
    "context_tokens": gettext_lazy("context in tokens"),
    "status": gettext_lazy("status"),
    "aliases": gettext_lazy("aliases"),
}


def _catalogue(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"deleted": True}):
            return _("%(actor)s deleted the model %(target)s from the catalogue.")
        case AuditEntry(before={}):
            return _("%(actor)s added the model %(target)s to the catalogue.")
        case AuditEntry(before={"name": _old}):
            return _("%(actor)s renamed the model %(before)s %(after)s.")
    return _("%(actor)s changed the model %(target)s.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {Action.CATALOGUE_MANAGE: _catalogue}
