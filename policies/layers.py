"""The layers of policies: gates alone, pure. A policy that was never published refuses nothing (product.md 4)."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from orgs.decision import PASSES, REFUSES, Question, Step
from orgs.layers import layer, said, used
from orgs.models import Feature
from policies import limits
from policies.facts import Applied, Facts
from policies.rollouts.stages import Course, Fall

_model_passes, _model_refuses = said("model", PASSES), said("model", REFUSES)
_case_passes, _case_refuses = said("use_case", PASSES), said("use_case", REFUSES)
_rollout_passes, _rollout_refuses = said("rollout", PASSES), said("rollout", REFUSES)


@layer(
    lambda rule: rule.spends,
    lambda who, rule: who.policies is not None,
    lambda who, rule: not who.policies.newer,
)
def model(q: Question) -> Step | None:
    """Gate: the policy names the model for one of the member's groups; their department's, if it has one, as well.

    The model is the one that the question names, else the one of the mate it is about.
    """
    asked, facts = _model_of(q), q.subject.policies
    policies = facts.policies_at(q.now)
    if not asked or not policies:
        return None
    name = facts.catalogue.names.get(asked)
    if name in facts.catalogue.retired:
        return _model_refuses(
            f"The model {name} is retired.", f"retired/{name}", "Choose a model that is available.", "catalogue"
        )
    for applied in policies:
        if (name or asked) not in applied.models and (name is not None or not applied.policy.unknown_models):
            return _lacks(q.subject.name, name or asked, applied.groups, applied.department, name is not None)
    return _has(name or asked, _naming(policies[0], name or asked))


def _model_of(q: Question) -> str:
    return str(q.context.get("model") or getattr(q.target, "model", ""))


@lru_cache(maxsize=4096)
def _lacks(who: str, name: str, groups: tuple[str, ...], department: str, known: bool) -> Step:
    whose = f"The policy of {department}" if department else "The policy"
    if not known:
        reason = f"The model {name} is not in the catalogue, and the policy allows no unknown models."
        return _model_refuses(reason, f"unknown/{name}", "An Owner or Admin adds it to the catalogue.", "catalogue")
    reason = f"{whose} does not allow {name} to {_listed(groups)}, where {who} belongs."
    fix = f"An Owner or Admin allows {name} to {' or '.join(groups)} and publishes the policy."  # any one is enough
    return _model_refuses(reason, f"{'+'.join(groups)}/{name}", fix, "policy")


def _naming(applied: Applied, name: str) -> tuple[str, ...]:
    """Those of the member's groups that name the model; all of them where it is an unknown one that may be used."""
    groups = (group for group in applied.policy.groups if group.name in applied.groups)
    return tuple(group.name for group in groups if name in group.models) or applied.groups


@lru_cache(maxsize=4096)
def _has(name: str, groups: tuple[str, ...]) -> Step:
    return _model_passes(f"The policy allows {name} to {_listed(groups)}.", f"{'+'.join(groups)}/{name}")


def _listed(groups: tuple[str, ...]) -> str:
    return " and ".join(groups)


@layer(
    lambda rule: rule.spends,
    lambda who, rule: who.policies is not None,
    lambda who, rule: not who.policies.newer and not who.policies.exceptions,
)
def use_case(q: Question) -> Step | None:
    """Gate: a use that the policy blocks, and one that needs an exception which the member does not have.

    `use_case` of the context names one, or several as a tuple.
    """
    named = q.context.get("use_case") or ()
    found = None
    for id_ in (named,) if isinstance(named, str) else named:
        for applied in q.subject.policies.policies_at(q.now):
            step = _judged(q, q.subject.policies, applied, id_)
            if step is not None and step.verdict is REFUSES:
                return step
            found = found or step
    return found


def _judged(q: Question, facts: Facts, applied: Applied, id_: str) -> Step | None:
    case = applied.policy.use_cases.get(id_)
    if case is None:
        return None
    if case.effect == "flag":
        return _case_passes(f"The policy flags the use case {id_}: it may be looked at.", f"flag/{id_}")
    if case.effect == "approve" and facts.excepted(id_, q.now):
        return _case_passes(f"{q.subject.name} has an exception for {id_}.", f"exception/{id_}")
    if case.effect == "approve":
        reason = f"The use case {id_} needs an exception, and {q.subject.name} has none."
        return _case_refuses(reason, f"approve/{id_}", "An Owner or Admin grants an exception.", "exceptions")
    return _blocked(id_, applied.department)


@lru_cache(maxsize=1024)
def _blocked(id_: str, department: str) -> Step:
    whose = f"The policy of {department}" if department else "The policy"
    fix = "An Owner or Admin changes the policy and publishes it."
    return _case_refuses(f"{whose} blocks the use case {id_}.", f"block/{id_}", fix, "policy")


@layer(
    lambda rule: rule.spends or rule.feature or rule.alone_feature,
    lambda who, rule: who.policies is not None and who.policies.rollouts,
    lambda who, rule: False,
)
def rollout(q: Question) -> Step | None:
    """Gate: the model, tool or feature that is used is being rolled out, and the member was reached (product.md 4)."""
    falls: tuple[Fall, ...] = q.subject.policies.rollouts
    thing, passed = _used_things(q, falls), None
    for one in falls:
        if thing.get(one.course.kind) != one.course.what:
            continue
        if one.since is None or one.since > q.now:
            return _not_reached(q.subject.name, one.course, one.stage, one.stage_at)
        passed = passed or _rollout_passes(
            f"The rollout “{one.course.name}” reached {q.subject.name}.", _rule(one.course)
        )
    return passed


def _used_things(q: Question, falls: tuple[Fall, ...]) -> dict[str, str]:
    """What a question uses, by the kinds of rollouts; administration, by role or lead, uses no feature."""
    found = {}
    if q.rule.spends:
        asked, tool = _model_of(q), getattr(q.target, "tool", None) if q.rule.through else None
        found = {"model": q.subject.policies.catalogue.names.get(asked, asked), "tool": str(tool.id) if tool else ""}
    if q.subject.role not in q.rule.by and (q.rule.feature or q.rule.alone_feature):
        shut = (one for one in falls if one.since is None or one.since > q.now)
        inside = all(one.course.what != Feature.WORKSPACE_ACCESS for one in shut)
        found["feature"] = used(q, inside=inside)
    return found


def _rule(course: Course) -> str:
    return f"{course.kind}/{course.what}"


@lru_cache(maxsize=4096)
def _not_reached(who: str, course: Course, stage: str, at: datetime | None) -> Step:
    if course.state == "discarded":
        reason = f"The rollout “{course.name}” of {course.label} was discarded: nobody has it."
        return _rollout_refuses(reason, _rule(course), "An Owner or Admin starts another rollout of it.", "rollouts")
    begins = f"begins on {at:%Y-%m-%d}" if at else "is begun by hand"
    when = f"The stage “{stage}” reaches them; it {begins}." if stage else "No stage of it names them."
    paused = " It is paused." if course.state == "paused" else ""
    reason = f"The rollout “{course.name}” of {course.label} has not reached {who} yet. {when}{paused}"
    return _rollout_refuses(reason, _rule(course), "An Owner or Admin takes the rollout on.", "rollouts")


_limit_passes, _limit_refuses = said("limit", PASSES), said("limit", REFUSES)


@layer(
    lambda rule: rule.spends or rule.feature == Feature.FILE_UPLOADS,
    lambda who, rule: who.policies is not None and who.policies.limits,
    lambda who, rule: False,
)
def limit(q: Question) -> Step | None:
    """Gate: the limits that hold for the member: messages a day and cost a month of what spends, storage of files.

    `bytes` of the context is what would be added; `counted`, that the message which asks is among those of the day.
    What was used is read anew where nothing is left of it; until then the access version tells (`consumption`).
    """
    passed = None
    for held in q.subject.policies.limits:
        if (held.kind == limits.STORAGE) is bool(q.rule.spends):
            continue
        more = int(q.context.get("bytes") or 0) if held.kind == limits.STORAGE else 0
        rule = f"{held.kind}/{held.limit.level}"
        counted = held.kind == limits.MESSAGES and q.context.get("counted")
        before = replace(held, used=max(held.used - 1, 0)) if counted else held
        if before.is_full(q.now, more):
            reason = limits.reason(q.subject.name, held, q.now, more)
            return _limit_refuses(reason, rule, "An Owner or Admin raises the limit.", "limits")
        passed = passed or _limit_passes(limits.passing(q.subject.name, held), rule)
    return passed
