"""What connecting a platform shows: addresses, which sources have sent something, and what they cannot tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.models import InboxBatch
from analytics.queries import freshness
from orgs.models import Member

# What a source never reports, whatever it is sent: the figures that stay empty by it.
LABELS: dict[str, Any] = {
    "api": _("Own JSON"),
    "litellm": _("LiteLLM's webhook"),
    "steward": _("Steward's own conversations"),
}
CANNOT: dict[str, tuple[Any, ...]] = {
    "api": (),
    "litellm": (_("files processed"), _("integration calls"), _("people's messages in embeddings")),
    "steward": (_("integration calls"),),
}
# What events may report, by the names of `Ledger.reported` → the figures that need it.
NEEDED: dict[str, Any] = {
    "message": _("active members, peak hours"),
    "response": _("AI responses, most used models"),
    "conversation": _("conversations, common use cases"),
    "file": _("files processed"),
    "integration_call": _("integration calls, top integrations"),
    "cost": _("total cost"),
    "tokens": _("tokens"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A door that usage comes through. `last_at`: None where nothing came through it yet."""

    label: str
    last_at: datetime | None
    cannot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connect:
    """`missing` are the figures that no source has ever filled."""

    base: str
    events: str
    webhook: str
    sources: tuple[Source, ...]
    missing: tuple[str, ...]


def shown(actor: Member) -> Connect:
    """The addresses of this installation, and what came by now. 3 queries."""
    batches = InboxBatch.objects.visible_to(actor).order_by()
    last = dict(batches.values_list("source").annotate(Max("received_at")))
    reported = freshness.of(actor.org).reported
    return Connect(
        base=settings.PUBLIC_BASE_URL,
        events=settings.PUBLIC_BASE_URL + reverse("events"),
        webhook=settings.PUBLIC_BASE_URL + reverse("events_litellm"),
        sources=tuple(
            Source(str(label), last.get(name), tuple(map(str, CANNOT[name]))) for name, label in LABELS.items()
        ),
        missing=tuple(str(figures) for name, figures in NEEDED.items() if name not in reported),
    )
