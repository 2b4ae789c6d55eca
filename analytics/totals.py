"""Additions into the totals: sorted, one statement a table. The caller holds the organization's ledger."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from analytics import conversations, store
from analytics.cells import Cells, unpacked
from analytics.clock import date_of
from analytics.conversations import Delta, State
from analytics.models import ActiveDay, Conversation, ConversationTotal, HourTotal, MemberDay, UsageTotal
from analytics.models.totals import MemberSplit

_split = msgspec.msgpack.Decoder(MemberSplit).decode


def merge(book: int, cells: Cells) -> None:
    """Add `cells` to an organization's totals. Per 10,000 cells, at most 6 statements that write and 3 that read."""
    usage = (
        (book, subject, dimension, date_of(day), value, *unpacked(cell))
        for (subject, dimension, day, value), cell in sorted(cells.usage.items())
    )
    store.add(UsageTotal, list(usage))
    hours = sorted(cells.hours.items())
    store.add(HourTotal, [(book, subject, date_of(day), hour, number) for (subject, day, hour), number in hours])
    _merge_members(book, cells)
    _merge_active(book, cells.active)
    _merge_conversations(book, cells)


def _merge_members(book: int, cells: Cells) -> None:
    keys = [(book, team, date_of(day), *rest) for (team, day, *rest) in sorted(cells.members)]
    known = {row[:5]: row[5:] for row in store.fetch(MemberDay, keys, *store.columns(MemberDay)[5:])}
    rows = []
    for cell_key, key in zip(sorted(cells.members), keys, strict=True):
        added, split = unpacked(cells.members[cell_key]), cells.splits.get(cell_key)
        *measures, detail = known.get(key, (*(0,) * len(added), b""))
        rows.append((*key, *map(int.__add__, measures, added), join(bytes(detail), split)))
    store.write(MemberDay, rows, known)


def join(detail: bytes, split: MemberSplit | None) -> bytes:
    """A member's day with `split` added to it."""
    if split is None:
        return detail
    if detail:
        before = _split(detail)
        _add(split.models, before.models)
        _add(split.integrations, before.integrations)
        _add(split.hours, before.hours)
    return msgspec.msgpack.encode(split)


def _add(into: dict[Any, int], other: Mapping[Any, int]) -> None:
    for name, number in other.items():
        into[name] = into.get(name, 0) + number


def bitmap(ordinals: Collection[int]) -> bytes:
    """A bit for each ordinal, little-endian."""
    place = bytearray((max(ordinals) >> 3) + 1)
    for ordinal in ordinals:
        place[ordinal >> 3] |= 1 << (ordinal & 7)
    return bytes(place)


def bits_of(ordinals: Collection[int]) -> int:
    """A bitmap as a number."""
    return int.from_bytes(bitmap(ordinals), "little")


def to_bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _merge_active(book: int, active: Mapping[tuple[str, str, int], set[int]]) -> None:
    keys = [(book, subject, integration, date_of(day)) for subject, integration, day in sorted(active)]
    known = {row[:4]: row[4] for row in store.fetch(ActiveDay, keys, "bits")}
    rows = []
    for cell, key in zip(sorted(active), keys, strict=True):
        before, bits = known.get(key), bitmap(active[cell])
        if before is not None:
            was = int.from_bytes(bytes(before), "little")
            bits = to_bytes(was | int.from_bytes(bits, "little"))
        if bits != before:
            rows.append((*key, bits))
    store.write(ActiveDay, rows, known)


def _merge_conversations(book: int, cells: Cells) -> None:
    keys = [(book, key) for key in sorted(cells.conversations)]
    columns = store.columns(Conversation)[2:]
    known = {key: State.load(*state) for _, key, *state in store.fetch(Conversation, keys, *columns)}
    changed, delta = conversations.advance(known, cells.conversations)
    rows = [(book, key, *changed[key].row()) for key in sorted(changed)]
    store.write(Conversation, rows, {(book, key) for key in known})
    merge_delta(book, delta)


def merge_delta(book: int, delta: Delta) -> None:
    rows = (
        (book, subject, date_of(day), use_case, date_of(previous), number)
        for (subject, day, use_case, previous), number in sorted(delta.items())
    )
    store.add(ConversationTotal, list(rows))
