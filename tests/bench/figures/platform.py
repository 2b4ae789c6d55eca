"""B1, B3: decisions over HTTP as a chat platform asks for them, by AuthZEN, against Cerbos on the same core."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench import governed, web
from tests.bench.governed import Asked
from tests.bench.lines import Lines, posting
from tests.bench.race import Contender, Result, cpu_of
from tests.bench.rivals import cerbos
from tests.cast import make_key

MEMBERS, QUESTIONS, EACH = 200, 1_000, 100
ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"


def platform(size: str) -> list[Result]:
    """Both answer the same questions of one platform, each process on the core that the other waits for."""
    program = cerbos.fetch()
    if program is None:
        print("Left out for want of Cerbos, which npm could not fetch: B1 and B3.", file=sys.stderr)
        return []
    org, _ = governed.organization(MEMBERS)
    users = governed.people(org)
    questions = governed.about_models(users, QUESTIONS)
    mine = [_question(one) for one in questions]
    theirs = [cerbos.question(one, governed.facts(one.member)) for one in questions]
    key = f"Bearer {make_key(org, 'decisions:read')[1]}"
    core = sorted(os.sched_getaffinity(0))[-1]
    with web.serving(DATABASE_POOL="4") as line, cerbos.serving(program, core) as (port, pid):
        ours = Asking("ours", Lines(line.port), line.servers, {"Authorization": key})
        rival = Asking("Cerbos", Lines(port), lambda: [pid], {})
        allowed = _same(ours, mine, rival, theirs)
        note = f"{QUESTIONS:,} questions, {allowed} allowed, the server's CPU alone"
        one = Result("B1", "AuthZEN, one question a request: Cerbos / ours", 1, 5, note=note)
        one.race(ours.one_by_one(mine), rival.one_by_one(theirs))
        many = Result("B3", f"AuthZEN, {EACH} questions a request, per decision: Cerbos / ours", 12, 20, note=note)
        many.race(ours.at_once(mine, 10), rival.at_once(theirs, 1))
        for result in (one, many):
            result.note += f"; ours: {result.per_second:,.0f} a second"
    return [one, many]


class Asking:
    """One server and who asks it."""

    def __init__(self, name: str, lines: Lines, servers: Callable[[], Sequence[int]], headers: dict[str, str]) -> None:
        self.name, self.lines, self.servers, self.headers = name, lines, servers, headers

    def request(self, path: str, body: dict[str, Any]) -> bytes:
        return posting(path, json.dumps(body, separators=(",", ":")).encode(), **self.headers)

    def one_by_one(self, questions: list[dict[str, Any]]) -> Contender:
        return self._contender([self.request(ONE, one) for one in questions], len(questions))

    def at_once(self, questions: list[dict[str, Any]], times: int) -> Contender:
        return self._contender(self.batches(questions) * times, len(questions) * times)

    def batches(self, questions: list[dict[str, Any]]) -> list[bytes]:
        pieces = (questions[at : at + EACH] for at in range(0, len(questions), EACH))
        return [self.request(MANY, {"evaluations": piece}) for piece in pieces]

    def _contender(self, requests: list[bytes], operations: int) -> Contender:
        used = [0.0]

        def run() -> int:
            servers = self.servers()
            before = sum(map(cpu_of, servers))
            self.lines.ask(requests)
            used[0] = (sum(map(cpu_of, servers)) - before) / operations
            return operations

        return Contender(self.name, run, cpu=lambda: used[0] * operations)


def _question(one: Asked) -> dict[str, Any]:
    """A question as Steward takes it: what there is to know of the member, it knows."""
    context = {"context": {"use_case": one.case}} if one.case else {}
    subject, resource = {"type": "member", "id": one.member.user.email}, {"type": "model", "id": one.model}
    return {"subject": subject, "action": {"name": str(one.action)}, "resource": resource} | context


def _same(ours: Asking, mine: list[dict[str, Any]], rival: Asking, theirs: list[dict[str, Any]]) -> int:
    """Raises AssertionError where they answer differently, one by one or at once; how many are allowed."""
    found = []
    for server, questions in ((ours, mine), (rival, theirs)):
        single = [json.loads(body) for body in server.lines.ask([server.request(ONE, one) for one in questions])]
        many = [json.loads(body)["evaluations"] for body in server.lines.ask(server.batches(questions))]
        found += [[one["decision"] for one in single], [one["decision"] for answers in many for one in answers]]
    assert all(answers == found[0] for answers in found)
    assert 0 < sum(found[0]) < len(found[0])
    return sum(found[0])


FIGURES = {"B1,B3": (("postgres",), platform)}
