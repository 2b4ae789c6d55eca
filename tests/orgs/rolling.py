"""Rollouts of random worlds: every way in which one can stand for somebody, and the course that says so."""

from datetime import datetime, timedelta

from policies.rollouts.stages import Audience, Course, Step

# How a rollout stands for somebody → its state, and the stages that it has: (names them, date, begun, gates met).
TODAY, SOON = timedelta(0), timedelta(seconds=1)  # from now
STANDS = {
    "reached": ("paused", [(False, None, True, False)]),
    "begun": ("running", [(True, None, True, False)]),
    "due": ("running", [(False, None, True, True), (True, TODAY, False, False)]),
    "soon": ("running", [(False, None, True, True), (True, SOON, False, False)]),
    "by hand": ("running", [(False, None, True, True), (True, None, False, True)]),
    "held up": ("running", [(False, None, True, False), (True, TODAY, False, False)]),
    "paused": ("paused", [(True, None, True, True), (True, TODAY, False, True)]),
    "for others": ("running", [(False, None, True, True)]),
    "discarded": ("discarded", [(True, None, True, True)]),
}


def course(id: int, what: str, how: str, now: datetime) -> Course:
    state, stages = STANDS[how]
    everybody = Audience(everyone=True, guests=True)
    steps = [
        Step("S", everybody if names else Audience(), at if at is None else now + at, begun, free)
        for names, at, begun, free in stages
    ]
    kind, _, name = what.partition("/")
    return Course(id, kind, name, name, "R", state, tuple(steps))
