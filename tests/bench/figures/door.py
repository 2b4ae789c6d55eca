"""C1, C3: events through the real door, over HTTP, from a client on one core to a web process on another."""

import os
from collections.abc import Callable

import psycopg
from django.db import connection, transaction

from analytics import drain, recount, store
from analytics.incoming import Taken
from analytics.models import Event, InboxBatch, UsageTotal
from orgs.models import Organization
from policies.models import Consumption
from tests.bench import web, world
from tests.bench.race import Contender, Result, median
from tests.cast import make_key

JSON = {"Content-Type": "application/json"}


def rendered() -> list[bytes]:
    """The event table as PostgreSQL's binary COPY gives and takes it."""
    connection.ensure_connection()
    rows = "COPY analytics_event TO STDOUT (FORMAT BINARY)"
    with psycopg.Cursor(connection.connection) as cursor, cursor.copy(rows) as copy:
        pieces = [bytes(piece) for piece in copy]
    return [b"".join(pieces[start : start + 500]) for start in range(0, len(pieces), 500)]


def copied(pieces: list[bytes]) -> None:
    """Write what `rendered` gave, in one transaction."""
    connection.ensure_connection()
    rows = "COPY analytics_event FROM STDIN (FORMAT BINARY)"
    with transaction.atomic(), psycopg.Cursor(connection.connection) as cursor, cursor.copy(rows) as copy:
        for piece in pieces:
            copy.write(piece)


def copying(org: Organization, some: list[Taken]) -> Contender:
    """The rival of what takes in `some`: their finished rows, by raw binary COPY into the empty event table."""
    world.wipe_usage()
    world.count(org, some)
    pieces = rendered()
    assert Event.objects.count() == len(some)

    def run() -> int:
        copied(pieces)
        return len(some)

    run_fresh = Contender("COPY", run, world.wipe_usage, world.backend)
    run_fresh.fresh()
    run()
    assert Event.objects.count() == len(some)
    return run_fresh


def _posting(line: web.Web, path: str, headers: dict[str, str], bodies: list[bytes], status: int) -> Callable[[], None]:
    def run() -> None:
        for body in bodies:
            answer = line.ask("POST", path, body, headers)
            assert answer[0] == status, answer

    return run


def doors(size: str) -> list[Result]:
    """C1: 202 after the commit against COPY. C3: until everything is counted, against django-ninja and bulk_create.

    The web process has Redis and no worker: each 202 costs its message to the queue, and nothing is drained meanwhile.
    """
    number = 33_000 if size == "ci" else 396_000
    org, _ = world.organization("acme", 10_000)
    some = list(world.events(number, "acme", 10_000, days=1 if size == "ci" else 12))
    headers = JSON | {"Authorization": f"Bearer {make_key(org)[1]}"}
    bodies = [world.as_json(piece) for piece in world.pieces(some)]
    rival = copying(org, some)
    with web.serving(DATABASE_POOL="4") as line:
        ours = _posting(line, "/api/v1/events", headers, bodies, 202)
        theirs = _posting(line, "/rival/usage", headers, bodies, 200)
        alone = _posting(line, "/rival/events", headers, bodies, 200)
        _same(org, ours, theirs, number)

        def taken() -> int:
            ours()
            return number

        def counted() -> int:
            ours()
            while InboxBatch.objects.waiting().exists():
                drain.run(seconds=600)
            return number

        def all_kept() -> int:
            theirs()
            return number

        def events_kept() -> int:
            alone()
            return number

        note = f"{number:,} events, 5,000 a request, fsync {world.fsync()}"
        note += "" if os.environ.get("BENCH_REDIS") else ", no Redis: the process carries its own worker"
        first = Result("C1", "HTTP ingest, durable at the 202: COPY / ours", 0.4, 0.7, note=note)
        first.race(Contender("door", taken, world.wipe_usage, line.servers), rival)
        both = Contender("door and drain", counted, world.wipe_usage, line.servers)
        whole = Contender("ninja", all_kept, world.wipe_usage, line.servers)
        half = Contender("ninja, events alone", events_kept, world.wipe_usage, line.servers)
        second = Result("C3", "ninja + bulk_create, all totals the usual way / ours", 6, 10, note=note)
        second.race(both, whole, half, rounds=3)
        third = Result("C3", "no gate: ninja + bulk_create, events alone / ours, all totals", 0, 0)
        third.judge(second.laps, both.name, half.name)
        third.note = f"the rival adds nothing up; {_until_durable(half, second, first)}"
    return [first, second, third]


def _same(org: Organization, ours: Callable[[], None], theirs: Callable[[], None], number: int) -> None:
    """Both leave the same events, and totals in which every cell is what counting those again gives.

    What members have used of their limits is added up by ours alone.
    """
    found = []
    columns = [name for name in store.columns(Event) if name not in ("batch", "fingerprint")]
    for post in (theirs, ours):
        world.wipe_usage()
        post()
        drain.run(seconds=600)
        found.append(set(Event.objects.values_list(*columns)))
        assert UsageTotal.objects.exists()
        wrong = recount.reconcile(org)
        assert not [one for one in wrong if post is ours or one.table is not Consumption]
    assert found[0] == found[1]
    assert len(found[0]) == number


def _until_durable(rival: Contender, both: Result, door: Result) -> str:
    theirs, ours = both.laps[rival.name], door.laps["door"] + door.laps["door again"]
    wall, cpu = (median(theirs, clock) / median(ours, clock) for clock in ("wall", "cpu"))
    return f"until durable alone: {wall:.1f}× wall, {cpu:.1f}× CPU"


FIGURES = {"C1,C3": (("postgres",), doors)}
