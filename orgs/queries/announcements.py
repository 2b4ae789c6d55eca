"""What everybody is, was and will be told."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.utils.translation import gettext_lazy

from orgs.models import Announcement, Member
from orgs.queries.members.panels import Panel

PAGE = 50
STATES: dict[str, tuple[Any, str]] = {
    "shown": (gettext_lazy("Shown now"), "green"),
    "ahead": (gettext_lazy("Starts later"), "blue"),
    "over": (gettext_lazy("Over"), "grey"),
    "withdrawn": (gettext_lazy("Taken down"), "grey"),
}
TONES = {"info": "blue", "warning": "yellow", "critical": "red"}


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    text: str
    severity: str
    severity_tone: str
    starts_at: datetime
    ends_at: datetime
    by: str
    state: str
    state_tone: str
    can_end: bool


@dataclass(frozen=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


def listing(actor: Member, page: int, now: datetime) -> Listing:
    """The organization's announcements, the latest first. 2 queries."""
    found = Announcement.objects.visible_to(actor).order_by("-starts_at", "pk")
    total = found.count()
    pages = max(1, ceil(total / PAGE))
    page = min(page, pages)
    rows = found.select_related("made_by__user")[(page - 1) * PAGE : page * PAGE]
    return Listing(tuple(_row(told, now) for told in rows), total, page, pages)


def _row(told: Announcement, now: datetime) -> Row:
    state = "shown" if told.is_shown(now) else "ahead" if told.starts_at > now else "over"
    if told.withdrawn_at is not None:
        state = "withdrawn"
    label, tone = STATES[state]
    return Row(
        id=told.pk,
        text=told.text,
        severity=told.get_severity_display(),
        severity_tone=TONES[told.severity],
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        by=str(told.made_by or ""),
        state=str(label),
        state_tone=tone,
        can_end=state in ("shown", "ahead"),
    )


def announcing(actor: Member) -> Panel:
    """What an announcement does. No query."""
    happens = (
        ("users", gettext_lazy("Every member reads it above every page, guests too.")),
        ("clock", gettext_lazy("Nobody can close it: it goes at its end, or when you take it down.")),
    )
    title, button = str(gettext_lazy("Tell everybody")), str(gettext_lazy("Announce it"))
    return Panel("announce", title, button, tuple((icon, str(text)) for icon, text in happens), dangerous=False)
