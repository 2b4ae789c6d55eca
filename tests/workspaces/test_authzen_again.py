"""A question that is asked again in the same words is told what is so now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.actions import members
from orgs.keeping import Keeper
from orgs.models import Kind, Member
from orgs.subjects import raise_version_everywhere
from tests.workspaces.deciding import MANY, Platform, question, subject
from workspaces.decisions import answers

pytestmark = pytest.mark.django_db
MODEL = {"action": {"name": "model.use"}, "resource": {"type": "model", "id": "x"}}


@pytest.fixture
def platform(cast):
    return Platform(cast.acme)


def test_the_same_item_under_other_defaults_is_another_question(cast, platform):
    told = [
        platform.many(MODEL | {"subject": subject(who), "evaluations": [{}]})[0]["decision"]
        for who in (cast.mika, cast.sam, cast.mika)
    ]

    assert told == [True, False, True]


def test_an_item_that_was_answered_before_is_answered_anew_after_a_suspension(cast, platform):
    asked = {"evaluations": [question(who, "model.use", ("model", "x")) for who in (cast.mika, cast.adam)]}
    before = platform.many(asked)

    members.suspend(cast.olive, cast.mika, reason="race")

    assert [one["decision"] for one in before] == [True, True]
    assert [one["decision"] for one in platform.many(asked)] == [False, True]


def test_a_guest_is_told_no_once_their_day_is_over_though_they_were_told_yes(cast, platform, monkeypatch):
    Member.objects.filter(pk=cast.mika.pk).update(kind=Kind.GUEST, ends_at=timezone.now() + timedelta(hours=1))
    raise_version_everywhere(cast.mika.user_id)
    asked = {"evaluations": [question(cast.mika, "model.use", ("model", "x"))]}
    before = platform.many(asked)

    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("workspaces.api.timezone.now", lambda: later)

    after = platform.many(asked)
    assert before != after
    assert "ended" in after[0]["context"]["reason_admin"]["403"]


def test_what_is_answered_already_stands_among_what_is_not_in_the_order_of_the_questions(cast, platform):
    known = question(cast.sam, "model.use", ("model", "x"))
    platform.many({"evaluations": [known]})
    asked = [
        question(cast.mika, "model.use", ("model", "y")),
        {},
        known,
        question(cast.adam, "model.use", ("model", "x")),
    ]

    answer = platform.post(MANY, {"evaluations": asked, "options": {"evaluations_semantic": "permit_on_first_permit"}})
    told = platform.many({"evaluations": asked})

    assert len(answer.json()["evaluations"]) == 1
    assert [one["decision"] for one in told] == [True, False, False, True]
    assert "error" in told[1]["context"]


def test_one_question_too_many_takes_the_place_of_the_oldest_and_the_others_stay_answered(cast, platform, monkeypatch):
    monkeypatch.setattr(answers, "_told", {})
    monkeypatch.setattr(answers, "_kept", Keeper(2))

    for model in ("x", "y", "z"):
        platform.many({"evaluations": [question(cast.mika, "model.use", ("model", model))]})

    assert [b'"y"' in key[-1] or b'"z"' in key[-1] for key in answers._told] == [True, True]


def test_what_is_said_for_all_items_counts_with_each_so_that_what_is_kept_is_bounded_in_bytes(cast, platform):
    case = {"context": {"use_case": [f"{number:0200}" for number in range(10)]}}

    platform.many(MODEL | case | {"evaluations": [{"subject": subject(cast.mika)}]})
    platform.many(MODEL | {"evaluations": [{"subject": subject(cast.mika)}]})

    assert [len(key[-2]) < 1_000 for key in answers._told if key[0] == cast.acme.pk] == [True]
