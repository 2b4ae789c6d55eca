"""What members use, pushed down to where limits are judged: by the drain, and by recounting (product.md 4).

A row is a function of the totals and of the events, in whatever order these came: the last day with an event of a
member and the messages on it, the month of that day and its cost, and the bytes of all their files.

A platform's clock may be ahead. What is dated after the day on which it was counted counts into that day: a row's
period never passes today, so nobody gets more by it than their limit a day. Recounting knows that day by the batch.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from analytics import store
from analytics.cells import Fact, unpacked
from analytics.clock import EPOCH, date_of, day_of
from analytics.counted import slack
from analytics.models import Event, InboxBatch, Ledger, MemberDay
from analytics.models.totals import COUNTS, MEASURES
from policies import consumption
from policies.consumption import Addition
from policies.models import Consumption
from policies.models.limits import NEVER

Cell = tuple[Any, ...]
_MESSAGES, _COST = MEASURES.index("messages"), MEASURES.index("cost_nanos")
_T = Consumption._meta.db_table
# What belongs to a day or a month before the one that a row tells of changes nothing there.
_GROWS = ", ".join(
    [
        *(
            f"{sum_} = CASE WHEN excluded.{period} > {_T}.{period} THEN excluded.{sum_} "
            f"WHEN excluded.{period} = {_T}.{period} THEN {_T}.{sum_} + excluded.{sum_} ELSE {_T}.{sum_} END"
            for sum_, period in (("messages", "day"), ("cost_nanos", "month"))
        ),
        *(
            f"{name} = CASE WHEN excluded.{name} > {_T}.{name} THEN excluded.{name} ELSE {_T}.{name} END"
            for name in ("day", "month")
        ),
        f"uploaded_bytes = {_T}.uploaded_bytes + excluded.uploaded_bytes",
        "as_of = excluded.as_of",
    ]
)


class Uploads(Counter[int]):
    """The bytes of files by member, told of events piece by piece."""

    def take(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            if fact.kind == "file" and fact.person.member:
                self[fact.person.member] += fact.bytes


def push(ledger: Ledger, members: Mapping[tuple[int, int, int, int], int], uploads: Uploads, at: datetime) -> None:
    """Add what was counted to the rows of its members: one statement, and a query whether anybody crosses a mark.

    `members` are cells as `analytics.cells.Cells.members` has them. The caller holds the ledger.
    """
    additions = _additions(members, uploads, day_of(_today(ledger, at)))
    if additions:
        consumption.announce(ledger.org_id, additions)
        store.merge(Consumption, [_row(ledger, one, at) for one in additions], _GROWS)


def _today(ledger: Ledger, at: datetime) -> date:
    """The day that the ledger's clock shows at a moment."""
    return at.astimezone(ledger.zone).date()


def _additions(members: Mapping[tuple[int, int, int, int], int], uploads: Uploads, today: int) -> list[Addition]:
    """What each known member's cells add up to, by member; what is dated ahead of `today` counts into it."""
    days: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for (_, day, member, _), cell in members.items():
        if member:
            measures, sums = unpacked(cell), days[member][min(day, today)]
            sums[0] += measures[_MESSAGES]
            sums[1] += measures[_COST]
    return [_addition(member, days[member], uploads[member]) for member in sorted(days)]


def _addition(member: int, days: Mapping[int, Sequence[int]], uploaded: int) -> Addition:
    last = max(days)
    day = date_of(last)
    month = day.replace(day=1)
    cost = sum(sums[1] for other, sums in days.items() if date_of(other) >= month)
    return Addition(member, day, days[last][0], month, cost, uploaded)


def _row(ledger: Ledger, one: Addition, at: datetime) -> Cell:
    """In the order of the table's columns."""
    values = one._asdict() | {"member_id": one.member, "org_id": ledger.org_id, "freed_bytes": 0}
    micros = (at - EPOCH).total_seconds() * 1_000_000
    values["as_of"] = store.moments([round(micros)])[0]
    return tuple(values[name] for name in store.columns(Consumption))


# ---------------------------------------------------------------- counted again

_LAST = """
    WITH last AS (
      SELECT member, max(day) AS day FROM {table} WHERE org_id = %s AND member <> 0 {since} GROUP BY member
    )
    SELECT l.member, l.day, sum(CASE WHEN m.day = l.day THEN m.messages ELSE 0 END), sum(m.cost_nanos)
    FROM last AS l JOIN {table} AS m ON m.org_id = %s AND m.member = l.member AND m.day <= l.day AND m.day >= {month}
    GROUP BY l.member, l.day
"""
_MONTH = {"postgresql": "date_trunc('month', l.day)::date", "sqlite": "date(l.day, 'start of month')"}
_PERIODS = ("day", "messages", "month", "cost_nanos")


def counted(ledger: Ledger, since: date | None = None) -> dict[type[Any], dict[Cell, Cell]]:
    """What the rows should be, of members with events from the day `since` on; without it, of all, files as well.

    One query of the totals, one of events that were dated ahead, one more where there are, and without `since` one of
    the files.
    """
    return {Consumption: {(ledger.org_id, member): cell for member, cell in _counted(ledger, since).items()}}


def _counted(ledger: Ledger, since: date | None) -> dict[int, Cell]:
    sql = _LAST.format(  # of our own words alone
        table=MemberDay._meta.db_table, since="AND day >= %s" if since else "", month=_MONTH[connection.vendor]
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [ledger.book, *([since] if since else []), ledger.book])
        rows = cursor.fetchall()
    days = ((member, _day(day), int(messages), int(cost)) for member, day, messages, cost in rows)
    found: dict[int, Cell] = {member: (day, messages, day.replace(day=1), cost) for member, day, messages, cost in days}
    found |= _with_ahead(ledger, _ahead(ledger, since))
    if since is not None:
        return {member: cell for member, cell in found.items() if cell[0] >= since}
    files = Event.objects.filter(org_id=ledger.org_id, kind="file").exclude(member=0)
    sizes = dict(files.values_list("member").annotate(bytes=Sum("bytes")))
    return {member: (*cell, sizes.get(member, 0)) for member, cell in found.items()}


def _ahead(ledger: Ledger, since: date | None) -> list[tuple[int, date, date, int, int]]:
    """Events of a later day than that on which they were counted: member, both days, messages, cost. One query."""
    settled = Subquery(InboxBatch.objects.filter(pk=OuterRef("batch")).values("settled_at"))
    events = Event.objects.filter(org_id=ledger.org_id).exclude(member=0)
    if since is not None:
        events = events.filter(day__gte=since - slack(ledger))
    rows = events.annotate(counted=settled).filter(at__gt=F("counted"))
    return [
        (member, own, today, int(kind == "message"), cost)
        for member, at, counted, kind, cost in rows.values_list("member", "at", "counted", "kind", "cost_nanos")
        if (own := _today(ledger, at)) > (today := _today(ledger, counted))
    ]


def _with_ahead(ledger: Ledger, ahead: Sequence[tuple[int, date, date, int, int]]) -> dict[int, Cell]:
    """The rows of those who have such events, each counted into the earlier of its days. One query where there are."""
    days: dict[int, dict[date, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    stored = MemberDay.objects.filter(org_id=ledger.book, member__in={member for member, *_ in ahead})
    for member, day, *counts, cost in stored.values_list("member", "day", *COUNTS, "cost_nanos") if ahead else ():
        days[member][day].update(events=sum(counts), messages=counts[_MESSAGES], cost=cost)
    for member, own, today, messages, cost in ahead:
        days[member][own].update(events=-1, messages=-messages, cost=-cost)
        days[member][today].update(events=1, messages=messages, cost=cost)
    found: dict[int, Cell] = {}
    for member, sums in days.items():
        last = max(day for day, one in sums.items() if one["events"] > 0)
        month = last.replace(day=1)
        cost = sum(one["cost"] for day, one in sums.items() if month <= day <= last)
        found[member] = (last, sums[last]["messages"], month, cost)
    return found


def _day(day: date | str) -> date:
    """SQLite knows no dates."""
    return day if isinstance(day, date) else date.fromisoformat(day)


def stored(ledger: Ledger, since: date | None) -> dict[Cell, Cell]:
    """What the rows are, in the same shape; those that only tell of files deleted before they were counted are not."""
    names = _PERIODS if since else (*_PERIODS, "uploaded_bytes")
    rows = Consumption.objects.filter(org_id=ledger.org_id).exclude(Q(day=NEVER) & Q(uploaded_bytes=0))
    if since:
        rows = rows.filter(day__gte=since)
    return {(ledger.org_id, pk): tuple(cell) for pk, *cell in rows.values_list("pk", *names)}


def heal(ledger: Ledger, cells: Iterable[tuple[Cell, Cell | None]]) -> None:
    """Write what was counted; what should not be there tells of nothing. What was given back stays."""
    rows, names = [], {len(_PERIODS): _PERIODS, len(_PERIODS) + 1: (*_PERIODS, "uploaded_bytes")}
    changed: tuple[str, ...] = ()
    for (_, member), cell in cells:
        cell = cell or (NEVER, 0, NEVER, 0, 0)
        changed = names[len(cell)]
        values = {"uploaded_bytes": 0, **dict(zip(changed, cell, strict=True))}
        rows.append(_row(ledger, Addition(member=member, **values), timezone.now()))
    rows.sort()
    change = ", ".join(f"{name} = excluded.{name}" for name in (*changed, "as_of"))
    if rows:
        consumption.renewed(ledger.org_id)
        store.merge(Consumption, rows, change)


def renew(ledger: Ledger) -> None:
    """Tell the rows by the book that stands now: its zone is another than before."""
    wanted, now = counted(ledger)[Consumption], stored(ledger, None)
    heal(
        ledger,
        [(key, wanted.get(key)) for key in sorted(wanted.keys() | now.keys()) if wanted.get(key) != now.get(key)],
    )
