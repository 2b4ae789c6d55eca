"""Past usage under another policy: the same gates as ever, asked about what was used already."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from orgs.access import TABLE, Action
from orgs.decision import REFUSES, Question, Step
from orgs.subjects import Subject
from policies import layers
from policies.facts import Facts

_GATES: tuple[Callable[[Question], Step | None], ...] = (layers.model, layers.use_case, layers.rollout)


def refusal(known: Facts, used: Mapping[str, str], now: datetime) -> str:
    """The rule by which policies and rollouts refuse somebody a `model` and a `use_case`; empty: none does."""
    named: dict[str, Any] = {name: value for name, value in used.items() if value}
    rule = TABLE[Action.MODEL_USE]
    question = Question(Subject("member", "", policies=known), Action.MODEL_USE, rule, None, named, now)
    for gate in _GATES:
        step = gate(question)
        if step is not None and step.verdict is REFUSES:
            return step.rule
    return ""
