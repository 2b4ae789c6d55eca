"""The totals kept the usual way: read what is there, add in Python, `bulk_create(update_conflicts=True)`.

What events add to which cell is asked of `analytics.cells` and `analytics.conversations`: the rival has our arithmetic
for nothing, and differs in how names are looked up and rows are read and written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import add
from typing import Any

from django.db import models

from analytics import cells, conversations, store
from analytics.cells import Cells, Fact
from analytics.clock import date_of
from analytics.conversations import State
from analytics.models import ActiveDay, Conversation, ConversationTotal, HourTotal, MemberDay, UsageTotal
from analytics.totals import bits_of, join, to_bytes

Rows = Mapping[tuple[Any, ...], tuple[Any, ...]]


def add_up(book: int, facts: Sequence[Fact]) -> None:
    """The caller has locked the organization's ledger."""
    found = cells.count(facts)
    days = {date_of(fact.day) for fact in facts}
    usage = {
        (book, s, d, date_of(day), value): cells.unpacked(cell) for (s, d, day, value), cell in found.usage.items()
    }
    _sum(UsageTotal, book, days, usage)
    _sum(HourTotal, book, days, {(book, s, date_of(day), h): (number,) for (s, day, h), number in found.hours.items()})
    _members(book, days, found)
    _active(book, days, found)
    _conversations(book, days, found)


def _there(model: type[models.Model], book: int, **which: Any) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    key = len(store.key_of(model))
    rows = model._default_manager.filter(org_id=book, **which).values_list(*store.columns(model))
    return {row[:key]: row[key:] for row in rows}


def _write(model: type[models.Model], rows: Rows) -> None:
    names, key = store.columns(model), store.key_of(model)
    model._default_manager.bulk_create(
        [model(**dict(zip(names, (*at, *values), strict=True))) for at, values in rows.items()],
        update_conflicts=True,
        unique_fields=key,
        update_fields=[name for name in names if name not in key],
    )


def _sum(model: type[models.Model], book: int, days: set[date], rows: Rows) -> None:
    there = _there(model, book, day__in=days)
    _write(model, {at: tuple(map(add, values, there[at])) if at in there else values for at, values in rows.items()})


def _members(book: int, days: set[date], found: Cells) -> None:
    there, rows = _there(MemberDay, book, day__in=days), {}
    for (team, day, member, department), cell in found.members.items():
        at = book, team, date_of(day), member, department
        measures, split = cells.unpacked(cell), found.splits.get((team, day, member, department))
        *before, detail = there.get(at, (*(0,) * len(measures), b""))
        rows[at] = (*map(add, measures, before), join(bytes(detail), split))
    _write(MemberDay, rows)


def _active(book: int, days: set[date], found: Cells) -> None:
    there, rows = _there(ActiveDay, book, day__in=days), {}
    for (subject, integration, day), ordinals in found.active.items():
        at = book, subject, integration, date_of(day)
        (before,) = there.get(at, (b"",))
        rows[at] = (to_bytes(bits_of(ordinals) | int.from_bytes(bytes(before), "little")),)
    _write(ActiveDay, rows)


def _conversations(book: int, days: set[date], found: Cells) -> None:
    there = _there(Conversation, book, key__in=list(found.conversations))
    known = {key: State.load(*state) for (_, key), state in there.items()}
    changed, delta = conversations.advance(known, found.conversations)
    _write(Conversation, {(book, key): state.row() for key, state in changed.items()})
    counts = {(book, s, date_of(day), use, date_of(last)): (n,) for (s, day, use, last), n in delta.items()}
    _sum(ConversationTotal, book, {at[2] for at in counts}, counts)
