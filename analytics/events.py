"""From arrivals to rows of the event table and the facts that the totals are counted from."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from itertools import repeat
from typing import NamedTuple

from analytics import incoming, store, subjects
from analytics.cells import Fact, Scene, Unit
from analytics.clock import LocalTime, date_of
from analytics.incoming import Taken
from analytics.models import Event, Ledger
from analytics.naming import NOBODY, Names

PIECE = 1_000  # events


class Arrival(NamedTuple):
    """An event as a batch brought it."""

    batch: int
    event: Taken
    fingerprint: int


def fingerprints(body: bytes) -> tuple[int, ...]:
    """Of each event of a batch 64 bits over all that was sent, as a signed integer.

    Raises:
        msgspec.DecodeError: it is no batch.
    """
    marks = [blake2b(piece, digest_size=8).digest() for piece in incoming.pieces(body)]
    return struct.unpack(f"<{len(marks)}q", b"".join(marks))


class Casting(dict[tuple[Unit, str, str, str, str], Scene]):
    """The scenes of events of a unit that name this workspace, model, integration and use case; each made once."""

    def __init__(self, workspaces: Mapping[str, int]) -> None:
        super().__init__()
        self._workspaces = workspaces

    def __missing__(self, key: tuple[Unit, str, str, str, str]) -> Scene:
        unit, name, *three = key
        value = subjects.workspace_value(self._workspaces.get(name, 0), name)
        scene = self[key] = Scene.of(unit, value, *three)
        return scene


class Reader:
    """What arrivals mean, by an organization's names and clock."""

    def __init__(self, ledger: Ledger, names: Names) -> None:
        self._org_id, self._names = ledger.org_id, names
        self._scene = Casting(names.workspaces).__getitem__
        self._local = LocalTime(ledger.zone).day_and_hour

    def read(self, arrivals: Sequence[Arrival]) -> tuple[Iterator[store.Row], list[Fact]]:
        """The rows of `arrivals`, and their facts.

        Column by column: what is done to all values of a column at once costs a fifth of doing it event by event.
        """
        batches, events, marks = zip(*arrivals, strict=True)
        ids, ats, kinds, members, talks, *named, tokens_in, tokens_out, costs, sizes = zip(*events, strict=True)
        known, workspaces, aliases = self._names.workspaces, named[0], self._names.models
        if aliases:
            named[1] = tuple(aliases.get(model, model) for model in named[1])
        people = [self._names.people.get(member, NOBODY) for member in members]
        units = [person.unit for person in people]
        departments, teams = zip(*units, strict=True)
        scenes = map(self._scene, zip(units, *named, strict=True))
        days, hours = zip(*map(self._local, ats), strict=True)
        columns = (ids, ats, days, hours, kinds, people, scenes, talks, tokens_in, tokens_out, costs, sizes)
        # A NamedTuple's own constructor takes three times as long.
        facts = list(map(partial(tuple.__new__, Fact), zip(*columns, strict=True)))
        rows = zip(
            repeat(self._org_id),
            ids,
            store.moments(ats),
            map(date_of, days),
            hours,
            kinds,
            [person.member for person in people],
            ["" if person.member else member for person, member in zip(people, members, strict=True)],
            departments,
            teams,
            [known.get(name, 0) for name in workspaces],
            ["" if name in known else name for name in workspaces],
            talks,
            *named[1:],
            tokens_in,
            tokens_out,
            costs,
            sizes,
            batches,
            marks,
            strict=False,
        )
        return rows, facts


def record(ledger: Ledger, arrivals: Sequence[Arrival], names: Names) -> Iterator[list[Fact]]:
    """Append `arrivals` to the event table and tell what the totals need of them, piece by piece. One statement.

    The pieces are small enough for the processor's own memory: all that is done to an event is done while it is there.
    """
    reader = Reader(ledger, names)
    with store.appending(Event) as append:
        for start in range(0, len(arrivals), PIECE):
            rows, facts = reader.read(arrivals[start : start + PIECE])
            append(rows)
            yield facts


def reported(facts: Sequence[Fact]) -> set[str]:
    """What `facts` report at all: their kinds, and the fields that any of them fills."""
    found = {fact.kind for fact in facts}
    if any(fact.conversation for fact in facts):
        found.add("conversation")
    if any(fact.cost_nanos for fact in facts):
        found.add("cost")
    if any(fact.tokens_in or fact.tokens_out for fact in facts):
        found.add("tokens")
    return found
