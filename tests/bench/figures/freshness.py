"""A5: how many processes still say yes after a suspension was answered. It must be none."""

import subprocess
import sys
import time

from orgs import actions
from orgs.models import Member
from tests.bench import world
from tests.bench.race import Result

PROCESSES = 4


def stale(size: str) -> list[Result]:
    """Four processes with warm subjects are asked at once, right after the deed returned; each asks five times."""
    trials = 100 if size == "ci" else 1_000
    _, olive = world.organization("acme", 1)
    mika = Member.objects.exclude(pk=olive.pk).select_related("org", "user").get()
    world.verify(mika)
    Member.objects.filter(pk=mika.pk).update(role="user", plan="expert")
    command = [sys.executable, "-m", "tests.bench.asking", str(mika.pk)]
    askers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    began, wrong, missing = time.monotonic(), 0, 0
    try:
        for _ in range(trials):
            missing += PROCESSES * 5 - _allowed(askers)
            actions.members.suspend(olive, mika, reason="to be measured")
            wrong += _allowed(askers)
            actions.members.reactivate(olive, mika)
    finally:
        for asker in askers:
            asker.communicate()
    assert not missing, f"{missing} answers refused somebody who was active: the askers measure nothing."
    note = f"{trials} trials, {trials * PROCESSES * 5:,} answers, {time.monotonic() - began:.0f} s"
    title = "answers that still allow after a suspension, 4 processes"
    return [Result("A5", title, 0, 0, wall=wrong, cpu=wrong, at_most=True, note=note)]


def _allowed(askers: list["subprocess.Popen[str]"]) -> int:
    for asker in askers:
        asker.stdin.write("ask\n")
        asker.stdin.flush()
    return sum(int(asker.stdout.readline()) for asker in askers)


FIGURES = {"A5": (("postgres", "sqlite"), stale)}
