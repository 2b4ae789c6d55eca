"""The gates of a stage: what must be true before the stage after it, and what pauses a rollout. Pure (product.md 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.templatetags.ui import number, percent
from policies.models import Stage

ANSWERS = 3  # a score of fewer is nobody's opinion: the gate waits for none, and none pauses a rollout


@dataclass(frozen=True, slots=True)
class Answers:
    """How many scores were given, and their mean."""

    count: int = 0
    mean: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate in words: what it asks for, and what is there, held against that. `failed`: it pauses the rollout."""

    label: str
    asked: str
    found: str
    met: bool
    failed: bool = False
    judged: bool = True  # there is enough to judge by


def gates_of(stage: Stage, answers: Answers, now: datetime) -> tuple[Gate, ...]:
    """The gates that a stage has, by what was measured of it. No query."""
    found = (_people(stage), _days(stage, now), _refusals(stage), _score(stage, answers))
    return tuple(gate for gate in found if gate is not None)


def all_met(gates: Sequence[Gate]) -> bool:
    return all(gate.met for gate in gates)


def _people(stage: Stage) -> Gate | None:
    if not stage.least_people:
        return None
    n = stage.least_people
    asked = ngettext("at least %(n)s person", "at least %(n)s people", n) % {"n": number(n)}
    there = {"there": number(stage.used_by), "n": number(n)}
    found = ngettext("%(there)s of %(n)s person", "%(there)s of %(n)s people", n) % there
    return Gate(_("Who used it"), asked, found, stage.used_by >= n)


def _days(stage: Stage, now: datetime) -> Gate | None:
    if not stage.least_days:
        return None
    n, gone = stage.least_days, (now - stage.begun_at) // timedelta(days=1) if stage.begun_at else 0
    asked = ngettext("at least %(n)s day", "at least %(n)s days", n) % {"n": number(n)}
    found = ngettext("%(there)s of %(n)s day", "%(there)s of %(n)s days", n) % {"there": number(gone), "n": number(n)}
    return Gate(_("Since the stage began"), asked, found, gone >= n)


def _refusals(stage: Stage) -> Gate | None:
    """Judged once as many people used it as the stage asks for: one refusal of one message says nothing."""
    if stage.highest_refusals is None:
        return None
    tried = stage.messages + stage.refusals
    share = stage.refusals / tried if tried else 0.0
    judged = tried > 0 and stage.used_by >= stage.least_people
    over = judged and share * 100 > stage.highest_refusals
    asked = _("at most %(share)s") % {"share": percent(stage.highest_refusals / 100)}
    counted = {"share": percent(share, 1), "refused": number(stage.refusals), "of": number(tried)}
    found = _("%(share)s (%(refused)s of %(of)s)") % counted if tried else _("nothing was sent yet")
    return Gate(_("Share of refusals"), asked, f"{found}, {asked}", not over, over, judged)


def _score(stage: Stage, answers: Answers) -> Gate | None:
    if stage.lowest_score is None:
        return None
    low = answers.count >= ANSWERS and answers.mean is not None and answers.mean < stage.lowest_score
    asked = _("at least %(score)s of 5") % {"score": number(stage.lowest_score, 1)}
    said = ngettext("%(n)s answer", "%(n)s answers", answers.count) % {"n": number(answers.count)}
    found = f"{number(answers.mean, 1)} ({said})" if answers.mean is not None else said
    return Gate(_("Feedback score"), asked, f"{found}, {asked}", not low, low, answers.count >= ANSWERS)
