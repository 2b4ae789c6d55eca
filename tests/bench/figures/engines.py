"""A2: a decision with its reason in process, against two engines that are made for nothing else."""

import random

from orgs.access import check
from tests.bench import governed
from tests.bench.governed import Asked
from tests.bench.race import Contender, Result
from tests.bench.rivals.engines import Casbin, Cedar

MEMBERS, SPACES, EACH = 100, 50, 500


def engines(size: str) -> list[Result]:
    """The same questions to all three, half of them about models and uses, half about files in workspaces."""
    org, olive = governed.organization(MEMBERS)
    users = governed.people(org)
    there = governed.spaces(olive, users, SPACES)
    users = governed.afresh(org)
    questions = governed.about_models(users, EACH) + governed.about_files(users, there, EACH)
    random.Random(5).shuffle(questions)
    rivals = {"cedarpy": Cedar(questions), "pycasbin": Casbin(questions)}
    rivals["its FastEnforcer"] = Casbin(questions, fast=True)
    note = (
        f"{len(questions):,} questions, {_same(questions, *rivals.values())} allowed, policies and people read before"
    )
    found = []
    for name, gate, stretch in (("cedarpy", 30, 80), ("pycasbin", 150, 400), ("its FastEnforcer", 0, 0)):
        title = f"{'decision with reason' if gate else 'no gate: decision with reason'} / {name}"
        result = Result("A2", title, gate, stretch, note=note)
        found.append(result.race(_ours(questions, 20 if size == "ci" else 100), _theirs(name, rivals[name], questions)))
    return found


def _same(questions: list[Asked], *rivals: Cedar | Casbin) -> int:
    """Raises AssertionError where one of them answers otherwise; how many are allowed."""
    allowed = 0
    for one in questions:
        mine = check(one.member, one.action, one.space, **one.context)
        assert mine.reason
        for rival in rivals:
            assert rival.allows(rival.asked(one)) == mine.allowed, (one, type(rival), mine)
        allowed += mine.allowed
    assert 0 < allowed < len(questions)
    return allowed


def _ours(questions: list[Asked], rounds: int) -> Contender:
    asked = [(one.member, one.action, one.space, one.context) for one in questions]

    def run() -> int:
        for _ in range(rounds):
            for member, action, space, context in asked:
                check(member, action, space, **context)
        return rounds * len(asked)

    return Contender("engine", run)


def _theirs(name: str, rival: Cedar | Casbin, questions: list[Asked]) -> Contender:
    asked = [rival.asked(one) for one in questions]

    def run() -> int:
        for request in asked:
            rival.allows(request)
        return len(asked)

    return Contender(name, run)


FIGURES = {"A2": (("sqlite",), engines)}
