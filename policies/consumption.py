"""What members have used: how it grows, who crosses a mark by it, and what deleted files give back.

Whoever counts usage writes the rows and holds the organization's ledger meanwhile; this says what the rows mean.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from orgs.audit import raise_version
from orgs.models import Member, Organization
from policies import limits
from policies.limits import COST, KINDS, MESSAGES, Rules
from policies.models.limits import Consumption

_AT_ONCE = 5_000  # members asked for in one query: SQLite binds 32,766 values


class Addition(NamedTuple):
    """What events add to a member's row: `day` is the last of them and never ahead of today, `month` that of `day`."""

    member: int
    day: date
    messages: int
    month: date
    cost_nanos: int
    uploaded_bytes: int


def grown(row: Consumption, by: Addition) -> Consumption:
    """A row with an addition: what belongs to an earlier day or month than the row's changes nothing of it."""
    return Consumption(
        member_id=row.member_id,
        day=max(row.day, by.day),
        messages=_joined(row.day, row.messages, by.day, by.messages),
        month=max(row.month, by.month),
        cost_nanos=_joined(row.month, row.cost_nanos, by.month, by.cost_nanos),
        uploaded_bytes=row.uploaded_bytes + by.uploaded_bytes,
        freed_bytes=row.freed_bytes,
    )


def _joined(then: date, before: int, now: date, more: int) -> int:
    return before + more if now == then else more if now > then else before


def announce(org_id: int, additions: Sequence[Addition]) -> None:
    """Make answers about limits fresh where one of these members crosses a mark. To be called before rows are written.

    Beyond 100 % no mark is left: what is used of it is read at each question.
    One query where the organization has no limits; else 3 for every 5,000 members, and one where somebody crosses.
    """
    rules = limits.rules_of(org_id)
    if not rules:
        return
    for start in range(0, len(additions), _AT_ONCE):
        if _crosses(rules, additions[start : start + _AT_ONCE]):
            raise_version(Organization(pk=org_id))
            return


def renewed(org_id: int) -> None:
    """Make answers about limits fresh where rows are written anew. At most 2 queries."""
    if limits.rules_of(org_id):
        raise_version(Organization(pk=org_id))


def _crosses(rules: Rules, additions: Sequence[Addition]) -> bool:
    members = Member.objects.only("team_id", "plan").in_bulk([one.member for one in additions])
    rows = Consumption.objects.in_bulk(list(members))
    for one in additions:
        member = members.get(one.member)
        row = rows.get(one.member) or Consumption(member_id=one.member)
        if member is not None and _marks(rules, member, row) != _marks(rules, member, grown(row, one)):
            return True
    return False


def _marks(rules: Rules, member: Member, row: Consumption) -> tuple[tuple[int, date | None], ...]:
    """How far each limit is used, and in which period: one that is hardly used is the same in all of them."""
    found = []
    for kind in KINDS:
        limit = limits.nearest(rules, kind, member_id=member.pk, team_id=member.team_id, plan=member.plan)
        used, period = {MESSAGES: (row.messages, row.day), COST: (row.cost_nanos, row.month)}.get(
            kind, (row.stored_bytes, None)
        )
        mark = limits.mark(kind, used, limit.amount) if limit is not None else 0
        found.append((mark, period if mark else None))
    return tuple(found)


def give_back(org: Organization, freed: Mapping[int, int]) -> None:
    """Let members keep so many bytes less: member id → bytes of their files that were deleted.

    In the caller's transaction, once for each file. 2 queries and one a member; 3 more where limits are set.
    """
    if _frees(limits.rules_of(org.pk), freed):
        raise_version(org)  # before the rows, as the drain does: whoever takes both locks takes them in this order
    Consumption.objects.bulk_create([Consumption(member_id=pk, org=org) for pk in freed], ignore_conflicts=True)
    for pk in sorted(freed):
        Consumption.objects.filter(pk=pk).update(freed_bytes=F("freed_bytes") + freed[pk], as_of=timezone.now())


def _frees(rules: Rules, freed: Mapping[int, int]) -> bool:
    """Whether somebody crosses a mark of storage downwards."""
    members = Member.objects.only("team_id", "plan").in_bulk(list(freed)) if rules else {}
    rows = Consumption.objects.in_bulk(list(members)) if members else {}
    for pk, row in rows.items():
        before = _marks(rules, members[pk], row)
        row.freed_bytes += freed[pk]
        if before != _marks(rules, members[pk], row):
            return True
    return False
