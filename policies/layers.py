"""The layers of policies: gates alone, pure. A policy that was never published refuses nothing (product.md 4)."""

from functools import lru_cache

from orgs.decision import PASSES, REFUSES, Question, Step
from orgs.layers import layer, said
from policies.facts import Applied, Facts

_model_passes, _model_refuses = said("model", PASSES), said("model", REFUSES)
_case_passes, _case_refuses = said("use_case", PASSES), said("use_case", REFUSES)


@layer(lambda rule: rule.spends, lambda who, rule: who.policies is not None)
def model(q: Question) -> Step | None:
    """Gate: the policy names the model for one of the member's groups; their department's, if it has one, as well.

    The model is the one that the question names, else the one of the mate it is about.
    """
    asked, facts = _model_of(q), q.subject.policies
    if not asked or not facts.policies:
        return None
    name = facts.catalogue.names.get(asked)
    if name in facts.catalogue.retired:
        return _model_refuses(
            f"{name} is retired.", f"retired/{name}", "Choose a model that is available.", "catalogue"
        )
    for applied in facts.policies:
        if (name or asked) not in applied.models and (name is not None or not applied.policy.unknown_models):
            return _lacks(q.subject.name, name or asked, applied.groups, applied.department, name is not None)
    return _has(name or asked, facts.policies[-1].groups)


def _model_of(q: Question) -> str:
    return str(q.context.get("model") or getattr(q.target, "model", ""))


@lru_cache(maxsize=4096)
def _lacks(who: str, name: str, groups: tuple[str, ...], department: str, known: bool) -> Step:
    whose = f"The policy of {department}" if department else "The policy"
    if not known:
        reason = f"{name} is not in the model catalogue, and the policy allows no unknown models."
        return _model_refuses(reason, f"unknown/{name}", "An Owner or Admin adds it to the catalogue.", "catalogue")
    reason = f"{whose} does not allow {name} to {_listed(groups)}, where {who} belongs."
    fix = f"An Owner or Admin allows {name} to {_listed(groups)} and publishes the policy."
    return _model_refuses(reason, f"{'+'.join(groups)}/{name}", fix, "policy")


@lru_cache(maxsize=4096)
def _has(name: str, groups: tuple[str, ...]) -> Step:
    return _model_passes(f"The policy allows {name} to {_listed(groups)}.", f"{'+'.join(groups)}/{name}")


def _listed(groups: tuple[str, ...]) -> str:
    return " and ".join(groups)


@layer(lambda rule: rule.spends, lambda who, rule: who.policies is not None, lasting=False)
def use_case(q: Question) -> Step | None:
    """Gate: a use that the policy blocks, and one that needs an exception which the member does not have.

    `use_case` of the context names one, or several as a tuple.
    """
    named = q.context.get("use_case") or ()
    found = None
    for id_ in (named,) if isinstance(named, str) else named:
        for applied in q.subject.policies.policies:
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
    if case.effect == "approve" and any(use == id_ and end > q.now for use, _, end in facts.exceptions):
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
