"""How the audit log tells of workspaces, rooms and delegations: sentences, and fields, for `orgs.queries.sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry
from orgs.queries import mates_words

FIELDS: dict[str, Any] = {
    "archived_at": gettext_lazy("archived"),
    "mates_by": gettext_lazy("who adds mates"),
    "files_by": gettext_lazy("who uploads files"),
    "sharing_by": gettext_lazy("who shares outside"),
    "storage_limit": gettext_lazy("storage in bytes"),
    "daily_messages": gettext_lazy("messages a day"),
    "workspace": gettext_lazy("workspace"),
    "narrowed": gettext_lazy("people of its own"),
    "progress": gettext_lazy("status"),
    "note": gettext_lazy("note"),
    "title": gettext_lazy("title"),
    "room": gettext_lazy("room"),
    "due_on": gettext_lazy("due"),
    "percent": gettext_lazy("progress in percent"),
    "delegated": gettext_lazy("delegated permissions"),
    "copy_of": gettext_lazy("private copy of"),
}


def configured(entry: AuditEntry) -> str:
    """What changed of a workspace itself."""
    if entry.after.keys() == {"owner"}:
        return _("%(actor)s handed the workspace %(target)s over from %(before)s to %(after)s.")
    if entry.after.keys() == {"name"}:
        return _("%(actor)s renamed the workspace %(before)s %(after)s.")
    return _("%(actor)s changed the settings of the workspace %(target)s: %(fields)s.")


def _create(entry: AuditEntry) -> str:
    if entry.detail.get("copy_of"):
        return _("%(actor)s made the private copy %(target)s of a workspace.")
    return _("%(actor)s created the workspace %(target)s.")


def _archive(entry: AuditEntry) -> str:
    if entry.after.get("archived_at"):
        return _("%(actor)s archived the workspace %(target)s.")
    return _("%(actor)s reopened the workspace %(target)s.")


def _room(entry: AuditEntry) -> str:
    """What changed of a room, or of one of its milestones."""
    match entry:
        case AuditEntry(target_kind="milestone"):
            return _milestone(entry)
        case AuditEntry(detail={"tool": str()}):
            return mates_words.room(entry)
        case AuditEntry(detail={"given": dict()}):
            return _("%(actor)s gave %(given)s members their roles in the room %(target)s.")
        case AuditEntry(after={"narrowed": True}):
            return _("%(actor)s gave the room %(target)s people of its own.")
        case AuditEntry(after={"narrowed": False}):
            return _("%(actor)s let the room %(target)s follow its workspace again.")
        case AuditEntry(after={"archived_at": str()}):
            return _("%(actor)s archived the room %(target)s.")
        case AuditEntry(after={"archived_at": None}):
            return _("%(actor)s reopened the room %(target)s.")
    return _("%(actor)s changed the room %(target)s: %(fields)s.") if entry.after else _named(entry)


def _named(entry: AuditEntry) -> str:
    if entry.detail.get("after"):
        return _("%(actor)s gave %(who)s the role %(level)s in the room %(target)s.")
    return _("%(actor)s took %(who)s out of the room %(target)s.")


def _milestone(entry: AuditEntry) -> str:
    if entry.detail.get("deleted"):
        return _("%(actor)s deleted the milestone %(target)s.")
    if not entry.before:
        return _("%(actor)s added the milestone %(target)s.")
    return _("%(actor)s changed the milestone %(target)s: %(fields)s.")


WORDS: dict[str, Any] = {Action.ROOM_CREATE: gettext_lazy("%(actor)s made the room %(target)s.")}


def _delegated(entry: AuditEntry) -> str:
    if entry.after.get("delegated"):
        return _("%(actor)s delegated to %(target)s: %(after)s.")
    return _("%(actor)s took back what was delegated to %(target)s: %(before)s.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.WORKSPACE_CREATE: _create,
    Action.WORKSPACE_ARCHIVE: _archive,
    Action.ROOM_MANAGE: _room,
    Action.DELEGATION_SET: _delegated,
}
