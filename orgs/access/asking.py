"""The one way to ask the table: every layer that has a word on a question, in the order of settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from orgs import subjects
from orgs.access.actions import Action
from orgs.access.table import FEATURES, TABLE, Rule
from orgs.actors import Actor
from orgs.decision import REFUSES, Decision, Question, Step, decide
from orgs.keeping import Keeper
from orgs.models import Role


class Denied(Exception):
    """The engine said no. Answered 403 with the reason. `action` and `target`: what was asked, where it is known."""

    def __init__(self, decision: Decision, action: str = "", target: Any = None) -> None:
        super().__init__(decision.reason)
        self.decision, self.action, self.target = decision, action, target


class Refused(Exception):
    """A rule of business forbids it, whoever asks. Answered 409 with the reason.

    `page` is the name of the page where it can be put right; who may open it is shown the way there.
    """

    def __init__(self, reason: str, *, page: str = "") -> None:
        super().__init__(reason)
        self.page = page


Layer = Callable[[Question], Step | None]


@cache
def layers_for(rule: Rule) -> tuple[Layer, ...]:
    """The layers of settings, in their order, that can have a word on what `rule` is about."""
    named: list[Any] = [import_string(path) for path in settings.ACCESS_LAYERS]
    return tuple(layer for layer in named if layer.speaks_of(rule))


@dataclass(slots=True)
class Asked:
    """What one subject is asked about one action: found once per compiled subject, and gone with it."""

    rule: Rule
    layers: tuple[Layer, ...]  # those with a word on both; most have nothing to say to most people
    default: Step
    lasting: bool  # no layer looks at the clock or at consumption: an answer holds as long as the access version
    answers: dict[Any, Decision] = field(default_factory=dict)
    traces: dict[Any, Decision] = field(default_factory=dict)


_kept = Keeper(100_000)  # every answer with every subject: some 40 MB
_LONGEST = 500  # characters of a context: names, not whatever a platform sends


def _asked(subject: subjects.Subject, action: str) -> Asked:
    rule = FEATURES[action] if action in FEATURES else TABLE[Action(action)]
    layers: list[Any] = [layer for layer in layers_for(rule) if layer.speaks_to(subject, rule)]  # type: ignore[attr-defined]
    reason = f"Neither a role nor a grant lets {subject.name} {rule.meaning}.{_who_may(rule)}"
    default = Step("default", REFUSES, reason, f"default/{action}")
    found = Asked(rule, tuple(layers), default, all(one.lasting(subject, rule) for one in layers))
    subject.asked[action] = found
    return found


@cache
def _who_may(rule: Rule) -> str:
    """` Owners and Admins may.`: whom the table gives it to. Nothing where it is no member's, or for oneself alone."""
    given = rule.by if rule.level else rule.by | rule.use
    who = [f"{role.label}s" for role in (Role.OWNER, Role.ADMIN, Role.USER, Role.VIEWER) if role in given]
    who += ["the team's leads"] if rule.lead else []
    who += [f"whoever is at least {rule.level.capitalize()} there"] if rule.level else []
    who += ["whoever looks after it"] if rule.in_charge else []
    if not who:
        return ""
    first, last = ", ".join(who[:-1]), who[-1]
    said = f"{first} and {last}" if first else last
    return f" {said[0].upper()}{said[1:]} may."


def check(
    actor: Actor,
    action: Action,
    target: Any = None,
    *,
    now: datetime | None = None,
    trace: bool = False,
    **context: Any,
) -> Decision:
    """May `actor` do `action` to `target`?

    Stops at the first refusal unless `trace`, which asks every layer. No query beyond loading the subject.
    """
    return ask(subjects.of(actor), action, target, now, context, trace=trace)


def ask(
    subject: subjects.Subject,
    action: str,
    target: Any,
    now: datetime | None,
    context: dict[str, Any],
    *,
    trace: bool = False,
) -> Decision:
    """The same for a subject at hand. No query at all.

    An answer that hangs on subject, action, the target's facts and the context alone is kept with the compiled subject,
    unless it is about so many `bytes`: the next one is about others.
    """
    asked: Asked = subject.asked.get(action) or _asked(subject, action)
    if not asked.lasting or (target is not None and target.limited) or (context and "bytes" in context):
        return _answer(subject, action, asked, target, now, context, trace)
    kept = asked.traces if trace else asked.answers
    facts: Any = None if target is None else target.FACTS(target)
    if context:
        facts = (facts, *context, *context.values())  # as many names as values
    answer = kept.get(facts)
    if answer is None:
        answer = _answer(subject, action, asked, target, now, context, trace)
        if not context or len(str(context)) <= _LONGEST:
            _kept.keep(kept, facts, answer)
    return answer


def lasting(subject: subjects.Subject, action: str) -> bool:
    """Whether what `subject` was told about `action` holds as long as the access version, for targets without limits.

    No where they were never asked. No query.
    """
    asked: Asked | None = subject.asked.get(action)
    return asked is not None and asked.lasting


def _answer(
    subject: subjects.Subject,
    action: str,
    asked: Asked,
    target: Any,
    now: datetime | None,
    context: dict[str, Any],
    trace: bool,
) -> Decision:
    question = Question(subject, action, asked.rule, target, context, now or datetime.now(UTC))
    steps = []
    for layer in asked.layers:
        step = layer(question)
        if step is not None:
            steps.append(step)
            if step.verdict is REFUSES and not trace:
                break
    return decide(tuple(steps), asked.default)


def uses(subject: subjects.Subject, feature: str, now: datetime) -> Decision:
    """May `subject` use a feature of the plans, leaving aside where? With the whole trace. No query."""
    return ask(subject, feature, None, now, {}, trace=True)


def require(actor: Actor, action: Action, target: Any = None, **context: Any) -> Decision:
    """The decision, when it is yes.

    Raises:
        Denied: it is no.
    """
    decision = check(actor, action, target, **context)
    if not decision.allowed:
        raise Denied(decision, action, target)
    return decision
