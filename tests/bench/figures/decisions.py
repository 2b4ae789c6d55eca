"""A1, A3: what one decision costs in process."""

import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from orgs import grants, subjects
from orgs.access import Action, check
from orgs.decision import Decision
from orgs.models import Member
from orgs.subjects import Subject
from tests.bench import governed, world
from tests.bench.race import Contender, Result
from workspaces.models import Workspace

MEMBERS, SPACES = 10, 50
THEIRS, ASKED = 60, 300  # members and questions of each kind, of A3
LEVEL = "workspaces.use_workspace"


def _people() -> tuple[list[Member], list[Workspace]]:
    """Members on a plan with workspaces, Users of every second of 50 private ones by chance."""
    org, olive = world.organization("acme", MEMBERS)
    Member.objects.filter(org=org).exclude(pk=olive.pk).update(role="user", plan="expert")
    spaces = Workspace.objects.bulk_create(
        [Workspace(org=org, name=f"P{place}", visibility="private", owner=olive) for place in range(SPACES)]
    )
    people = list(Member.objects.filter(org=org).exclude(pk=olive.pk).select_related("org", "user"))
    rng = random.Random(2)
    for member in people:
        world.verify(member)
        for space in spaces:
            if rng.random() < 0.5:
                grants.give(member, "user", space)
    return people, spaces


Questions = list[tuple[Member, Workspace]]


def decision(size: str) -> list[Result]:
    """A1: the same 500 questions to the engine and to `user.has_perm`; every answer compared first."""
    people, spaces = _people()
    questions = [(member, space) for member in people for space in spaces]
    random.Random(3).shuffle(questions)
    allowed = _same(questions)
    rounds = 100 if size == "ci" else 1_000
    gate = 700 if connection.vendor == "sqlite" else 1_500
    note = f"{len(questions):,} questions on warm subjects, {allowed} allowed"
    result = Result("A1", "decision with reason / guardian user.has_perm", gate, 5_000, note=note)
    rival = _guardian(questions[:100])
    result.race(_engine(questions, rounds), rival)
    first = Result("A1", "", 0, 0).race(_engine_anew(questions, rounds // 10), rival, rounds=3)
    each = min(lap.cpu for lap in result.laps["engine"]) * 1e6
    result.note += (
        f"; {each:.2f} µs of CPU each; where no answer is kept: {first.wall:,.0f}× wall, {first.cpu:,.0f}× CPU"
    )
    return [result]


def _same(questions: Questions) -> int:
    """Raises AssertionError where the two answer differently; how many they allow."""
    allowed = 0
    for member, space in questions:
        mine = check(member, Action.FILE_UPLOAD, space)
        assert mine.allowed == member.user.has_perm(LEVEL, space), (member, space, mine)
        assert mine.reason
        allowed += mine.allowed
    return allowed


def _engine(questions: Questions, rounds: int) -> Contender:
    def run() -> int:
        for _ in range(rounds):
            for member, space in questions:
                check(member, Action.FILE_UPLOAD, space)
        return rounds * len(questions)

    return Contender("engine", run)


def _engine_anew(questions: Questions, rounds: int) -> Contender:
    """Every question through every layer, as if it had never been asked."""

    def run() -> int:
        now = datetime.now(UTC)
        for _ in range(rounds):
            for member, space in questions:
                governed.ask_anew(subjects.of(member), Action.FILE_UPLOAD, space, now, {})
        return rounds * len(questions)

    return Contender("engine anew", run)


def _guardian(questions: Questions) -> Contender:
    def run() -> int:
        for member, space in questions:
            member.user.has_perm(LEVEL, space)
        return len(questions)

    return Contender("guardian", run, servers=world.backend)


def trace(size: str) -> list[Result]:
    """A3: every layer asked against the first refusal; answers that are kept would make both the same.

    A policy, a rollout and a limit are in place, so that their layers have a word on what is asked about models.
    """
    org, olive = governed.organization(THEIRS)
    governed.rolled_out_and_limited(org, olive)
    users = governed.people(org)
    Member.objects.filter(pk__in=[member.pk for member in users[1::3]]).update(plan="essential")
    asked = governed.about_models(users, ASKED) + governed.about_files(
        users, governed.spaces(olive, users, SPACES), ASKED
    )
    known, now = {member.pk: subjects.of(member) for member in governed.afresh(org)}, datetime.now(UTC)
    questions = [(known[one.member.pk], one.action, one.space or org, one.context) for one in asked]
    refused = [one for one in questions if not _first_and_all(*one, now)]
    spoken = {step.layer for who, *one in refused for step in _anew(who, *one, now, trace=True).steps}
    assert {"model", "use_case", "rollout", "limit", "plan", "viewer", "membership"} <= spoken, spoken

    def asking(whole: bool) -> Contender:
        def run() -> int:
            for _ in range(20):
                for who, action, target, context in refused:
                    governed.ask_anew(who, action, target, now, context, trace=whole)
            return 20 * len(refused)

        return Contender("trace" if whole else "first refusal", run)

    note = f"{len(refused)} refused questions with policy, rollout and limit in place, no answer kept"
    result = Result("A3", "full trace / first refusal", 5, 3, at_most=True, note=note)
    return [result.race(asking(False), asking(True))]


def _anew(
    who: Subject, action: Action, target: Any, context: dict[str, Any], now: datetime, *, trace: bool
) -> Decision:
    return governed.ask_anew(who, action, target, now, context, trace=trace)


def _first_and_all(who: Subject, action: Action, target: Any, context: dict[str, Any], now: datetime) -> bool:
    """Raises AssertionError where the two ways of asking disagree; what they answer."""
    short, full = (_anew(who, action, target, context, now, trace=whole) for whole in (False, True))
    assert short.allowed == full.allowed
    assert short.allowed or short.deciding == full.deciding
    assert all(a is not b for a, b in pairwise(full.steps))
    return short.allowed


FIGURES = {"A1": (("postgres", "sqlite"), decision), "A3": (("postgres",), trace)}
