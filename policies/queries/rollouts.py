"""What the pages of rollouts show: the list, one rollout with its stages, and whom a question is put to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.ids import written
from orgs.models import Member
from orgs.queries import pages
from orgs.templatetags.ui import day
from policies.models import Feedback, Reached, Rollout, Stage
from policies.queries.rollouts_opened import Opened, opened
from policies.queries.rollouts_plans import audiences, nobody_new
from policies.rollouts import gates, reaching, using
from policies.rollouts.audiences import everybody, named, to_reach
from policies.rollouts.choices import chosen
from policies.rollouts.stages import Audience

TONES = {"draft": "grey", "running": "blue", "paused": "orange", "finished": "green", "discarded": "grey"}
SAID = 20  # sentences that are shown
NAMED = 5


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    kind: str
    label: str
    state: str
    tone: str
    begun: int
    stages: int
    reached: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    total: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage. `reached`: whom it reached; `names`: how many it names of whom no stage reached or names before it."""

    position: int
    name: str
    who: str
    starts: str
    begun_at: datetime | None
    measured_at: datetime | None
    current: bool
    next: bool
    last: bool
    reached: int
    names: int
    people: tuple[str, ...]
    warning: str
    gates: tuple[gates.Gate, ...]

    @property
    def is_held_up(self) -> bool:
        return not gates.all_met(self.gates)

    @property
    def more(self) -> int:
        """How many people there are beside those who are named."""
        return (self.reached if self.begun_at else self.names) - len(self.people)


@dataclass(frozen=True, slots=True)
class Deed:
    """What may be done now. `foremost`: what comes next; `takes`: somebody loses by it; the others are `at_hand`, or in
    the menu."""

    name: str
    label: str
    foremost: bool = False
    at_hand: bool = False
    takes: bool = False


@dataclass(frozen=True, slots=True)
class One:
    id: int
    name: str
    kind: str
    label: str
    state: str
    state_label: str
    tone: str
    owner: str
    started_at: datetime | None
    pause_reason: str
    stages: tuple[StageShown, ...]
    reached: int
    opens: str  # how many of them may use it, where something else refuses it
    way: str  # to the cell of the grid that does; empty: no policy does
    people: int
    answers: gates.Answers
    sentences: tuple[tuple[int, str, str, datetime], ...]
    deeds: tuple[Deed, ...]
    editable: bool


def listing(actor: Member, *, after: str = "", before: str = "") -> Listing:
    """The organization's rollouts, the latest first. 4 queries at any number."""
    found = Rollout.objects.visible_to(actor)
    total, _more = pages.count(found)
    edge = found.filter(pk=written(before or after)).values_list("created_at", "pk").first()
    counted = found.annotate(people=Count("reached", distinct=True)).prefetch_related("stages")
    stretch = pages.Stretch(counted, ("created_at", "id"), edge or ())
    backwards = bool(before and edge)
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    shown = tuple(_row(rollout) for rollout in rows)
    return Listing(shown, total, str(rows[0].pk) if earlier else "", str(rows[-1].pk) if later else "")


def _row(rollout: Any) -> Row:
    stages = rollout.stages.all()
    begun = sum(stage.begun_at is not None for stage in stages)
    return Row(
        id=rollout.pk,
        name=rollout.name,
        kind=str(rollout.get_kind_display()),
        label=rollout.label,
        state=str(Rollout.State(rollout.state).label),
        tone=TONES[rollout.state],
        begun=begun,
        stages=len(stages),
        reached=rollout.people,
        created_at=rollout.created_at,
    )


def one(rollout: Rollout, now: datetime) -> One:
    """A rollout with its stages, gates and answers.

    10 queries, 4 a stage at most, and those of `opened`.
    """
    stages = reaching.stages_of(rollout)
    current, following = reaching.last_begun(stages), reaching.to_come(stages)
    counts = dict(Reached.objects.filter(rollout=rollout).values_list("position").annotate(n=Count("pk")))
    labels = {word: str(label) for _group, choices in audiences(rollout.org) for word, label in choices}
    answers = reaching.answers_since(rollout, None)
    judged = reaching.answers_since(rollout, current.judged_from) if current else answers
    said = Feedback.objects.filter(rollout=rollout).exclude(score=None).exclude(sentence="")
    sentences = said.select_related("member__user").order_by("-at")[:SAID]
    shown: list[StageShown] = []
    before: list[QuerySet[Any]] = []
    for stage in stages:
        people, names = _named_by(rollout, stage, before)
        before.append(named(rollout.org, Audience.of(stage.audience)).values("pk"))
        shown.append(
            StageShown(
                position=stage.position,
                name=stage.name,
                who=who(stage.audience, labels),
                starts=_("Begins on %(day)s") % {"day": day(stage.starts_at)} if stage.starts_at else _("By hand"),
                begun_at=stage.begun_at,
                measured_at=stage.measured_at,
                current=stage == current and rollout.goes_on,
                next=stage == following and rollout.goes_on,
                last=stage == stages[-1],
                reached=counts.get(stage.position, 0),
                names=names,
                people=people,
                warning="" if names or stage.begun_at else nobody_new(stage),
                gates=gates.gates_of(stage, judged if stage == current else gates.Answers(), now),
            )
        )
    opens = _opens(rollout, now)
    return One(
        id=rollout.pk,
        name=rollout.name,
        kind=str(rollout.get_kind_display()),
        label=rollout.label,
        state=rollout.state,
        state_label=str(Rollout.State(rollout.state).label),
        tone=TONES[rollout.state],
        owner=str(rollout.owner or ""),
        started_at=rollout.started_at,
        pause_reason=rollout.pause_reason,
        stages=tuple(shown),
        reached=sum(counts.values()),
        opens=opens.sentence(rollout) if opens else "",
        way=opens.way(rollout) if opens else "",
        people=everybody(rollout).count(),
        answers=answers,
        sentences=tuple((f.score or 0, f.sentence, str(f.member), f.at) for f in sentences),
        deeds=deeds(rollout, current, following, held_up=any(one.current and one.is_held_up for one in shown)),
        editable=not rollout.is_over and (following is not None or not stages),
    )


def _opens(rollout: Rollout, now: datetime) -> Opened | None:
    """What the other rules leave to whom a rollout that goes on has reached."""
    mine = Reached.objects.filter(rollout=rollout).values("member_id")
    reached = Member.objects.filter(pk__in=mine).holding_a_seat()
    return opened(rollout, reached, now) if rollout.goes_on else None


def deeds(rollout: Rollout, current: Stage | None, following: Stage | None, *, held_up: bool) -> tuple[Deed, ...]:
    """What may be done with a rollout as it stands. `held_up`: gates before the next stage are not met. No query."""
    back = [Deed("back", _("Take the last stage back"), takes=True)] if current else []
    finish, discard = Deed("finish", _("Finish")), Deed("discard", _("Discard"), takes=True)
    match rollout.state:
        case Rollout.State.DRAFT:
            return (Deed("start", _("Start"), foremost=True, at_hand=True), discard)
        case Rollout.State.PAUSED:
            return (Deed("resume", _("Resume"), foremost=True, at_hand=True), finish, *back, discard)
        case Rollout.State.RUNNING:
            pause = Deed("pause", _("Pause"), at_hand=True)
            if following is None:
                return (replace(finish, foremost=True, at_hand=True), pause, *back, discard)
            forward = Deed("advance", _("Begin the next stage"), foremost=not held_up, at_hand=True)
            return (forward, pause, finish, *back, discard)
    return ()


def is_held_up(rollout: Rollout, now: datetime) -> bool:
    """Whether gates before the next stage are not met. 2 queries."""
    return bool(reaching.not_met(rollout, reaching.stages_of(rollout), now))


def who(rule: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """An audience in words; what is no longer there is left out."""
    return ", ".join(labels[word] for word in chosen(rule) if word in labels) or _("Nobody")


def _named_by(rollout: Rollout, stage: Stage, before: Sequence[QuerySet[Any]]) -> tuple[tuple[str, ...], int]:
    """The first of whom a stage reached, or of whom it would reach, by name; and how many the latter are.

    `before`: whom the stages before it name, who are reached by those. At most 4 queries.
    """
    mine = Reached.objects.filter(rollout=rollout)
    if stage.begun_at is not None:
        rows = mine.filter(position=stage.position).select_related("member__user").order_by("member__listed_as")
        return tuple(str(row.member) for row in rows[:NAMED]), 0
    found = to_reach(rollout, stage)
    for earlier in before:
        found = found.exclude(pk__in=earlier)
    names = found.select_related("user").order_by("listed_as", "pk")[:NAMED]
    return tuple(str(member) for member in names), found.count()


def questions(member: Member, now: datetime) -> list[Rollout]:
    """The rollout that reached `member` first of those that go on, wait for an answer, and that they know by now.

    They are asked one at a time. 4 queries for each that waits, one where none does, none where nothing is rolled out.
    """
    facts = subjects.of(member).policies
    if facts is None or not (facts.rollouts or facts.newer):
        return []
    said = Feedback.objects.filter(rollout=OuterRef("pk"), member=member)
    mine = Reached.objects.filter(rollout=OuterRef("pk"), member=member)
    found = Rollout.objects.filter(org_id=member.org_id).going_on().filter(Exists(mine), ~Exists(said))
    waiting = found.select_related("org").order_by("started_at")[:NAMED]
    return list(islice((rollout for rollout in waiting if using.knows(member, rollout, now)), 1))
