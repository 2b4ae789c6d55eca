"""The engine's whole answer to a question in sentences: every layer's word, the one that decided, what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import subjects
from orgs.access import ask
from orgs.decision import GRANTS, PASSES, REFUSES, Decision, Step, Verdict, to_themself
from orgs.models import Member
from orgs.queries import refusals
from workspaces.models import Room, Workspace
from workspaces.queries.access import changes
from workspaces.queries.access.questions import Question, about_words, sentence
from workspaces.queries.access.ways import Change

# What people call each layer.
LAYERS: Mapping[str, Any] = {
    "account": gettext_lazy("Account"),
    "membership": gettext_lazy("Membership"),
    "tenant": gettext_lazy("Other organizations"),
    "viewer": gettext_lazy("Viewers send nothing"),
    "guest": gettext_lazy("Guests"),
    "rank": gettext_lazy("Rank"),
    "role": gettext_lazy("Role"),
    "lead": gettext_lazy("Leading a team"),
    "key": gettext_lazy("Service key"),
    "delegated": gettext_lazy("Delegated permission"),
    "in_charge": gettext_lazy("Looking after an item"),
    "visibility": gettext_lazy("Visibility"),
    "grant": gettext_lazy("What they were given"),
    "author": gettext_lazy("Authorship"),
    "plan": gettext_lazy("Plan"),
    "training": gettext_lazy("Training"),
    "settings": gettext_lazy("Collaboration settings"),
    "place": gettext_lazy("Mate and place"),
    "quota": gettext_lazy("Limits of the workspace"),
    "model": gettext_lazy("Models of the policy"),
    "use_case": gettext_lazy("Use cases of the policy"),
    "rollout": gettext_lazy("Rollout"),
    "limit": gettext_lazy("Limits"),
    "budget": gettext_lazy("Budget"),
    "cost": gettext_lazy("Who sees cost"),
    "default": gettext_lazy("Role and grants"),
}
VERDICTS: Mapping[str, Any] = {
    Verdict.GRANTS: gettext_lazy("Allows"),
    Verdict.PASSES: gettext_lazy("Passes"),
    Verdict.REFUSES: gettext_lazy("Refuses"),
    "": gettext_lazy("Has nothing to say"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """One layer's word. `verdict` is grants, passes, refuses, or empty where it has nothing to say."""

    layer: str
    verdict: str
    verdict_label: str
    reason: str = ""
    rule: str = ""
    deciding: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`silent` are the layers that have nothing to say. `changes`: what would turn each refusal, all of them needed;
    where `final`, something refuses that nothing turns. `able` can change what the reader cannot. `request` is where
    the reader asks for it and `ask` what that is called, where the question is about themselves.
    """

    question: str
    about: tuple[str, ...]
    allowed: bool
    reason: str
    words: tuple[Word, ...]
    silent: tuple[str, ...]
    changes: tuple[Change, ...]
    final: bool
    able: tuple[Member, ...]
    request: str
    ask: str


def answer(actor: Member, question: Question) -> Answer:
    """The whole trace of a whole question, to be read by `actor`. At most 7 queries, and those that load a subject.

    Whom and what the reader may know of is said by whoever made the question.
    """
    (decision, steps, target), mine = decide(question), question.who == actor
    refused = [changes.change(actor, question, target, step) for step in steps if step.verdict is REFUSES]
    others = any(change is None or not change.yours for change in refused)
    return Answer(
        question=sentence(question, actor),
        about=tuple(about_words(question)),
        allowed=decision.allowed,
        reason=said(decision.reason, question.who, actor),
        words=tuple(_word(actor, question, decision, step) for step in steps),
        silent=_silent(steps),
        changes=tuple(change for change in refused if change is not None),
        final=None in refused,
        able=tuple(refusals.who_can(question.who, decision)) if others and not decision.allowed else (),
        ask=_("Ask for an exception") if decision.deciding.layer == "use_case" else _("Ask for it"),
        request=refusals.way_to_ask(actor, decision, _workspace_id(question)) if mine and not decision.allowed else "",
    )


def decide(question: Question) -> tuple[Decision, tuple[Step, ...], Any]:
    """The engine's decision, every layer's word, and what it was about. At most 3 queries beside the subject's.

    Where something refuses and nothing gives it either, both are told: turning the one alone would not help.
    """
    target, context = question.asked()
    subject = subjects.of(question.who)
    decision = ask(subject, question.action, target, timezone.now(), context, trace=True)
    default: Step = subject.asked[question.action].default
    given = any(step.verdict is GRANTS for step in decision.steps) or default in decision.steps
    return decision, decision.steps if given else (*decision.steps, default), target


def said(text: str, who: Member, reader: Member) -> str:
    """A reason about `who`, as `reader` reads it."""
    return to_themself(text, str(who)) if who == reader else text


def _word(actor: Member, question: Question, decision: Decision, step: Step) -> Word:
    return Word(
        layer=label(step.layer),
        verdict=step.verdict,
        verdict_label=str(VERDICTS[step.verdict]),
        reason=said(step.reason, question.who, actor),
        rule=step.rule,
        deciding=step is decision.deciding,
    )


def label(layer: str) -> str:
    """What people call a layer."""
    return str(LAYERS.get(layer) or layer.replace("_", " ").capitalize())


def _silent(steps: Sequence[Step]) -> tuple[str, ...]:
    """The layers without a word, in the order of settings; keys and other tenants are nothing that people have."""
    spoke = {step.layer for step in steps} | {"key", "tenant"}
    named = (path.rpartition(".")[2] for path in settings.ACCESS_LAYERS)
    return tuple(label(name) for name in named if name not in spoke)


def _workspace_id(question: Question) -> int:
    place = question.place.row if question.place else question.on.row if question.on else None
    place = getattr(place, "place", place)  # of a conversation, where it is
    return place.pk if isinstance(place, Workspace) else place.workspace_id if isinstance(place, Room) else 0


# ---------------------------------------------------------------- beside a colleague


@dataclass(frozen=True, slots=True)
class Row:
    """A layer that does not say the same about both."""

    layer: str
    one: Word
    other: Word


@dataclass(frozen=True, slots=True)
class Compared:
    """`other` is the colleague; `same` counts the layers that say the same about both."""

    one: Member
    other: Member
    allowed: bool
    other_allowed: bool
    rows: tuple[Row, ...]
    same: int


def compared(actor: Member, question: Question, other: Member) -> Compared:
    """Where the engine says something else of the same question about somebody else. At most 6 queries, and those that
    load two subjects."""
    (mine, said_here, _target), (theirs, said_there, _same) = decide(question), decide(beside(question, other))
    one, two = _by_layer(said_here), _by_layer(said_there)
    names = [step.layer for step in (*said_here, *said_there)]
    differ = [name for name in dict.fromkeys(names) if _kind(one.get(name)) != _kind(two.get(name))]
    rows = tuple(
        Row(
            label(name),
            _side(actor, question.who, one.get(name), mine.deciding),
            _side(actor, other, two.get(name), theirs.deciding),
        )
        for name in differ
    )
    layers = len(settings.ACCESS_LAYERS)
    return Compared(question.who, other, mine.allowed, theirs.allowed, rows, max(layers - len(rows), 0))


def beside(question: Question, other: Member) -> Question:
    """The same question about somebody else."""
    return replace(question, who=other, beside=None)


def _by_layer(steps: Sequence[Step]) -> dict[str, Step]:
    return {step.layer: step for step in steps}


def _kind(step: Step | None) -> tuple[str, str]:
    """What tells one word from another: two that allow are alike, whatever they say; two that refuse by their rule."""
    if step is None or step.verdict is PASSES:
        return "", ""
    return step.verdict, step.rule if step.verdict is REFUSES else ""


def _side(actor: Member, who: Member, step: Step | None, deciding: Step) -> Word:
    if step is None:
        return Word("", "", str(VERDICTS[""]))
    reason = said(step.reason, who, actor)
    return Word("", step.verdict, str(VERDICTS[step.verdict]), reason, deciding=step is deciding)
