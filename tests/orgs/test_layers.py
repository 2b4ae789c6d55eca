"""What holds for every layer: gates only refuse, grounds only allow, order says which reason comes first."""

import os
from functools import cache

import pytest
from django.conf import settings as steward
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from orgs.access import TABLE, Action, ask
from orgs.decision import Decision, Question, Step, Verdict, decide
from orgs.ids import Row
from orgs.layers import layer
from orgs.models import Member, Organization, Team
from tests.orgs.reference import may
from tests.orgs.worlds import NOW, context, questions, subject, target
from workspaces.models import Conversation, Mate, Room, SharedLink, Tool, Workspace
from workspaces.uses import Use

WORLDS = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
ALL = settings(WORLDS, max_examples=100_000 if os.environ.get("STEWARD_SOAK") == "1" else 1_200)
GATES = {"account", "membership", "tenant", "viewer", "guest", "rank", "plan", "training", "cost", "budget"}
GATES |= {"settings", "place", "quota", "model", "use_case", "rollout", "limit"}
GROUNDS = {"role", "lead", "key", "delegated", "in_charge", "visibility", "grant", "author"}
DEFAULT = Step("default", Verdict.REFUSES, "Nothing said.", "default/x")


@cache
def layers():
    return tuple(import_string(path) for path in steward.ACCESS_LAYERS)


def answer(question, order) -> Decision:
    """The answer by these layers in this order, all of them asked."""
    who, action, thing, gives, console = question
    asker, rule = subject(who), TABLE[Action(action)]
    asked = Question(asker, action, rule, target(thing), context(thing, gives, console), NOW)
    steps = [one(asked) for one in order if one.speaks_of(rule) and one.speaks_to(asker, rule)]
    return decide(tuple(step for step in steps if step is not None), DEFAULT)


def test_every_layer_of_the_settings_is_known_as_a_gate_or_a_ground():
    assert {one.__name__ for one in layers()} == GATES | GROUNDS
    assert len(layers()) == len(GATES | GROUNDS)


def engine(question, *, trace=False) -> Decision:
    who, action, thing, gives, console = question
    return ask(subject(who), action, target(thing), NOW, context(thing, gives, console), trace=trace)


def the_engine_agrees_with_the_second_writing(question, draw):
    got = engine(question)
    event("allowed" if got.allowed else f"refused by {got.deciding.layer}")
    assert got.allowed == may(*question), (got.reason, got.steps)


def the_order_of_the_layers_never_changes_the_answer(question, draw):
    order = draw(st.permutations(layers()))
    assert answer(question, layers()).allowed == answer(question, order).allowed


def another_gate_never_allows(question, draw):
    verdict, place = draw(st.sampled_from([Verdict.REFUSES, Verdict.PASSES, None])), draw(st.integers(0, len(layers())))
    step = None if verdict is None else Step("more", verdict, "A gate more.", "more/x")
    more = layer()(lambda q: step)
    with_it = answer(question, [*layers()[:place], more, *layers()[place:]])
    assert with_it.allowed <= answer(question, layers()).allowed


def a_ground_less_never_allows(question, draw):
    gone = draw(st.sampled_from(sorted(GROUNDS)))
    fewer = [one for one in layers() if one.__name__ != gone]
    assert answer(question, fewer).allowed <= answer(question, layers()).allowed


def an_explanation_holds_the_step_that_decided(question, draw):
    short, whole = (engine(question, trace=trace) for trace in (False, True))
    assert (short.allowed, short.deciding) == (whole.allowed, whole.deciding)
    assert short.deciding in short.steps
    assert whole.deciding in whole.steps
    assert set(short.steps) <= set(whole.steps)


PROPERTIES = (
    the_engine_agrees_with_the_second_writing,
    the_order_of_the_layers_never_changes_the_answer,
    another_gate_never_allows,
    a_ground_less_never_allows,
    an_explanation_holds_the_step_that_decided,
)


@pytest.mark.soak
@ALL
@given(questions(), st.data())
def test_in_every_world_all_of_it_holds(question, data):
    for holds in PROPERTIES:
        holds(question, data.draw)


@WORLDS
@given(questions())
def test_gates_never_grant_and_grounds_never_refuse(question):
    for step in answer(question, layers()).steps:
        if step.layer in GATES:
            assert step.verdict is not Verdict.GRANTS
        elif step.layer in GROUNDS:
            assert step.verdict is Verdict.GRANTS


@WORLDS
@given(questions(), st.sampled_from(sorted(GATES)))
def test_a_gate_less_never_refuses(question, gone):
    fewer = [one for one in layers() if one.__name__ != gone]

    assert answer(question, fewer).allowed >= answer(question, layers()).allowed


@WORLDS
@given(questions())
def test_the_engine_asks_no_other_layers_than_those_of_the_settings_in_their_order(question):
    got = engine(question, trace=True)

    assert [s for s in got.steps if s.layer != "default"] == [
        s for s in answer(question, layers()).steps if s.layer != "default"
    ]


class _Watched:
    """A target that notes what is read of it and passes for the row that it stands for."""

    def __init__(self, row):
        self._row, self._read = row, set()

    @property
    def __class__(self):
        return type(self._row)

    def __getattr__(self, name):
        value = getattr(self._row, name)
        self._read.add(name)
        return value


@WORLDS
@given(questions())
def test_layers_read_nothing_of_a_target_but_its_facts(question):
    who, action, thing, gives, console = question
    row = target(thing)
    if row is None:
        return
    seen, asker, rule = _Watched(row), subject(who), TABLE[Action(action)]
    asked = Question(asker, action, rule, seen, context(thing, gives, console), NOW)

    for one in layers():
        if one.speaks_of(rule) and one.speaks_to(asker, rule):
            one(asked)

    of_its_kind = {"LEVELS", "word", *(("held_at",) if type(row).held_at is Row.held_at else ())}
    assert seen._read <= {*_names(row.FACTS), *of_its_kind}


def _names(getter):
    """The names that an attrgetter reads."""
    return getter.__reduce__()[1]


def test_everything_that_can_be_asked_about_shows_its_facts():
    for kind in (Organization, Member, Team, Workspace, Room, Conversation, SharedLink, Mate, Tool, Use):
        assert {"id", "org_id"} <= set(_names(kind.FACTS))
