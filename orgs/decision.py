"""What the engine answers with: pure values, known by everybody, knowing nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Verdict(StrEnum):
    """What a layer says. Grounds grant; gates pass or refuse (product.md 5)."""

    GRANTS = "grants"
    PASSES = "passes"
    REFUSES = "refuses"


GRANTS, PASSES, REFUSES = Verdict


@dataclass(frozen=True, slots=True)
class Fix:
    """The smallest change that would turn a refusal, and the page where it is made (empty: nobody's to make)."""

    text: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One layer's word on a question. `rule` is stable, for logs and tests: `plan/essential/file_uploads`."""

    layer: str
    verdict: Verdict
    reason: str
    rule: str
    fix: Fix | None = None


# Named tuples: made at every question, and twice as fast to make as a frozen dataclass.
class Question(NamedTuple):
    """May `subject` do `action` to `target`? `rule` is the action's row of the table, `now` the clock once read."""

    subject: Any
    action: str
    rule: Any
    target: Any
    context: Mapping[str, Any]
    now: Any


class Decision(NamedTuple):
    """Yes or no with the ordered trace; `deciding` is the first refusal, else the first grant, else the default."""

    allowed: bool
    deciding: Step
    steps: tuple[Step, ...] = ()

    @property
    def reason(self) -> str:
        return self.deciding.reason

    def __bool__(self) -> bool:
        return self.allowed


# How a reason about somebody begins, and how it begins when they read it themselves.
_OPENINGS = (
    ("Neither a role nor a grant lets {} ", "Nothing lets you "),
    ("{} is ", "You are "),
    ("{} was ", "You were "),
    ("{} leads ", "You lead "),
    ("{} looks after ", "You look after "),
    ("{} has not passed ", "You have not passed "),
    ("{} has sent ", "You have sent "),
    ("{} has spent ", "You have spent "),
    ("{} keeps ", "You keep "),
    ("{} would keep ", "You would keep "),
    ("{}'s ", "Your "),
)
_INSIDE = (
    (" and {} has none.", " and you have none."),
    ("You are a guest and was ", "You are a guest and were "),
    (", where {} belongs.", ", where you belong."),
    (" has not reached {} yet.", " has not reached you yet."),
    ("” reaches them; ", "” reaches you; "),
)
_FIXES = {
    "Read and confirm the module.": "Read and confirm it under your first days.",
    "Make them a User.": "An Owner or Admin can make you a User.",
    "Give them a plan that does.": "An Owner or Admin can give you a plan that does.",
    "An Owner or Admin raises the limit.": "An Owner or Admin can raise your limit.",
    "An Owner or Admin reactivates them.": "An Owner or Admin can reactivate you.",
}


def to_themself(text: str, name: str) -> str:
    """A reason or a fix about `name`, as it is said to that very person."""
    if text in _FIXES:
        return _FIXES[text]
    for about, to in _OPENINGS:
        opening = about.format(name)
        if text.startswith(opening):
            text = to + text.removeprefix(opening)
            break
    for about, to in _INSIDE:
        text = text.replace(about.format(name), to)
    return text


def decide(steps: tuple[Step, ...], default: Step) -> Decision:
    """The answer to a question whose layers said `steps`: yes when no gate refuses and at least one ground grants."""
    granted = None
    for step in steps:
        if step.verdict is REFUSES:
            return Decision(False, step, steps)
        if granted is None and step.verdict is GRANTS:
            granted = step
    if granted is None:
        return Decision(False, default, (*steps, default))
    return Decision(True, granted, steps)
