"""C2: from the inbox to events and all totals; one worker against COPY, two workers against one."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from analytics import drain, recount
from analytics.incoming import Taken
from analytics.models import Event, InboxBatch
from orgs.models import Organization
from tests.bench import world
from tests.bench.figures.door import copying
from tests.bench.race import Contender, Result, cpu_of

A_DAY = 33_000  # 1 M events in 30 days
WORKER = """
import os, sys, django
django.setup()
from django.db import connection
from analytics import drain, ledgers
ledgers.open_missing()
print(os.getpid(), connection.connection.info.backend_pid, flush=True)
sys.stdin.readline()
drain.run(seconds=600)
print("done", flush=True)
sys.stdin.readline()
"""


def one_worker(size: str) -> list[Result]:
    """One worker in this process, on 5,000 events a batch, against COPY of the finished rows."""
    days = 1 if size == "ci" else 12
    number = days * A_DAY
    org, _ = world.organization("acme", 10_000)
    some = list(world.events(number, "acme", 10_000, days=days))
    rival = copying(org, some)

    def fresh() -> None:
        world.wipe_usage()
        world.send(org, some)

    def ours() -> int:
        while InboxBatch.objects.waiting().exists():
            drain.run(seconds=600)
        return number

    fresh()
    ours()
    assert Event.objects.count() == number
    assert recount.reconcile(org) == []
    note = f"{number:,} events in {days} days, 10,000 members"
    result = Result("C2", "inbox → events and all totals, one worker: COPY / ours", 0.15, 0.3, note=note)
    result.race(Contender("drain", ours, fresh, world.backend), rival, rounds=3 if size == "ci" else 5)
    result.note += f"; {result.per_second:,.0f} events a second"
    return [result]


def two_workers(size: str) -> list[Result]:
    """Two worker processes on two organizations against one; their start is not counted.

    The second clock is the CPU of the busier worker and its backend, and what either waited for a lock: how long it
    takes where each has a core of its own, whatever else the machine has to do.
    """
    number = 15_000 if size == "ci" else 200_000
    work = []
    for slug in ("acme", "umbrella"):
        org, _ = world.organization(slug, 2_000)
        work.append((org, list(world.events(number, slug, 2_000, days=3))))
    many = [Workers(2, work), Workers(1, work)]
    result = Result("C2", "two workers on two organizations / one", 1.25, 1.6, note=f"2 × {number:,} events")
    result.race(*[workers.contender(2 * number) for workers in many], rounds=3 if size == "ci" else 5)
    for workers in many:
        workers.end()
    assert Event.objects.count() == 2 * number
    result.note += f"; {many[0].waited:.0%} of the time waited for a lock; CPU: of the busier worker"
    return [result]


class Workers:
    """So many drains at once, each a process of its own."""

    def __init__(self, many: int, work: list[tuple[Organization, list[Taken]]]) -> None:
        self._many, self._work = many, work
        self._workers: list[subprocess.Popen[str]] = []
        self._pids: list[list[int]] = []
        self._cpu = 0.0
        self._seconds: list[tuple[float, float]] = []  # waited, in all

    @property
    def waited(self) -> float:
        return sum(waited for waited, _ in self._seconds) / sum(every for _, every in self._seconds)

    def contender(self, operations: int) -> Contender:
        def run() -> int:
            self.run()
            return operations

        return Contender(f"{self._many} workers", run, self.fresh, cpu=lambda: self._cpu)

    def fresh(self) -> None:
        self.end()
        _load(self._work)
        self._workers = [_worker() for _ in range(self._many)]
        self._pids = [[int(pid) for pid in worker.stdout.readline().split()] for worker in self._workers]

    def run(self) -> None:
        before, began = self._used(), time.monotonic()
        with waiting([backend for _, backend in self._pids]) as waited:
            for worker in self._workers:
                worker.stdin.write("\n")
                worker.stdin.flush()
            for worker in self._workers:
                assert worker.stdout.readline() == "done\n"
        assert not InboxBatch.objects.waiting().exists()
        self._seconds.append((waited[0], time.monotonic() - began))
        self._cpu = waited[0] + max(after - was for after, was in zip(self._used(), before, strict=True))

    def end(self) -> None:
        for worker in self._workers:
            worker.communicate()
        self._workers = []

    def _used(self) -> list[float]:
        return [sum(map(cpu_of, pids)) for pids in self._pids]


@contextmanager
def waiting(backends: list[int]) -> Iterator[list[float]]:
    """How many seconds any of these backends waited for a lock meanwhile: looked at 50 times a second."""
    waited, over = [0.0], threading.Event()

    def watch() -> None:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s) AND wait_event_type = 'Lock'"
        last = time.monotonic()
        while not over.wait(0.02):
            with connection.cursor() as cursor:
                cursor.execute(asked, [backends])
                now, number = time.monotonic(), cursor.fetchone()[0]
            waited[0] += number * (now - last)
            last = now
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield waited
    finally:
        over.set()
        watcher.join()


def _load(work: list[tuple[Organization, list[Taken]]]) -> None:
    world.wipe_usage()
    for org, some in work:
        world.send(org, some)
    connection.close()


def _worker() -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


FIGURES = {"C2": (("postgres",), one_worker), "C2,two workers": (("postgres",), two_workers)}
