"""What connecting a platform shows: what is done of it, addresses, and which sources have sent and cannot fill what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.models import InboxBatch
from analytics.queries import freshness
from orgs.models import Member, Scope, ServiceKey

TEST = "test"  # the source of events that this page sends
LABELS: dict[str, Any] = {
    "api": _("Your own product, as JSON"),
    "litellm": _("LiteLLM's webhook"),
    "steward": _("Steward's own conversations"),
    TEST: _("Test events from this page"),
}
# The figures that stay empty by a source, whatever it is sent.
CANNOT: dict[str, tuple[Any, ...]] = {
    "litellm": (
        _("files processed"),
        _("integration calls"),
        _("top integrations"),
        _("tokens and cost of embeddings"),
    ),
    "steward": (_("integration calls"), _("top integrations")),
}
# What events may report, by the names of `Ledger.reported` → the figures that need it.
NEEDED: dict[str, tuple[Any, ...]] = {
    "message": (_("active members"), _("peak hours")),
    "response": (_("AI responses"), _("most used models")),
    "conversation": (_("conversations"), _("common use cases")),
    "file": (_("files processed"),),
    "integration_call": (_("integration calls"), _("top integrations")),
    "cost": (_("total cost"),),
    "tokens": (_("tokens"),),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A door that usage comes through. `last_at`: None where nothing came through it yet. `cannot`: figures."""

    label: str
    last_at: datetime | None
    cannot: tuple[str, ...]
    is_test: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A test event on its way. `seconds` it took to be counted, None while it was not; `stopped`: it failed."""

    batch: int
    seconds: int | None
    stopped: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """`missing` are the figures that no source has ever filled; `keys` how many living keys may send events.

    `arrived`: a platform has sent something.
    """

    base: str
    events: str
    webhook: str
    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    keys: int
    arrived: bool


def sent(actor: Member, batch: int) -> Sent | None:
    """What became of a test event of this page; None where there is no such batch. One query."""
    found = InboxBatch.objects.visible_to(actor).filter(pk=batch, source=TEST).defer("body").first()
    if found is None:
        return None
    took = found.settled_at and max(1, round((found.settled_at - found.received_at).total_seconds()))
    return Sent(found.pk, took or None, found.state == InboxBatch.State.PARKED)


def shown(actor: Member, now: datetime) -> Connect:
    """The addresses of this installation, and what came by now. 4 queries."""
    batches = InboxBatch.objects.visible_to(actor).order_by()
    last = dict(batches.values_list("source").annotate(Max("received_at")))
    reported = freshness.of(actor.org).reported
    alive = ServiceKey.objects.visible_to(actor).alive(now).order_by().values_list("scopes", flat=True)
    return Connect(
        base=settings.PUBLIC_BASE_URL,
        events=settings.PUBLIC_BASE_URL + reverse("events"),
        webhook=settings.PUBLIC_BASE_URL + reverse("events_litellm"),
        sources=tuple(
            Source(str(label), last.get(name), tuple(map(str, CANNOT.get(name, ()))), name == TEST)
            for name, label in LABELS.items()
            if name != TEST or name in last
        ),
        missing=tuple(str(figure) for name, figures in NEEDED.items() if name not in reported for figure in figures),
        keys=sum(Scope.EVENTS_WRITE in scopes for scopes in alive),
        arrived=bool({"api", "litellm"} & last.keys()),
    )
