"""Questions of one request put to the engine: subjects and resources looked up together, one answer each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from orgs.access import TABLE, ask
from orgs.decision import REFUSES, Decision, decide, to_themself
from orgs.layers import said
from orgs.models import Organization
from orgs.subjects import Subject
from workspaces import resources
from workspaces.decisions import wire
from workspaces.decisions.people import subjects_named
from workspaces.decisions.wire import Context, Entity, Evaluation, Malformed
from workspaces.resources import Named, Resource

MEMBER = "member"
Answer = dict[str, Any]
Item = Evaluation | Malformed

# The same words for what never was and for what belongs to another organization.
_nobody, _nothing, _no_action = said("subject", REFUSES), said("resource", REFUSES), said("action", REFUSES)
_NOBODY = _nobody("There is no such member.", "unknown")
_NOTHING = _nothing("There is no such resource.", "unknown")


class Asking:
    """What the questions of one request are about, read at once: all of them are answered as of one moment.

    At most 4 queries for subjects that this process does not know, 6 to compile them, and 14 for resources, however
    many questions; none for models on subjects that it knows.
    """

    def __init__(self, org: Organization, questions: Iterable[Evaluation], *, now: datetime) -> None:
        self.questions, self.now = list(questions), now
        self.names = [_named(question) for question in self.questions]
        self.subjects = subjects_named(org, {q.subject.id for q in self.questions if q.subject.type == MEMBER})
        self.resources = resources.find_each(org, self.names)

    def answers(self) -> Iterator[Answer]:
        """The answer to each question, in their order, as it is asked for."""
        for question, name in zip(self.questions, self.names, strict=True):
            subject = self.subject(question.subject)
            if subject is None:
                yield _unknown(decide((_NOBODY,), _NOBODY))
                continue
            found = decision(subject, question.action.name, self.resources.get(name), question.context, now=self.now)
            yield told(subject, found, now=self.now)

    def subject(self, entity: Entity) -> Subject | None:
        return self.subjects.get(entity.id) if entity.type == MEMBER else None


def decision(
    subject: Subject, action: str, resource: Resource | None, context: Context | None, *, now: datetime
) -> Decision:
    """May `subject` do `action` to `resource`? With the whole trace. No query."""
    if action not in TABLE:
        step = _no_action("There is no such action.", "unknown")
    elif resource is None:
        step = _NOTHING
    elif resource.kind not in _types(action):
        step = _no_action(_not_about(action, resource.kind), f"not_about/{resource.kind}")
    else:
        target, facts = resource.asked(action)
        return ask(subject, action, target, now, facts | context.asked() if context else facts, trace=True)
    return decide((step,), step)


@lru_cache(maxsize=1024)
def _types(action: str) -> tuple[str, ...]:
    return resources.types_of(action)


def _not_about(action: str, kind: str) -> str:
    about = " or ".join(_types(action))
    return f"{action} is not about a resource of the type {kind}" + (f", but {about}." if about else ".")


def _named(question: Evaluation) -> Named:
    return wire.named(question.resource, question.context, question.resource.id)


# ---------------------------------------------------------------- as they are told


def told(subject: Subject, decided: Decision, *, now: datetime) -> Answer:
    """A decision as AuthZEN tells it: the reason for administrators and for the person, and every layer's step."""
    code, reason = "200" if decided.allowed else "403", decided.reason
    context = {
        "reason_admin": {code: reason},
        "reason_user": {code: _to_themself(reason, subject.name)},
        "steps": decided.steps,
        **_policy(subject, now),
    }
    return {"decision": decided.allowed, "context": context}


_to_themself = lru_cache(maxsize=4096)(to_themself)


def _unknown(decided: Decision) -> Answer:
    reason = {"404": decided.reason}
    return {"decision": False, "context": {"reason_admin": reason, "reason_user": reason, "steps": decided.steps}}


def _policy(subject: Subject, now: datetime) -> dict[str, int]:
    """The version of the policy that judges them, and of their department's; nothing where none was published."""
    applied = subject.policies.policies_at(now) if subject.policies is not None else ()
    return {"department_policy_version" if one.department else "policy_version": one.version for one in applied}


def broken(malformed: Malformed) -> Answer:
    """What becomes of an item that cannot be answered."""
    return {"decision": False, "context": {"error": {"status": 400, "message": malformed.error}}}


# ---------------------------------------------------------------- one, and many


def one(org: Organization, question: Evaluation, *, now: datetime) -> Answer:
    return next(Asking(org, [question], now=now).answers())


def many(org: Organization, batch: wire.Batch, items: Sequence[wire.Part | Malformed], *, now: datetime) -> Answer:
    """The answers to `items` in their order, up to the one that settles it where the request says so.

    Raises:
        Malformed: there are no items, and the request is no question by itself.
    """
    if not items:
        return one(org, wire.whole(batch), now=now)
    questions = [_with_defaults(batch, item) for item in items]
    told = Asking(org, [item for item in questions if not isinstance(item, Malformed)], now=now).answers()
    settles = _SETTLES.get((batch.options and batch.options.evaluations_semantic) or "")
    answers: list[Answer] = []
    for item in questions:
        answers.append(broken(item) if isinstance(item, Malformed) else next(told))
        if answers[-1]["decision"] is settles:
            break
    return {"evaluations": answers}


_SETTLES = {"deny_on_first_deny": False, "permit_on_first_permit": True}


def _with_defaults(batch: wire.Part, item: wire.Part | Malformed) -> Item:
    if isinstance(item, Malformed):
        return item
    subject, action = item.subject or batch.subject, item.action or batch.action
    resource, context = item.resource or batch.resource, item.context or batch.context
    try:
        return wire.whole(wire.Part(subject, action, resource, context))
    except Malformed as malformed:
        return malformed
