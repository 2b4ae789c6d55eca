"""What the audit log says of rollouts, in sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry

FIELDS: dict[str, Any] = {
    "label": gettext_lazy("what of"),
    "stage": gettext_lazy("stage"),
    "stages": gettext_lazy("stages"),
    "gates": gettext_lazy("gates"),
    "people": gettext_lazy("people"),
    "score": gettext_lazy("score"),
    "paused_at": gettext_lazy("paused"),
    "pause_reason": gettext_lazy("reason of the pause"),
    "started_at": gettext_lazy("started"),
    "finished_at": gettext_lazy("finished"),
    "discarded_at": gettext_lazy("discarded"),
}


# What changed → the sentence; the first that fits. `None`: it was taken away.
_MANAGED: tuple[tuple[str, type | None, Any], ...] = (
    ("finished_at", str, gettext_lazy("%(actor)s finished the rollout %(target)s.")),
    ("discarded_at", str, gettext_lazy("%(actor)s discarded the rollout %(target)s.")),
    ("started_at", str, gettext_lazy("%(actor)s started the rollout %(target)s.")),
    ("paused_at", str, gettext_lazy("%(actor)s paused the rollout %(target)s.")),
    ("paused_at", None, gettext_lazy("%(actor)s resumed the rollout %(target)s.")),
    ("stage", str, gettext_lazy("%(actor)s began the next stage of the rollout %(target)s.")),
    ("stage", None, gettext_lazy("%(actor)s took the last stage of the rollout %(target)s back.")),
)


def _manage(entry: AuditEntry) -> Any:
    if not entry.before and "name" in entry.after:
        return _("%(actor)s planned the rollout %(target)s.")
    for field, kind, words in _MANAGED:
        if field in entry.after and (entry.after[field] is None) == (kind is None):
            return words
    return _("%(actor)s changed the plan of the rollout %(target)s.")


def _watch(entry: AuditEntry) -> str:
    match entry.after:
        case {"paused_at": str()}:
            return _("A failed gate paused the rollout %(target)s.")
        case {"stage": str()}:
            return _("A stage of the rollout %(target)s began.")
        case {"gates": "met"}:
            return _("The gates of the present stage of the rollout %(target)s are met.")
    return _("The gates of the present stage of the rollout %(target)s are no longer met.")


def _answer(entry: AuditEntry) -> str:
    if entry.after.get("score") is None:
        return _("%(actor)s does not want to be asked about the rollout %(target)s.")
    return _("%(actor)s said how the rollout %(target)s is.")


WORDS: dict[str, Any] = {
    Action.ROLLOUT_EXPORT: gettext_lazy("%(actor)s exported the list of whom the rollout %(target)s reached."),
}
TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.ROLLOUT_MANAGE: _manage,
    Action.ROLLOUT_WATCH: _watch,
    Action.ROLLOUT_ANSWER: _answer,
}
