"""Answers of mates: owed from the moment one is asked, got through a real gateway, counted once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import drain
from analytics.models import Event
from orgs import grants
from orgs.access import Denied, Refused
from orgs.actions import members
from policies.actions import limits
from policies.models import UseCaseException
from tests.cast import again
from tests.doors import console
from tests.governing import make_model
from tests.policies.publishing import APPROVE, BLOCK, put_in_force
from tests.talking import make_conversation, make_mate
from workspaces import tasks
from workspaces.conversations import answers, talking
from workspaces.models import Message, Workspace, WorkspaceMate

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=10)


@pytest.fixture
def scout(cast):
    mate = make_mate(cast.lena, "Scout", model="fast-iteration", instructions="Be brief.")
    WorkspaceMate.objects.create(workspace=cast.den, mate=mate)
    grants.give(cast.gus, "user", mate)
    return mate


def ask(cast, mate, text="What is it?"):
    talk = make_conversation(cast.lena, cast.den)
    talking.post(cast.gus, talk, text=text, mate=mate)
    return Message.objects.get(conversation=talk, author=None)


def answered(owed, later=timedelta()):
    answers.answer(owed.pk, now=timezone.now() + later)
    owed.refresh_from_db()
    return owed.state


def test_a_mate_answers_with_what_was_said_and_its_own_instructions(cast, model, scout):
    owed = ask(cast, scout)
    assert (owed.state, owed.mate_name, owed.asked_by) == ("owed", "Scout", cast.gus)

    assert answered(owed) == "said"

    assert owed.text == "Forty-two."
    asked = model.asked[0]
    assert (asked["path"], asked["model"], model.keys) == ("/v1/chat/completions", "fast-iteration", ["Bearer a key"])
    assert asked["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "user", "content": "What is it?"},
    ]


@pytest.mark.both
def test_an_answer_is_told_to_usage_once_with_tokens_and_cost(cast, model, scout):
    make_model(cast.acme, "fast-iteration", price_in_nanos=150_000_000, price_out_nanos=600_000_000)
    owed = ask(cast, scout)
    answered(owed)
    answered(owed, LATER)
    drain.run()

    event = Event.objects.get(kind="response")
    assert (event.id, event.model, event.tokens_in, event.tokens_out) == (
        f"response-{owed.pk}",
        "fast-iteration",
        1000,
        500,
    )
    assert event.cost_nanos == 450_000
    assert len(model.asked) == 1


@pytest.mark.both
def test_twice_at_work_changes_nothing(cast, model, scout):
    owed = ask(cast, scout)
    now = timezone.now()
    first = answers._claim(owed.pk, now)

    assert answers._claim(owed.pk, now) is None
    second = answers._claim(owed.pk, now + LATER)
    answers._write(second, "fast-iteration", answers.gateway.Answer("of the second", 1, 1))
    answers._write(first, "fast-iteration", answers.gateway.Answer("of the first", 1, 1))
    drain.run()

    owed.refresh_from_db()
    assert owed.text == "of the second"
    assert Event.objects.filter(kind="response").count() == 1


def test_who_was_too_slow_spoils_nothing_for_who_claimed_it_since(cast, model, scout):
    owed = ask(cast, scout)
    slow = answers._claim(owed.pk, timezone.now())
    second = answers._claim(owed.pk, timezone.now() + LATER)

    answers._leave(slow, "too slow", last=True)
    answers._write(second, "fast-iteration", answers.gateway.Answer("in time", 1, 1))

    owed.refresh_from_db()
    assert (owed.state, owed.text, owed.error) == ("said", "in time", "")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("500", "answered with the status 500"),
        ("401", "answered with the status 401"),
        ("garbage", "is no answer"),
        ("html", "is no answer"),
        ("empty", "is no answer"),
    ],
)
def test_what_is_no_answer_is_tried_three_times_and_then_shown_with_the_reason(cast, model, scout, how, why):
    model.answers = how
    owed = ask(cast, scout)

    states = [answered(owed, LATER * n) for n in range(4)]

    assert states == ["owed", "owed", "failed", "failed"]
    assert len(model.asked) == 3
    assert why in owed.error
    page = console(cast.gus).get(f"/o/acme/conversations/{owed.conversation_id}/").content.decode()
    assert why in page
    assert "Try again" in page


def test_a_model_that_does_not_answer_in_time_is_given_up_for_now(cast, model, scout, settings):
    settings.AI_TIMEOUT, model.answers = 1, "slow"
    owed = ask(cast, scout)

    assert answered(owed) == "owed"
    assert "did not answer within 1 seconds" in owed.error
    assert owed.due_at > timezone.now()


def test_a_gateway_that_is_not_there_is_said_so(cast, model, scout, settings):
    owed = ask(cast, scout)
    settings.AI_BASE_URL = "http://127.0.0.1:9/v1"

    answered(owed)

    assert "could not be reached" in owed.error


def test_somebody_suspended_meanwhile_gets_no_answer(cast, model, scout):
    owed = ask(cast, scout)
    members.suspend(cast.olive, cast.gus, reason="left")

    assert answered(owed) == "failed"
    assert "Gus is suspended" in owed.error
    assert model.asked == []


def test_a_mate_that_was_taken_out_meanwhile_answers_no_more(cast, model, scout):
    owed = ask(cast, scout)
    WorkspaceMate.objects.all().delete()

    assert answered(owed) == "failed"
    assert "was not added to this workspace" in owed.error


@pytest.mark.both
def test_the_last_message_that_a_workspace_allows_is_answered_and_asked_for_again(cast, model, scout):
    Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=1)
    model.answers = "500"
    owed = ask(cast, scout)
    assert [answered(owed, LATER * n) for n in range(3)][-1] == "failed"
    assert "status 500" in owed.error
    model.answers = "ok"

    answers.again(cast.gus, owed)

    assert answered(owed) == "said"
    with pytest.raises(Denied, match="1 of 1 messages today"):
        talking.post(cast.gus, owed.conversation, text="And?", mate=scout)


def test_the_last_message_that_somebodys_own_limit_allows_is_answered(cast, model, scout):
    limits.set_limits(cast.adam, limits.Target(cast.acme, "member", member=cast.gus), amounts={"messages_day": 1})
    owed = ask(cast, scout)
    drain.run()

    assert answered(owed) == "said"
    with pytest.raises(Denied, match="1 of 1 messages today"):
        talking.post(cast.gus, owed.conversation, text="And?", mate=scout)


@pytest.mark.parametrize("most", [0, 1])
def test_a_limit_that_was_lowered_meanwhile_refuses_what_is_beyond_it(cast, model, scout, most):
    talking.post(cast.gus, make_conversation(cast.lena, cast.den), text="Before")
    owed = ask(cast, scout)
    Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=most)

    assert (answered(owed), f"2 of {most} messages today" in owed.error) == ("failed", True)


def test_what_the_policy_came_to_block_meanwhile_is_not_answered_and_not_asked_for_again(cast, model, scout):
    owed = ask(cast, scout, text="What does Globex do?")
    put_in_force(cast.acme, "minimal", allowed_models={"general_staff": ["fast-iteration"]})

    assert (answered(owed), model.asked) == ("failed", [])
    assert BLOCK in owed.error
    with pytest.raises(Denied, match=BLOCK):
        answers.again(again(cast.gus), owed)


def test_an_exception_that_ended_meanwhile_counts_no_more(cast, model, scout):
    put_in_force(cast.acme, "minimal")
    now = timezone.now()
    UseCaseException.objects.create(
        org=cast.acme, member=cast.gus, use_case=APPROVE, reason="audit", approver_name="Olive", ends_at=now + LATER
    )
    owed = ask(cast, scout, text="the customer list")
    UseCaseException.objects.update(ends_at=now)
    put_in_force(cast.acme, "minimal")

    assert answered(owed) == "failed"
    assert "Gus has none" in owed.error


def test_an_answer_that_failed_is_asked_for_again_in_the_name_of_who_asks(cast, model, scout):
    model.answers = "500"
    owed = ask(cast, scout)
    for n in range(3):
        answered(owed, LATER * n)
    model.answers = "ok"

    again = console(cast.lena).post(f"/o/acme/messages/{owed.pk}/again/", hx=True)

    assert "Scout is answering" in again.content.decode()
    owed.refresh_from_db()
    assert (owed.state, owed.asked_by, owed.attempts) == ("owed", cast.lena, 0)
    assert answered(owed) == "said"


def test_who_may_not_use_the_mate_is_refused_and_nothing_is_said(cast, model, scout):
    grants.take(cast.gus, scout)
    talk = make_conversation(cast.lena, cast.den)

    with pytest.raises(Denied):
        talking.post(cast.gus, talk, text="Hello", mate=scout)
    assert Message.objects.filter(conversation=talk).count() == 1


def test_without_a_gateway_no_mate_answers_and_people_still_talk(cast, scout, settings):
    settings.AI_BASE_URL = ""
    talk = make_conversation(cast.lena, cast.den)
    browser, url = console(cast.gus), f"/o/acme/conversations/{talk.pk}/"

    page = browser.get(url).content.decode()
    assert "no gateway is set up for mates" in page
    assert 'name="mate"' not in page
    assert browser.post(f"{url}messages/", {"text": "To people"}).status_code == 303
    assert browser.post(f"{url}messages/", {"text": "To Scout", "mate": scout.pk}).status_code == 409
    with pytest.raises(Refused, match="no gateway"):
        talking.post(cast.gus, talk, text="To Scout", mate=scout)


def test_a_message_to_a_mate_starts_the_task_and_what_was_lost_is_asked_for_again(
    cast, model, scout, django_capture_on_commit_callbacks
):
    talk = make_conversation(cast.lena, cast.den)
    with django_capture_on_commit_callbacks() as after:
        console(cast.gus).post(
            f"/o/acme/conversations/{talk.pk}/messages/", {"text": "Well?", "mate": scout.pk, "since": ""}
        )
    owed = Message.objects.get(conversation=talk, author=None)

    assert any(getattr(call, "args", ()) == (tasks.answer, owed.pk) for call in after)
    assert answers.due(timezone.now()) == [owed.pk]
    assert tasks.answer(owed.pk) is True
    assert answers.due(timezone.now() + LATER) == []


def test_a_mate_of_no_name_that_one_may_know_is_422(cast, model, scout):
    talk = make_conversation(cast.lena, cast.den)
    secret = make_mate(cast.olive, "Secret")

    for mate in (secret.pk, 12345):
        answer = console(cast.gus).post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": "x", "mate": mate})
        assert answer.status_code == 422
        assert "Secret" not in answer.content.decode()
