"""What the settings page shows: what stands now, and what changed meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orgs import hooks
from orgs.models import AuditEntry, AuditHead, Organization
from orgs.queries import sentences

FIELDS = ("name", "timezone", "cost_visible_to", "guest_days")
NAMED = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """`seen` is the last audit entry that whoever looks at these values knows of, `notes` what is still under way."""

    values: dict[str, Any]
    seen: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody's change that the form did not know of."""

    who: str
    at: datetime
    changes: tuple[sentences.Change, ...]


def settings(org: Organization) -> Settings:
    """One query, and those of the hook `settings_shown`."""
    head = AuditHead.objects.filter(org=org).values_list("seq", flat=True).first()
    return Settings(
        values={name: getattr(org, name) for name in FIELDS},
        seen=head or 0,
        notes=tuple(note for notes in hooks.call("settings_shown", org) for note in notes),
    )


def meanwhile(org: Organization, seen: int | None) -> list[Meanwhile]:
    """What others changed in the settings after the entry `seen`, oldest first. One query; none without `seen`."""
    if seen is None:
        return []
    entries = AuditEntry.objects.that_changed(org, FIELDS, since=seen).order_by("seq")
    return [Meanwhile(entry.actor_name, entry.at, tuple(sentences.changes(entry))) for entry in entries[:NAMED]]
