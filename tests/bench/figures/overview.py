"""E1, E2: the overview, all panels over 30 days, against the same answers from the events themselves."""

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from django.db import connection
from django.utils import timezone

from analytics.models.totals import COUNTS
from analytics.queries import overview as overviews
from analytics.queries import periods
from analytics.queries.overview import Overview
from analytics.queries.periods import Period
from orgs.models import Organization
from tests.bench import world
from tests.bench.race import Contender, Result
from tests.bench.rivals import overview as sql

EVENTS = {"ci": 300_000, "full": 10_000_000}
GATED_AT = 10_000_000  # events: what the gates of performance.md are said for
NANOS = 10**9
COUNTED = (*COUNTS, "tokens_in", "tokens_out")
Ask = Callable[[str], list[tuple[Any, ...]]]


def overview(size: str) -> list[Result]:
    """E1 at the size's events; E2 against an organization with a tenth of them."""
    number = EVENTS[size]
    members = 10_000 if size == "ci" else 100_000
    large, small = (world.organization(slug, members)[0] for slug in ("acme", "umbrella"))
    for org, some in ((large, number), (small, number // 10)):
        for part in range(0, some, 500_000):
            of_part = min(500_000, some - part)
            world.count(org, world.events(of_part, org.slug, members, seed=part + 1))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    period = periods.full_days(30, now=timezone.now(), zone=large.zone)
    found = overviews.overview(large, period)
    duck = _duck()
    _same(found, _all(_postgres, large, period))
    _same(found, _all(duck, large, period))
    ours = Contender("ours", _ours(large, period), servers=world.backend)
    results = []
    scale = number / GATED_AT
    for name, ask, gate, stretch in (("raw SQL", _postgres, 250, 700), ("DuckDB", duck, 25, 80)):
        note = f"{number:,} events, {members:,} members, answers equal"
        if scale < 1:
            note += f"; gate {gate} is for 10 M events, here in proportion"
        result = Result("E1", f"overview: {name} on the events / ours", gate * scale, stretch * scale, note=note)
        rival = Contender(name, _theirs(ask, large, period), servers=world.backend)
        results.append(result.race(ours, rival))
    note = f"{number:,} against {number // 10:,} events"
    flat = Result("E2", "overview: all events / a tenth of them", 1.5, 1.1, at_most=True, note=note)
    tenth = Contender("a tenth", _ours(small, period), servers=world.backend)
    results.append(flat.race(tenth, ours))
    return results


def _ours(org: Organization, period: Period) -> Callable[[], int]:
    def run() -> int:
        for _ in range(10):
            overviews.overview(org, period)
        return 10

    return run


def _theirs(ask: Ask, org: Organization, period: Period) -> Callable[[], int]:
    def run() -> int:
        _all(ask, org, period)
        return 1

    return run


def _all(ask: Ask, org: Organization, period: Period) -> dict[str, list[tuple[Any, ...]]]:
    """Every panel; the figures of the range before as ours shows them."""
    now = {"org": org.pk, "first": period.first, "last": period.last}
    before = {"org": org.pk, "first": period.before.first, "last": period.before.last}
    found = {name: ask(text.format(**now)) for name, text in sql.PANELS.items()}
    return found | {name: ask(text.format(**before)) for name, text in sql.BEFORE.items()}


def _postgres(text: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())


def _duck() -> Ask:
    """The same rows in DuckDB, in memory, on all cores."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "events.csv"
        rows = "COPY analytics_event TO STDOUT (FORMAT CSV, HEADER)"
        with file.open("wb") as out, connection.cursor() as cursor, cursor.copy(rows) as copy:
            for piece in copy:
                out.write(piece)
        database = duckdb.connect()
        database.execute(
            f"CREATE TABLE analytics_event AS SELECT * FROM read_csv('{file}', header = true, "
            "types = {'day': 'DATE', 'at': 'TIMESTAMPTZ', 'workspace': 'BIGINT', 'member': 'BIGINT', "
            "'conversation': 'VARCHAR', 'use_case': 'VARCHAR', 'integration': 'VARCHAR', 'model': 'VARCHAR'}, "
            "nullstr = 'there is none')"
        )
    return lambda text: database.execute(text).fetchall()


def _same(found: Overview, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Raises AssertionError where a panel says something else."""
    days = [
        (d.day, *(getattr(d, name) for name in COUNTED), int(d.cost * NANOS), d.active_members, d.conversations)
        for d in found.days
    ]
    assert [tuple(map(_plain, row)) for row in rows["days"]] == days
    assert rows["people"] == [(found.figures.active_members, found.figures.conversations)]
    heat = [[0] * 24 for _ in range(7)]
    for day, hour, messages in rows["hours"]:
        heat[day.weekday()][hour] += messages
    assert tuple(map(tuple, heat)) == found.heat
    assert _numbers(rows["models"]) == {share.value: share.number for share in found.models}
    assert _numbers(rows["integrations"]) == {share.value: share.number for share in found.integrations}
    assert _numbers(rows["use_cases"]) == {share.value: share.number for share in found.use_cases}
    spaces = {str(place or ""): number for place, number in _numbers(rows["workspaces"]).items()}
    assert spaces == {place: sums[0] for place, sums in found.by_workspace.items() if sums[0]}
    assert rows["unattributed"] == [(found.unattributed.events, found.unattributed.messages)]


def _numbers(rows: Iterable[tuple[Any, ...]]) -> dict[Any, int]:
    return {row[0]: row[1] for row in rows}


def _plain(value: Any) -> Any:
    """PostgreSQL sums bigints to numeric."""
    return value if hasattr(value, "year") else int(value)


FIGURES = {"E1,E2": (("postgres",), overview)}
