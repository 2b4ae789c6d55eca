"""Steward's own conversations go the same way: what the policy blocks is never said, what it flags is flagged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import drain
from analytics.models import Event, InboxBatch
from orgs import grants
from orgs.access import Denied
from orgs.audit import raise_version
from orgs.models import Member, Organization
from policies.actions.rollouts import Thing
from policies.models import FlaggedMessage, HeardConversation, KeptMessage, Limit, UseCaseException
from tests.cast import again
from tests.doors import console
from tests.policies.publishing import APPROVE, BLOCK, FLAG, put_in_force
from tests.policies.rolling import running
from tests.talking import make_conversation, make_mate
from workspaces.conversations import answers, talking
from workspaces.models import Conversation, Message, Workspace, WorkspaceMate


def say(member, text):
    return talking.post(member, make_conversation(member), text=text)


@pytest.mark.parametrize("level", ["minimal", "standard", "full"])
@pytest.mark.parametrize(("text", "use_case"), [("What does Globex do?", BLOCK), ("the customer list", APPROVE)])
def test_what_the_policy_blocks_is_refused_before_anything_is_written(cast, level, text, use_case):
    put_in_force(cast.acme, level)
    talk = make_conversation(cast.mika)

    with pytest.raises(Denied, match=use_case):
        talking.post(cast.mika, talk, text=text)

    drain.run()
    assert Message.objects.filter(conversation=talk).count() == 1
    assert not FlaggedMessage.objects.exists()
    refusal = Event.objects.get()
    assert (refusal.kind, refusal.use_case, refusal.member) == ("refusal", use_case, cast.mika.pk)


@pytest.mark.parametrize(("title", "use_case"), [("All about Globex", BLOCK), ("the customer list", APPROVE)])
def test_no_conversation_begins_under_a_title_that_the_policy_blocks(cast, title, use_case):
    put_in_force(cast.acme, "standard")

    with pytest.raises(Denied, match=use_case):
        talking.start(cast.mika, None, title=title)

    assert not Conversation.objects.exists()
    assert talking.start(cast.mika, None, title="a birthday party").title == "a birthday party"


def test_the_page_says_why_and_gives_a_way_to_ask(cast):
    put_in_force(cast.acme, "standard")
    talk = make_conversation(cast.mika)

    answer = console(cast.mika).post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": "our customer list"})

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "needs an exception" in page
    assert f"use_case={APPROVE}" in page


def test_with_an_exception_it_is_said_and_not_flagged(cast):
    put_in_force(cast.acme, "standard")
    end = timezone.now() + timedelta(days=1)
    UseCaseException.objects.create(
        org=cast.acme, member=cast.mika, use_case=APPROVE, reason="audit", approver_name="Olive", ends_at=end
    )

    say(cast.mika, "our customer list")

    assert not FlaggedMessage.objects.exists()


def test_what_the_policy_flags_is_said_and_flagged(cast):
    put_in_force(cast.acme, "standard")

    message = say(cast.mika, "a birthday party")

    flagged = FlaggedMessage.objects.get()
    assert (flagged.use_case, flagged.member, flagged.text) == (FLAG, cast.mika, "a birthday party")
    assert (flagged.source, flagged.event_id) == ("steward", f"message-{message.pk}")
    assert "birthday" not in str(list(InboxBatch.objects.values_list()))


def test_at_minimal_nothing_is_flagged(cast):
    put_in_force(cast.acme, "minimal")

    say(cast.mika, "a birthday party")

    assert not FlaggedMessage.objects.exists()
    assert not HeardConversation.objects.exists()


def test_at_full_what_stands_in_steward_is_not_kept_a_second_time(cast):
    put_in_force(cast.acme, "full")

    say(cast.mika, "hello")

    assert HeardConversation.objects.get().source == "steward"
    assert not KeptMessage.objects.exists()


def _short_of_budget(cast):
    until = timezone.now() + timedelta(days=1)
    Organization.objects.filter(pk=cast.acme.pk).update(budget_nanos=1, budget_stopped_until=until)


REFUSING = {
    "plan": lambda cast: Member.objects.filter(pk=cast.lena.pk).update(plan="essential"),
    "rollout": lambda cast: running(cast.adam, Thing("feature", "workspace_access", "workspaces")),
    "limit": lambda cast: Limit.objects.create(org=cast.acme, kind="messages_day", level="organization", amount=0),
    "budget": _short_of_budget,
    "quota": lambda cast: Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=0),
}


@pytest.mark.parametrize("layer", REFUSING)
def test_what_plan_rollout_limit_or_budget_refuses_is_told_usage_without_its_text(cast, layer):
    talk = make_conversation(cast.lena, cast.den)
    REFUSING[layer](cast)
    raise_version(cast.acme)

    with pytest.raises(Denied) as denied:
        talking.post(again(cast.lena), talk, text="the marmalade plan")

    assert denied.value.decision.deciding.layer == layer
    assert "marmalade" not in str(list(InboxBatch.objects.values_list()))
    drain.run()
    refusal = Event.objects.get()
    assert (refusal.kind, refusal.use_case, refusal.member) == ("refusal", "", cast.lena.pk)


@pytest.mark.parametrize("layer", REFUSING)
@pytest.mark.parametrize("where", ["conversations/{talk.pk}/messages/", "workspaces/{den.pk}/conversations/"])
def test_who_writes_on_a_page_meanwhile_is_refused_once_in_usage_too(cast, layer, where):
    talk = make_conversation(cast.lena, cast.den)
    REFUSING[layer](cast)
    raise_version(cast.acme)
    url = "/o/acme/" + where.format(talk=talk, den=cast.den)

    answer = console(again(cast.lena)).post(url, {"text": "the marmalade plan", "title": "the marmalade plan"})

    assert answer.status_code == 403
    assert "marmalade" not in str(list(InboxBatch.objects.values_list()))
    drain.run()
    assert list(Event.objects.values_list("kind", "member")) == [("refusal", cast.lena.pk)]


@pytest.mark.parametrize("layer", REFUSING)
def test_what_was_meant_for_a_mate_is_a_refusal_of_its_model(cast, settings, layer):
    settings.AI_BASE_URL = "http://127.0.0.1:9/v1"
    mate, talk = make_mate(cast.lena, "Scout"), make_conversation(cast.lena, cast.den)
    WorkspaceMate.objects.create(workspace=cast.den, mate=mate)
    REFUSING[layer](cast)
    raise_version(cast.acme)
    url = f"/o/acme/conversations/{talk.pk}/messages/"

    console(again(cast.lena)).post(url, {"text": "the marmalade plan", "mate": mate.pk})

    drain.run()
    assert list(Event.objects.values_list("kind", "model")) == [("refusal", mate.model)]


def test_who_may_not_write_there_is_told_so_and_not_what_is_wrong_with_what_they_wrote(cast):
    talk = make_conversation(cast.lena, cast.den)
    _short_of_budget(cast)

    answer = console(again(cast.lena)).post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": ""})

    drain.run()
    assert answer.status_code == 403
    assert list(Event.objects.values_list("kind", "member")) == [("refusal", cast.lena.pk)]


def test_a_title_that_the_policy_blocks_is_a_refusal_of_no_conversation(cast):
    put_in_force(cast.acme, "standard")

    with pytest.raises(Denied):
        talking.start(cast.mika, None, title="All about Globex")

    drain.run()
    refusal = Event.objects.get()
    assert (refusal.kind, refusal.use_case, refusal.conversation) == ("refusal", BLOCK, "")


def test_an_answer_that_the_policy_forbids_meanwhile_is_a_refusal_too(cast, settings):
    settings.AI_BASE_URL = "http://127.0.0.1:9/v1"
    mate, talk = make_mate(cast.lena, "Scout"), make_conversation(cast.lena, cast.den)
    WorkspaceMate.objects.create(workspace=cast.den, mate=mate)
    grants.give(cast.gus, "user", mate)
    talking.post(cast.gus, talk, text="What does Globex do?", mate=mate)
    put_in_force(cast.acme, "minimal")

    answers.answer(Message.objects.get(state="owed").pk, now=timezone.now())

    drain.run()
    assert Message.objects.get(state="failed").error
    found = Event.objects.order_by("kind").values_list("kind", "member", "use_case")
    assert list(found) == [("message", cast.gus.pk, ""), ("refusal", cast.gus.pk, BLOCK)]


def test_what_something_else_refuses_is_no_refusal_of_usage(cast):
    put_in_force(cast.acme, "standard")

    with pytest.raises(Denied):
        talking.post(cast.vera, make_conversation(cast.vera), text="Globex")

    assert not InboxBatch.objects.exists()


def test_a_departments_policy_refuses_its_own_people_alone(cast):
    put_in_force(cast.acme, "minimal")
    put_in_force(
        cast.acme, "minimal", scope=cast.research.pk, name="Research", use_cases={"night": {"phrases": ["night shift"]}}
    )

    say(cast.olive, "the night shift")
    with pytest.raises(Denied, match="The policy of Research blocks"):
        say(cast.mika, "the night shift")
