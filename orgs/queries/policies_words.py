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
    "limit_messages_day": gettext_lazy("messages a day"),
    "limit_cost_month": gettext_lazy("cost a month"),
    "limit_storage": gettext_lazy("storage"),
    "revision": gettext_lazy("save of the draft"),
    "based_on": gettext_lazy("begun as version"),
    "scope_name": gettext_lazy("department"),
    "trial": gettext_lazy("runs report-only"),
    "trial_from": gettext_lazy("report-only since"),
    "trial_until": gettext_lazy("report-only until"),
    "changes": gettext_lazy("changes"),
    "more_changes": gettext_lazy("more changes"),
    "monitoring_level_before": gettext_lazy("monitoring level before"),
    "monitoring_level": gettext_lazy("monitoring level"),
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


def _draft(entry: AuditEntry) -> str:
    if entry.detail.get("deleted"):
        return _("%(actor)s threw the draft of the policy%(of)s away.") % _whose(entry)
    if not entry.before:
        return _("%(actor)s began a draft of the policy%(of)s.") % _whose(entry)
    return _("%(actor)s changed the draft of the policy%(of)s.") % _whose(entry)


def _published(entry: AuditEntry) -> str:
    said = _whose(entry) | {"number": entry.after.get("number") or entry.after.get("version", "")}
    return _("%(actor)s published version %(number)s of the policy%(of)s.") % said


def _tried(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(after={"number": number}):
            said = _whose(entry) | {"number": number}
            return _("%(actor)s lets version %(number)s of the policy%(of)s run report-only.") % said
        case AuditEntry(before={"trial": number}):
            said = _whose(entry) | {"number": number}
            return _("%(actor)s discarded version %(number)s, which ran report-only.") % said
    return _("%(actor)s lets a version of the policy run report-only longer.")


def exported(entry: AuditEntry) -> str:
    """What left the house of what policies say of members; empty: something else did."""
    match entry.detail.get("list"):
        case "replay":
            return _("%(actor)s exported the replay of %(from)s – %(to)s.")
        case "report-only":
            return _("%(actor)s exported whom version %(thing)s, which ran report-only, would have refused.")
        case "draft":
            return _("%(actor)s exported whom the draft of the policy would change.")
        case "limits":
            return _("%(actor)s exported how much members have used of their limits.")
    return ""


def _whose(entry: AuditEntry) -> dict[str, Any]:
    """Fills in whose policy it is, and leaves the actor to whoever fills in the rest."""
    name = str(entry.detail.get("department") or "").replace("%", "%%")
    return {"actor": "%(actor)s", "of": _(" of %(name)s") % {"name": name} if name else ""}


def _limits(entry: AuditEntry) -> str:
    if not any(entry.after.values()):
        return _("%(actor)s took the limits of %(target)s away: %(fields)s.")
    if entry.detail.get("level") == "plan":
        plan = str(entry.detail.get("whom", "")).replace("%", "%%")
        return _("%%(actor)s set the limits of the plan %(plan)s: %%(fields)s.") % {"plan": plan}
    return _("%(actor)s set the limits of %(target)s: %(fields)s.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.LIMIT_SET: _limits,
    Action.CATALOGUE_MANAGE: _catalogue,
    Action.POLICY_EDIT: _draft,
    Action.POLICY_PUBLISH: _published,
    Action.POLICY_TRY: _tried,
}
