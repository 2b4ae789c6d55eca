"""E3: exact distinct people over 30 days, from bitmaps against counting member-days."""

import random
from datetime import date, timedelta

from django.db import connection

from analytics.models import ActiveDay
from tests.bench import world
from tests.bench.race import Contender, Result

DAYS, ORG = 30, 1
FIRST = date(2026, 1, 1)
RIVAL = "SELECT count(DISTINCT member) FROM bench_memberday WHERE org_id = %s AND day BETWEEN %s AND %s"


def distinct(size: str) -> list[Result]:
    """At 10,000 members and (at full size) 100,000: each is there on three of five days by chance."""
    wanted = [(10_000, 20, 50)] if size == "ci" else [(10_000, 20, 50), (100_000, 80, 200)]
    return [_distinct(*one) for one in wanted]


def _distinct(members: int, gate: float, stretch: float) -> Result:
    _fill(members)
    last = FIRST + timedelta(days=DAYS - 1)
    runs = 20 if members < 50_000 else 5

    def ours() -> int:
        """As analytics.queries.reading does it."""
        everybody = 0
        days = ActiveDay.objects.filter(org_id=ORG, subject="", integration="", day__range=(FIRST, last))
        for bits in days.values_list("bits", flat=True):
            everybody |= int.from_bytes(bytes(bits), "little")
        return everybody.bit_count()

    def theirs() -> int:
        with connection.cursor() as cursor:
            cursor.execute(RIVAL, [ORG, FIRST, last])
            return int(cursor.fetchone()[0])

    assert ours() == theirs() > members * 0.9

    def many() -> int:
        for _ in range(runs):
            ours()
        return runs

    def once() -> int:
        theirs()
        return 1

    title = f"distinct of {members:,} members in {DAYS} days: count(distinct) / ours"
    result = Result("E3", title, gate, stretch, note="error 0; the rival reads an index of its own, vacuumed")
    rival = Contender("count(distinct)", once, servers=world.backend)
    return result.race(Contender("bitmaps", many, servers=world.backend), rival)


def _fill(members: int) -> None:
    rng = random.Random(5)
    ActiveDay.objects.filter(org_id=ORG).delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_memberday")
        cursor.execute(
            "CREATE TABLE bench_memberday (org_id bigint, day date, member bigint, PRIMARY KEY (org_id, day, member))"
        )
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            there = [place for place in range(1, members + 1) if rng.random() < 0.6]
            bits = bytearray(members // 8 + 1)
            for place in there:
                bits[place // 8] |= 1 << place % 8
            ActiveDay.objects.create(org_id=ORG, subject="", integration="", day=day, bits=bytes(bits))
            cursor.execute("INSERT INTO bench_memberday SELECT %s, %s, unnest(%s::bigint[])", [ORG, day, there])
        cursor.execute("VACUUM ANALYZE bench_memberday")
        cursor.execute("VACUUM ANALYZE analytics_activeday")


FIGURES = {"E3": (("postgres",), distinct)}
