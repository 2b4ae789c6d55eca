"""What the engine knows of who asks: loaded in a fixed number of queries, kept while it is true and no longer."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import subjects
from orgs.access import Action, Denied, ask, asking, check, uses
from orgs.actions import keys, members, organizations, teams
from orgs.actors import Directory, Support
from orgs.keeping import Keeper
from orgs.models import Feature, FeatureOverride
from tests.cast import again, make_key, make_member, make_user, make_workspace

NOW = timezone.now()


def queries_of(ask):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask()
    return len(captured)


# ---------------------------------------------------------------- cost


def test_a_subject_is_loaded_in_the_same_number_of_queries_however_much_it_holds(cast):
    few, many = again(cast.vera), again(cast.olive)
    for number in range(12):
        make_workspace(cast.olive, f"Room {number}")
        FeatureOverride.objects.get_or_create(
            org=cast.acme, plan="expert", feature=Feature.values[number % 7], defaults={"enabled": True}
        )

    subjects.compile_member(few)  # what holds for the whole organization is known from here on

    costs = {queries_of(lambda who=who: subjects.compile_member(who)) for who in (few, many)}

    assert len(costs) == 1
    assert costs.pop() <= 8


def test_a_check_asks_nothing_of_the_database_once_its_subject_is_loaded(cast):
    mika, targets = again(cast.mika), [None, cast.acme, cast.lena, cast.lab, cast.den, cast.search]
    check(mika, Action.CONSOLE_OPEN)

    cost = queries_of(lambda: [check(mika, action, target, trace=True) for action in Action for target in targets])

    assert cost == 0


def test_the_subjects_that_a_process_keeps_are_bounded(cast, monkeypatch):
    monkeypatch.setattr(subjects, "_LIMIT", 3)
    subjects._compiled.clear()

    for member in (cast.olive, cast.adam, cast.lena, cast.mika, cast.vera):
        check(again(member), Action.CONSOLE_OPEN)

    assert len(subjects._compiled) <= 3


def test_the_answers_that_a_process_keeps_are_bounded_and_the_oldest_goes_first(cast, monkeypatch):
    monkeypatch.setattr(asking, "_kept", Keeper(3))
    lena, mika = (subjects.compile_member(again(who)) for who in (cast.lena, cast.mika))

    for who, models in ((lena, "abc"), (mika, "deab")):
        for model in models:
            ask(who, Action.MODEL_USE, cast.acme, NOW, {"model": model})

    assert not lena.asked[Action.MODEL_USE].answers
    assert [said[-1][-1] for said in mika.asked[Action.MODEL_USE].answers] == ["e", "a", "b"]


@pytest.mark.parametrize("said", [{"bytes": 7}, {"bytes": 0}, {"model": "x" * 600}, {"use_case": ("games",) * 100}])
def test_what_hardly_comes_twice_is_not_kept(cast, said):
    mika = subjects.compile_member(again(cast.mika))

    answers = [ask(mika, Action.MODEL_USE, cast.acme, NOW, context) for context in (said, {"model": "x"})]

    assert [answer.allowed for answer in answers] == [True, True]
    assert len(mika.asked[Action.MODEL_USE].answers) == 1


# ---------------------------------------------------------------- freshness


def test_C02_a_demotion_is_known_at_the_next_question_wherever_it_was_kept(cast):
    assert check(again(cast.adam), Action.MEMBER_LIST, cast.acme).allowed

    members.set_role(cast.olive, cast.adam, role="viewer")

    assert not check(again(cast.adam), Action.MEMBER_LIST, cast.acme).allowed


def test_C02_C01_suspension_turns_every_answer_at_once_and_reactivation_turns_them_back(cast):
    asked = [(action, target) for action in Action for target in (None, cast.acme, cast.mika, cast.den)]
    before = [check(again(cast.lena), action, target) for action, target in asked]

    members.suspend(cast.adam, cast.lena, reason="away")
    meanwhile = [check(again(cast.lena), action, target).allowed for action, target in asked]
    members.reactivate(cast.adam, cast.lena)
    after = [check(again(cast.lena), action, target) for action, target in asked]

    assert not any(meanwhile)
    assert after == before
    assert any(decision.allowed for decision in before)


def test_C02_every_change_of_access_is_known_at_the_next_question(cast):
    def knows(question, deed):
        first = question()
        deed()
        assert question() != first

    def sends():
        return check(again(cast.mika), Action.MESSAGE_SEND).allowed

    def leads():
        return check(again(cast.mika), Action.MEMBER_VIEW, cast.vera).allowed

    def opens():
        return check(again(cast.vera), Action.CONSOLE_OPEN, door="console").allowed

    def sees_cost():
        return check(again(cast.adam), Action.USAGE_COST, cast.acme).allowed

    knows(
        lambda: uses(subjects.of(again(cast.mika)), "create_mates", timezone.now()).allowed,
        lambda: members.set_plan(cast.olive, cast.mika, plan="expert"),
    )
    knows(leads, lambda: teams.give_lead(cast.adam, cast.ranking, cast.mika))
    knows(leads, lambda: teams.take_lead(cast.adam, cast.ranking, cast.mika))
    knows(sees_cost, lambda: organizations.edit(cast.olive, cast.acme, changes={"cost_visible_to": "admins"}))
    knows(opens, lambda: organizations.require_second_factor(cast.support, cast.acme, starts_at=timezone.now()))
    knows(sends, lambda: organizations.suspend(cast.support, cast.acme, reason="unpaid"))
    knows(sends, lambda: organizations.reopen(cast.support, cast.acme))
    knows(sends, lambda: members.remove(cast.olive, cast.mika, reason="left"))
    knows(sends, lambda: members.restore(cast.olive, cast.mika, fresh=False))


def test_C03_answers_of_one_organization_are_never_those_of_another(cast):
    mika_elsewhere = make_member(cast.umbrella, "Mika", role="owner", user=cast.mika.user)

    for _ in range(3):
        assert check(again(mika_elsewhere), Action.AUDIT_VIEW, cast.umbrella).allowed
        assert not check(again(cast.mika), Action.AUDIT_VIEW, cast.acme).allowed
        assert not check(again(mika_elsewhere), Action.AUDIT_VIEW, cast.acme).allowed
        assert not check(again(cast.mika), Action.AUDIT_VIEW, cast.umbrella).allowed


def test_A01_an_owner_has_no_say_over_anything_of_another_organization(cast):
    things = [cast.acme, cast.olive, cast.mika, cast.search, cast.research, cast.lab, cast.den]
    key, _ = make_key(cast.umbrella)
    directory = Directory(cast.umbrella, "Umbrella's directory")

    for actor in (again(cast.eve), key, directory):
        allowed = [(action, thing) for action in Action for thing in things if check(actor, action, thing).allowed]
        assert allowed == []


# ---------------------------------------------------------------- the clock


def test_a_guest_is_out_on_the_day_that_was_set_without_anybody_doing_anything(cast):
    gus = again(cast.gus)
    last = gus.ends_at - timedelta(microseconds=1)

    assert check(gus, Action.WORKSPACE_VIEW, cast.den, now=last).allowed
    assert not check(gus, Action.WORKSPACE_VIEW, cast.den, now=gus.ends_at).allowed
    assert check(gus, Action.WORKSPACE_VIEW, cast.den, now=last).allowed


def test_a_guest_reaches_the_workspaces_they_were_named_for_and_no_public_one(cast):
    gus = again(cast.gus)

    assert check(gus, Action.WORKSPACE_VIEW, cast.den).allowed
    assert "not named" in check(gus, Action.WORKSPACE_VIEW, cast.lab).reason
    assert "Guests do not join" in check(gus, Action.WORKSPACE_JOIN, cast.lab).reason


def test_a_second_factor_is_asked_for_in_the_console_from_its_day_on(cast):
    soon = timezone.now() + timedelta(days=2)
    organizations.require_second_factor(cast.olive, cast.acme, starts_at=soon)
    mika = again(cast.mika)

    assert check(mika, Action.CONSOLE_OPEN, door="console").allowed
    assert check(mika, Action.CONSOLE_OPEN, door="console", now=soon).deciding.rule == "account/second_factor"
    assert check(mika, Action.CONSOLE_OPEN, now=soon).allowed
    assert check(mika, Action.MESSAGE_SEND, now=soon).allowed


# ---------------------------------------------------------------- other actors


def test_a_key_may_what_its_scopes_say_and_nothing_more(cast):
    for scope, actions in {
        "events:write": {Action.EVENTS_WRITE},
        "decisions:read": {Action.DECISIONS_READ},
        "usage:read": {Action.USAGE_VIEW, Action.USAGE_COST},
    }.items():
        key, _ = make_key(cast.acme, scope)
        assert {action for action in Action if check(key, action, cast.acme).allowed} == actions


def test_a_revoked_or_ended_key_may_nothing(cast):
    now = timezone.now()
    ended, _ = make_key(cast.acme, name="ended", ends_at=now)
    revoked, _ = make_key(cast.acme, name="revoked")
    keys.revoke(cast.olive, revoked)

    for key in (ended, revoked):
        assert not [action for action in Action if check(key, action, cast.acme).allowed]


def test_a_directory_provisions_people_and_changes_nothing_else(cast):
    directory = Directory(cast.acme, "Acme's directory")

    allowed = {action for action in Action if check(directory, action, cast.mika).allowed}

    assert allowed == {
        *(Action.MEMBER_INVITE, Action.MEMBER_JOIN, Action.MEMBER_ROLE, Action.MEMBER_PLAN, Action.MEMBER_SUSPEND),
        *(Action.MEMBER_REACTIVATE, Action.MEMBER_REMOVE, Action.MEMBER_RESTORE, Action.MEMBER_PLACE),
    }


def test_C10_support_staff_whose_account_is_closed_or_no_longer_staff_may_nothing(cast):
    for fields in ({"is_active": False}, {"is_staff": False}):
        person = make_user(f"{next(iter(fields))}@steward.example", **{"is_staff": True} | fields)
        assert not [a for a in Action if check(Support(person, "asked by mail"), a, cast.acme).allowed]


def test_support_staff_read_and_act_and_take_no_part():
    """Messages, files and models are for members alone, whoever looks after them."""
    someone = subjects.Subject(kind="support", name="Hal")

    for action in (Action.MESSAGE_SEND, Action.FILE_UPLOAD, Action.MODEL_USE, Action.WORKSPACE_JOIN):
        assert not ask(someone, action, None, timezone.now(), {}).allowed


def test_C10_a_closed_account_and_an_unverified_address_are_refused_everything(cast):
    closed = make_member(cast.acme, "Carla", role="owner")
    closed.user.is_active = False
    closed.user.save(update_fields=["is_active"])
    unproven = make_member(cast.acme, "Uma", role="owner")
    apps.get_model("account", "EmailAddress").objects.filter(user=unproven.user).update(verified=False)

    for member in (closed, unproven):
        allowed = [action for action in Action if check(again(member), action, cast.acme).allowed]
        assert allowed == []


def test_a_refusal_carries_its_decision(cast):
    with pytest.raises(Denied) as refusal:
        members.suspend(cast.adam, cast.olive, reason="because")

    assert refusal.value.decision.deciding.rule == "rank/admin/owner"
    assert str(refusal.value) == refusal.value.decision.reason
