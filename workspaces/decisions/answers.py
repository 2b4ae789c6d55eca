"""Questions of one request put to the engine: subjects and resources looked up together, one answer each."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

import msgspec

from orgs.access import TABLE, ask, lasting
from orgs.decision import REFUSES, Decision, decide, to_themself
from orgs.keeping import Keeper
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


class Told(NamedTuple):
    """An answer in the bytes in which it is sent."""

    decision: bool
    body: msgspec.Raw


# Per process: organization, its access version, what a batch said for all, the question as it was sent → its answer.
Key = tuple[int, int, bytes, bytes]
_told: dict[Key, Told] = {}
_kept = Keeper(20_000)
_LONGEST = 1_000  # bytes of a question that is kept, with what its batch says for all


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

    def answer(self, at: int) -> Answer:
        """The answer to the question at a place among them."""
        question = self.questions[at]
        subject = self.subject(question.subject)
        if subject is None:
            return _unknown(decide((_NOBODY,), _NOBODY))
        resource = self.resources.get(self.names[at])
        found = decision(subject, question.action.name, resource, question.context, now=self.now)
        return told(subject, found, now=self.now)

    def told(self, at: int, key: Key) -> Told:
        """The same as it is sent, kept where nothing but the access version can change it.

        That is so of models alone: the rows of other resources are read anew for each request.
        """
        answer, question = _sent(self.answer(at)), self.questions[at]
        subject, short = self.subject(question.subject), len(key[-2]) + len(key[-1]) <= _LONGEST
        if short and subject is not None and question.resource.type == "model" and _lasts(subject, question):
            _kept.keep(_told, key, answer)
        return answer

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


def _lasts(subject: Subject, question: Evaluation) -> bool:
    """Whether the answer stays as it is until the access version is raised, the policy's number with it.

    One about so many bytes is hardly asked again.
    """
    changing = subject.policies is not None and subject.policies.newer
    counted = question.context is not None and question.context.bytes is not None
    return not changing and not counted and lasting(subject, question.action.name)


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


def broken(malformed: Malformed) -> Told:
    """What becomes of an item that cannot be answered."""
    return _sent({"decision": False, "context": {"error": {"status": 400, "message": malformed.error}}})


def _sent(answer: Answer) -> Told:
    return Told(answer["decision"], msgspec.Raw(msgspec.json.encode(answer)))


# ---------------------------------------------------------------- one, and many


def one(org: Organization, question: Evaluation, *, now: datetime) -> Answer:
    return Asking(org, [question], now=now).answer(0)


def sent(org: Organization, body: bytes, *, now: datetime) -> msgspec.Raw:
    """The answer to a question as it was sent.

    One whose answer hangs on the access version alone is read and answered once.

    Raises:
        Malformed: it is no question.
    """
    key = (org.pk, org.access_version, b"", body)
    kept = _told.get(key)
    if kept is None:
        asking = Asking(org, [wire.parsed(body, Evaluation)], now=now)
        kept = asking.told(0, key)
    return kept.body


def many(org: Organization, batch: wire.Batch, *, now: datetime) -> Any:
    """The answers to a batch's items in their order, up to the one that settles it where the request says so.

    Raises:
        Malformed: there are no items, and the request is no question by itself.
    """
    if not batch.evaluations:
        return one(org, wire.whole(batch), now=now)
    said = (org.pk, org.access_version, wire.defaults_of(batch))
    keys = [(*said, bytes(item)) for item in batch.evaluations]
    kept = list(map(_told.get, keys))
    found = _with_the_rest(org, batch, keys, kept, now=now) if None in kept else cast("list[Told]", kept)
    settles = _SETTLES.get((batch.options and batch.options.evaluations_semantic) or "")
    if settles is not None:
        found = found[: next((at for at, told in enumerate(found, 1) if told.decision is settles), None)]
    return {"evaluations": [told.body for told in found]}


_SETTLES = {"deny_on_first_deny": False, "permit_on_first_permit": True}


def _with_the_rest(
    org: Organization, batch: wire.Batch, keys: list[Key], kept: list[Told | None], *, now: datetime
) -> list[Told]:
    """What was told before, and between it what is answered now."""
    items = [_question(batch, key[-1]) if told is None else None for key, told in zip(keys, kept, strict=True)]
    asking = Asking(org, [item for item in items if isinstance(item, Evaluation)], now=now)
    places = iter(range(len(items)))
    return [
        told or (broken(item) if isinstance(item, Malformed) else asking.told(next(places), key))
        for told, item, key in zip(kept, items, keys, strict=True)
    ]


def _question(batch: wire.Batch, text: bytes) -> Item:
    """An item with what the batch says for all of them."""
    try:
        item = wire.parsed(text, wire.Part)
        subject, action = item.subject or batch.subject, item.action or batch.action
        resource, context = item.resource or batch.resource, item.context or batch.context
        return wire.whole(wire.Part(subject, action, resource, context))
    except Malformed as malformed:
        return malformed
