"""The engine against a second writing of product.md, over every role and over random worlds."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from orgs.access import TABLE, Action, ask
from orgs.models import DEFAULT_MATRIX, Plan, Role
from tests.orgs.questions import Thing, Who
from tests.orgs.reference import may
from tests.orgs.worlds import NOW, context, fitting, questions, subject, target

FEW = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def answer(who, action, thing, gives="", console=False, trace=False):
    return ask(subject(who), action, target(thing), NOW, context(thing, gives, console), trace=trace)


@pytest.mark.parametrize("role", Role.values)
def test_every_role_may_exactly_what_the_product_says_on_every_plan_to_everybody(role):
    things = {
        "": [Thing()],
        "organization": [Thing("organization")],
        "team": [Thing("team", team="search")],
        "workspace": [Thing("workspace", name="lab", public=public) for public in (True, False)],
        "room": [Thing("room", name="lab", public=True, narrowed=narrowed) for narrowed in (True, False)],
        "conversation": [Thing("conversation", name=name, public=True, mine=True) for name in ("lab", "")],
        "link": [Thing("link", name="lab", mine=mine) for mine in (True, False)],
        "mate": [Thing("mate", everyone=everyone) for everyone in (0, 1, 2)],
        "tool": [Thing("tool", everyone=everyone) for everyone in (0, 1, 2)],
        "use": [Thing("use", name="lab", public=True, everyone=everyone) for everyone in (0, 1, 2)],
        "item": [Thing("item", in_charge=mine) for mine in (True, False)],
        "member": [Thing("member", role=role, own=True), *(Thing("member", role=other) for other in Role.values)],
    }
    for plan, action in product(Plan.values, Action):
        for kind in fitting(action):
            for thing, gives in product(things[kind], ["", *Role.values]):
                if gives and action not in ("member.role", "member.invite"):
                    continue
                who = Who(role=role, features=DEFAULT_MATRIX[plan])
                got = answer(who, action, thing, gives)
                assert got.allowed == may(who, action, thing, gives), (plan, action, thing, gives, got.reason)


@FEW
@given(questions())
def test_an_answer_that_is_kept_is_the_answer_that_was_worked_out(question):
    who, action, thing, gives, console = question
    asker = subject(who)

    first, again = (ask(asker, action, target(thing), NOW, context(thing, gives, console)) for _ in range(2))
    anew = ask(subject(who), action, target(thing), NOW, context(thing, gives, console))

    assert first == again == anew


@FEW
@given(questions())
def test_every_refusal_and_every_grant_says_why_in_words(question):
    who, action, thing, gives, console = question

    got = answer(who, action, thing, gives, console, trace=True)

    for step in got.steps:
        assert step.reason.endswith(".")
        assert step.reason[0].isupper()
        assert step.rule.startswith(f"{step.layer}/")
    assert got.reason == got.deciding.reason


def test_an_unknown_action_is_no_question():
    with pytest.raises(ValueError, match="not a valid Action"):
        ask(subject(Who(role="owner")), "member.promote", None, NOW, {})


def test_nothing_said_is_no():
    got = answer(Who(role="user", features=frozenset()), Action.AUDIT_VIEW, Thing("organization"))

    assert not got
    assert got.deciding.layer == "default"
    assert (
        got.reason == f"Neither a role nor a grant lets Mika {TABLE[Action.AUDIT_VIEW].meaning}. Owners and Admins may."
    )
