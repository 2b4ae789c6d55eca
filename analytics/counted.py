"""What the totals should be: events read back, counted again, in the shape of the tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import msgspec
from django.db import models
from django.db.models import QuerySet

from analytics import cells, store, subjects
from analytics.cells import Fact, Person, Scene
from analytics.clock import EPOCH, LocalTime, date_of, day_of
from analytics.models import (
    ActiveDay,
    Conversation,
    ConversationTotal,
    Event,
    HourTotal,
    Ledger,
    MemberDay,
    UsageTotal,
)
from analytics.models.totals import SUMS, MemberSplit
from analytics.totals import bits_of, to_bytes
from orgs.models import Member

Cell = tuple[Any, ...]
Counted = dict[type[models.Model], dict[Cell, Cell]]
_WHO = ("id", "at", "kind", "conversation", "member", "department", "team")
_COLUMNS = (*_WHO, "workspace", "workspace_name", "model", "integration", "use_case")
_MICROSECOND = timedelta(microseconds=1)
_split = msgspec.msgpack.Decoder(MemberSplit).decode
_days = msgspec.msgpack.Decoder(dict[str, list[int]]).decode


def facts(org_id: int, events: "QuerySet[Event]", local: LocalTime) -> Iterator[Fact]:
    """`events` as the totals see them, in their order, with the days and hours of `local`."""
    ordinals = dict(Member.objects.filter(org_id=org_id).values_list("pk", "ordinal"))
    people: dict[Cell, Person] = {}
    scenes: dict[Cell, Scene] = {}
    names = (*_COLUMNS, *SUMS)
    for id_, at, kind, talk, member, department, team, workspace, name, *rest in events.values_list(*names).iterator(
        chunk_size=5_000
    ):
        unit, three = (department, team), tuple(rest[:3])
        person = people.get((member, unit))
        if person is None:
            person = people[member, unit] = Person(member, ordinals.get(member, 0), unit)
        scene = scenes.get((unit, workspace, name, three))
        if scene is None:
            scene = Scene.of(unit, subjects.workspace_value(workspace, name), *three)
            scenes[unit, workspace, name, three] = scene
        micros = (at - EPOCH) // _MICROSECOND
        yield Fact(id_, micros, *local.day_and_hour(micros), kind, person, scene, talk, *rest[3:])


def slack(ledger: Ledger) -> timedelta:
    """How far an event's own day can be from the one that the totals tell: the zones of two days differ by 26 hours."""
    return timedelta(days=0 if ledger.moved_to is None else 2)


def days(ledger: Ledger, first: date, last: date) -> Counted:
    """The cells of the days `first` to `last`, conversations excepted. One query."""
    org_id, book, more = ledger.org_id, ledger.book, slack(ledger)
    events = Event.objects.filter(org_id=org_id, day__range=(first - more, last + more))
    span = range(day_of(first), day_of(last) + 1)
    every = facts(org_id, events, LocalTime(ledger.zone))
    found = cells.count([fact._replace(conversation="") for fact in every if fact.day in span])
    return {
        UsageTotal: {
            (book, subject, dimension, date_of(day), value): cells.unpacked(cell)
            for (subject, dimension, day, value), cell in found.usage.items()
        },
        HourTotal: {
            (book, subject, date_of(day), hour): (number,) for (subject, day, hour), number in found.hours.items()
        },
        MemberDay: {
            (book, team, date_of(day), member, department): (
                *cells.unpacked(cell),
                found.splits.get((team, day, member, department), MemberSplit()),
            )
            for (team, day, member, department), cell in found.members.items()
        },
        ActiveDay: {
            (book, subject, integration, date_of(day)): (bits_of(ordinals),)
            for (subject, integration, day), ordinals in found.active.items()
        },
    }


def conversations(ledger: Ledger, since: date | None) -> Counted:
    """The cells of conversations from the day `since` on, from all the events of those seen since. One query."""
    org_id, book = ledger.org_id, ledger.book
    events = Event.objects.filter(org_id=org_id).exclude(conversation="")
    if since is not None:
        events = events.filter(conversation__in=events.filter(day__gte=since - slack(ledger)).values("conversation"))
    totals: dict[Cell, int] = defaultdict(int)
    states: dict[Cell, Cell] = {}
    ordered = facts(org_id, events.order_by("conversation"), LocalTime(ledger.zone))
    for key, group in groupby(ordered, key=lambda fact: fact.conversation):
        named, seen = _history(list(group))
        if not named and not seen:
            continue
        states[book, key] = (*(named or ("", 0, "")), seen)
        for subject, its_days in seen.items():
            for previous, day in zip([0, *its_days], its_days, strict=False):
                if since is None or date_of(day) >= since:
                    totals[book, subject, date_of(day), named[0] if named else "", date_of(previous)] += 1
    return {ConversationTotal: {key: (number,) for key, number in totals.items()}, Conversation: states}


def _history(events: list[Fact]) -> tuple[tuple[str, int, str] | None, dict[str, list[int]]]:
    """A conversation's use case with the event that named it, and by subject its days in order."""
    uses = ((fact.at, fact.id, fact.scene.three[2]) for fact in events if fact.scene.three[2])
    naming = min(uses, default=None)
    seen: dict[str, set[int]] = defaultdict(set)
    for fact in events:
        if fact.kind in ("message", "response"):
            for subject in (*fact.scene.conversing(), subjects.member(fact.person.member)):
                seen[subject].add(fact.day)
    named = (naming[2], naming[0], naming[1]) if naming else None
    return named, {subject: sorted(days) for subject, days in seen.items()}


def stored(
    table: type[models.Model], book: int, first: date | None, last: date | None, expected: Mapping[Cell, Cell]
) -> dict[Cell, Cell]:
    """The cells that are there, in the same shape. Conversations: those of `expected`, or all without a `first`."""
    key = len(table._meta.pk_fields)
    rows = table._default_manager.filter(org_id=book)
    if table is Conversation and first is not None:
        names = store.columns(table)[key:]
        return {row[:key]: _plain(table, row[key:]) for row in store.fetch(table, sorted(expected), *names)}
    if table is not Conversation:
        rows = rows.filter(**{"day__gte": first} if first else {}, **{"day__lte": last} if last else {})
    found = rows.values_list(*store.columns(table)).iterator(chunk_size=5_000)
    return {row[:key]: plain for row in found if any(plain := _plain(table, row[key:]))}


def _plain(table: type[models.Model], values: Cell) -> Cell:
    """A row's values in a form that can be compared: bitmaps and packed parts opened."""
    if table is MemberDay:
        return (*values[:-1], _split(bytes(values[-1])) if values[-1] else MemberSplit())
    if table is ActiveDay:
        return (int.from_bytes(bytes(values[0]), "little"),)
    if table is Conversation:
        return (*values[:-1], _days(bytes(values[-1])))
    return values


def packed(table: type[models.Model], cell: Cell) -> Cell:
    """The other way round: values as the row keeps them."""
    if table is MemberDay:
        split = cell[-1]
        empty = split == MemberSplit()
        return (*cell[:-1], b"" if empty else msgspec.msgpack.encode(split))
    if table is ActiveDay:
        return (to_bytes(cell[0]),)
    if table is Conversation:
        return (*cell[:-1], msgspec.msgpack.encode(cell[-1]))
    return cell
