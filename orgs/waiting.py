"""How many things wait for somebody, kept between pages; whether they are new; and what everybody is told above all.

All of it is kept per process under the number of the organization's last audit entry and a clock of five minutes: a
change that is audited shows at the next page, what changes by the clock alone within five minutes.
"""

from datetime import datetime
from typing import Any

from orgs.models import Announcement, AuditHead, Member

MINUTES = 300  # seconds
MOST = 50_000

_counted: dict[int, tuple[tuple[int, int], int]] = {}  # member id → (state, count)
_beginning: dict[int, tuple[tuple[int, int], bool]] = {}  # member id → (state, whether their first days go on)
_announced: dict[int, tuple[tuple[int, int], tuple[Announcement, ...]]] = {}  # organization id → (state, announcements)


def _state(member: Member, now: datetime) -> tuple[int, int]:
    """No query where the organization was read with its head."""
    head: AuditHead | None = getattr(member.org, "audit_head", None)
    return (head.seq if head is not None else 0), int(now.timestamp()) // MINUTES


def count(member: Member, now: datetime) -> int:
    """How many things wait for `member`. At most one query."""
    from orgs.queries import needs  # queries ask the engine, and the frame is below it

    state, kept = _state(member, now), _counted.get(member.pk)
    if kept is None or kept[0] != state:
        kept = _keep(_counted, member.pk, (state, needs.count(member, now)))
    return int(kept[1])


def begins(member: Member, now: datetime) -> bool:
    """Whether anything of the first days of `member` is open. At most one query, none once all was done."""
    from orgs.queries import newcomer  # as above

    if member.onboarded_at is not None:
        return False
    state, kept = _state(member, now), _beginning.get(member.pk)
    if kept is None or kept[0] != state:
        kept = _keep(_beginning, member.pk, (state, newcomer.waiting(member) is not None))
    return bool(kept[1])


def announcements(member: Member, now: datetime, *, here: str = "") -> list[Announcement]:
    """What the member's organization is told now, the gravest first, without what they closed and what the pages of
    the item `here` say themselves. At most one query."""
    state, kept = _state(member, now), _announced.get(member.org_id)
    if kept is None or kept[0] != state:
        found = Announcement.objects.not_over(member.org_id, now)
        kept = _keep(_announced, member.org_id, (state, tuple(found)))
    shown = (told for told in kept[1] if told.is_shown(now) and not told.is_closed_by(member))
    return [told for told in shown if not told.about or told.about != here]


def _keep(kept: dict[int, Any], key: int, value: Any) -> Any:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = value
    return value


def forget() -> None:
    """Forget what this process keeps."""
    _counted.clear()
    _beginning.clear()
    _announced.clear()
