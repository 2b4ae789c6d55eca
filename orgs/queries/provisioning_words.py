"""How the audit log tells of newcomers and training: sentences, and names of fields, for `orgs.queries.sentences`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry, Item

WORDS: dict[str, Any] = {
    Action.PROVISIONING_REMIND: gettext_lazy("%(actor)s reminded people of what is open for %(target)s."),
    Action.PROVISIONING_WELCOME: gettext_lazy("%(actor)s had the welcome of %(target)s sent again."),
    Action.PROVISIONING_TEMPLATE: gettext_lazy("%(actor)s changed the template of the provisioning board."),
    Action.SETUP_GUIDE_WRITE: gettext_lazy("%(actor)s wrote the setup guide."),
    Action.TRAINING_PASS: gettext_lazy("%(target)s confirmed the training module “%(who)s”."),
    Action.INTRODUCTION_POST: gettext_lazy("%(target)s posted an introduction to the team."),
    Action.INTRODUCTION_CONFIRM: gettext_lazy("%(actor)s confirmed the introduction of %(target)s."),
}
FIELDS: dict[str, Any] = {
    "item": gettext_lazy("item"),
    "due_day": gettext_lazy("due"),
    "done_at": gettext_lazy("done"),
    "done_by": gettext_lazy("done by"),
    "note": gettext_lazy("note"),
    "evidence_name": gettext_lazy("evidence"),
    "title": gettext_lazy("title"),
    "url": gettext_lazy("link"),
    "required": gettext_lazy("required"),
    "audience": gettext_lazy("who reads it"),
    "features": gettext_lazy("features that wait for it"),
    "archived_at": gettext_lazy("archived"),
    **{item.value: item.label for item in Item},
}


_GIVEN = (Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS)  # what a newcomer is assigned


def named(entry: AuditEntry) -> dict[str, str]:
    """`assigned`: one of `_GIVEN` and whose it is."""
    return {"assigned": entry.target_name.replace(" of ", f" {_('assigned to')} ", 1)}


def _see(entry: AuditEntry) -> str:
    if entry.after.get("done_at"):
        given = any(entry.target_name.startswith(f"{item.label} of ") for item in _GIVEN)
        return _("%(assigned)s (seen by Steward).") if given else _("Done: %(target)s (seen by Steward).")
    return _("Steward opened it again, for there is another required module to confirm: %(target)s.")


def _tick(entry: AuditEntry) -> str:
    if "done_at" in entry.after and not entry.after["done_at"]:
        return _("%(actor)s opened again: %(target)s.")
    if "done_at" in entry.after:
        return _("%(actor)s ticked: %(target)s.")
    return _("%(actor)s changed the evidence of: %(target)s.")


def _plan(entry: AuditEntry) -> str:
    if entry.after.keys() == {"due_day"}:
        return _("%(actor)s moved what is due from %(before)s to %(after)s: %(target)s.")
    if entry.after.keys() == {"owner"}:
        return _("%(actor)s let %(after)s look after: %(target)s.")
    return _("%(actor)s changed who looks after it, and until when: %(target)s.")


def _manage(entry: AuditEntry) -> str:
    if entry.detail.get("moved"):
        return _("%(actor)s moved the training module “%(target)s”.")
    if "archived_at" in entry.after and not entry.before:
        return _("%(actor)s made the training module “%(target)s”.")
    if "archived_at" in entry.after:
        archived = entry.after["archived_at"]
        if archived:
            return _("%(actor)s archived the training module “%(target)s”.")
        return _("%(actor)s took the training module “%(target)s” out of the archive.")
    return _("%(actor)s changed the training module “%(target)s”.")


TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.PROVISIONING_SEE: _see,
    Action.PROVISIONING_TICK: _tick,
    Action.PROVISIONING_PLAN: _plan,
    Action.TRAINING_MANAGE: _manage,
}
