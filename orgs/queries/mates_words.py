"""What the audit log says of mates and tools, in sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

WORDS: dict[str, Any] = {
    Action.MATE_ONBOARD: gettext_lazy("%(actor)s onboarded the mate %(target)s from the store."),
    Action.MATE_CREATE: gettext_lazy("%(actor)s created the mate %(target)s."),
    Action.MATE_DELETE: gettext_lazy("%(actor)s deleted the mate %(target)s."),
    Action.TOOL_CREATE: gettext_lazy("%(actor)s connected the tool %(target)s."),
    Action.TOOL_DELETE: gettext_lazy("%(actor)s deleted the tool %(target)s."),
}
FIELDS: dict[str, Any] = {
    "description": gettext_lazy("description"),
    "model": gettext_lazy("model"),
    "instructions": gettext_lazy("instructions"),
    "everyone": gettext_lazy("for everyone"),
    "listing": gettext_lazy("name in the store"),
    "integration": gettext_lazy("integration"),
    "url": gettext_lazy("address"),
    "secret_set_at": gettext_lazy("secret set"),
}


def _levels(entry: AuditEntry) -> str:
    """Who may use a mate, or attach a tool."""
    match entry:
        case AuditEntry(detail={"given": [*_people], "after": ""}):
            return _("%(actor)s took what they held on %(target)s from %(people)s.")
        case AuditEntry(detail={"given": [*_people]}):
            return _("%(actor)s gave %(people)s the level %(level)s on %(target)s.")
        case AuditEntry(detail={"name": str(), "after": ""}):
            return _("%(actor)s took what they held on %(target)s from %(who)s.")
        case AuditEntry(detail={"name": str()}):
            return _("%(actor)s gave %(who)s the level %(level)s on %(target)s.")
        case AuditEntry(detail={"mate": str()}):
            return _("%(actor)s took the tool %(target)s away from the mate %(mate)s.")
        case AuditEntry(after={"owner": str()}):
            return _("%(actor)s handed %(target)s over to %(after)s.")
        case AuditEntry(after={"everyone": str(everyone)}) if not everyone:
            return _("%(actor)s took from everybody what %(target)s was to all.")
    return _("%(actor)s gave everybody the level %(after)s on %(target)s.")


def _mate(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"attached": True}):
            return _("%(actor)s attached the tool %(tool)s to the mate %(target)s.")
        case AuditEntry(detail={"attached": False}):
            return _("%(actor)s took the tool %(tool)s away from the mate %(target)s.")
    return _("%(actor)s configured the mate %(target)s: %(fields)s.")


def _tool(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(after={"secret_set_at": None}) if len(entry.after) == 1:
            return _("%(actor)s took away the secret of the tool %(target)s.")
        case AuditEntry(after={"secret_set_at": str()}) if len(entry.after) == 1:
            return _("%(actor)s set the secret of the tool %(target)s.")
    return _("%(actor)s configured the tool %(target)s: %(fields)s.")


def spot(entry: AuditEntry) -> str:
    """Where a mate can be asked."""
    if entry.detail.get("added"):
        return _("%(actor)s added the mate %(mate)s to the workspace %(target)s.")
    return _("%(actor)s took the mate %(mate)s out of the workspace %(target)s.")


def room(entry: AuditEntry) -> str:
    """Which integrations are switched on in a room."""
    if entry.detail.get("switched_on"):
        return _("%(actor)s switched the tool %(tool)s on in the room %(target)s.")
    return _("%(actor)s switched the tool %(tool)s off in the room %(target)s.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.MATE_GRANT: _levels,
    Action.TOOL_GRANT: _levels,
    Action.MATE_MANAGE: _mate,
    Action.TOOL_MANAGE: _tool,
    Action.MATE_ADD: spot,
}


def named(entry: AuditEntry) -> dict[str, str]:
    """What these sentences name beside what any may."""
    said = {name: str(entry.detail.get(name) or "") for name in ("mate", "tool")}
    given = entry.detail.get("given")
    if isinstance(given, list):
        said["people"] = ", ".join(given)
    if entry.detail.get("after") == "list":
        said["level"] = _("List")
    return said
