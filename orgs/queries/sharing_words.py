"""Conversations that were shown to others or deleted, in the sentences of the audit log."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action
from orgs.models import AuditEntry


def _share(entry: AuditEntry) -> str:
    if entry.detail.get("after"):
        return _("%(actor)s showed the conversation %(target)s to %(who)s.")
    return _("%(actor)s took the conversation %(target)s back from %(who)s.")


def _delete(entry: AuditEntry) -> str:
    """Without the title: what was said is gone, and a personal chat was nobody else's."""
    if entry.detail.get("thing"):
        return _("%(actor)s deleted a conversation of %(thing)s.")
    return _("%(actor)s deleted a personal chat.")


WORDS: dict[str, Any] = {
    Action.CONVERSATION_PUBLISH: gettext_lazy("%(actor)s shared the conversation %(target)s outside by a link."),
    Action.LINK_REVOKE: gettext_lazy("%(actor)s revoked a link to the conversation %(target)s."),
}
TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.CONVERSATION_SHARE: _share,
    Action.CONVERSATION_DELETE: _delete,
}
