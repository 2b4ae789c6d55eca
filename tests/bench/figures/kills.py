"""D1: cells of the totals that differ from counting the events again, after workers were killed in the middle."""

import os
import random
import select
import signal

from django.db import connection, connections

from analytics import drain, recount
from analytics.incoming import Taken
from analytics.models import Event, InboxBatch
from tests.bench import world
from tests.bench.race import Result

WORKERS = 2
DAY = 86_400_000_000


def kills(size: str) -> list[Result]:
    """Two workers at a time on two organizations, each killed at a moment of chance while it was at work."""
    wanted, number = (20, 1_500) if size == "ci" else (1_000, 2_000)
    rng, killed, rounds, sent = random.Random(7), 0, 0, 0
    orgs = [world.organization(slug, 500)[0] for slug in ("acme", "umbrella")]
    drain.MOST_EVENTS = 300  # many transactions: many places to die in
    every: set[tuple[int, str]] = set()
    while killed < wanted:
        if not InboxBatch.objects.waiting().exists():
            rounds += 1
            for org in orgs:
                some = _awkward(list(world.events(number, org.slug, 500, days=10, seed=rounds)), rng)
                sent += len(some)
                every |= {(org.pk, event.id) for event in some}
                for piece in world.pieces(some, 150):
                    world.send(org, piece)
        killed += _worked_until(rng.uniform(0.005, 0.3))
    while InboxBatch.objects.waiting().exists():
        drain.run(seconds=600)
    differing = sum(len(recount.reconcile(org)) for org in orgs)
    lost = len(every ^ set(Event.objects.values_list("org_id", "id")))
    note = f"{killed} kills, {WORKERS} workers, {sent:,} sent, {1 - len(every) / sent:.0%} duplicates, 2% late"
    note += f", {lost} events lost or made up"
    title = "cells that differ from recounting after kills"
    differing += lost
    return [Result("D1", title, 0, 0, wall=differing, cpu=differing, at_most=True, note=note)]


def _awkward(some: list[Taken], rng: random.Random) -> list[Taken]:
    """A third is sent twice, and 2 % come a day and more after they happened, at the end."""
    late = set(rng.sample(range(len(some)), len(some) // 50))
    aged = list(some)
    for place in late:
        aged[place] = some[place]._replace(at=some[place].at - rng.randrange(1, 5) * DAY)
    first = [aged[n] for n in range(len(aged)) if n not in late] + [aged[n] for n in sorted(late)]
    return first + rng.sample(first, len(first) * 35 // 100)


def _worked_until(seconds: float) -> int:
    """Fork two workers, kill them after `seconds`; how many were still at work then."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()
    workers = [_worker() for _ in range(WORKERS)]
    at_work = 0
    for pid, done in workers:
        finished, _, _ = select.select([done], [], [], seconds)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(done)
        at_work += not finished
    return at_work


def _worker() -> tuple[int, int]:
    done, mine = os.pipe()
    pid = os.fork()
    if pid == 0:
        drain.run()
        os.write(mine, b"!")
        os._exit(0)
    os.close(mine)
    return pid, done


FIGURES = {"D1": (("postgres",), kills)}
