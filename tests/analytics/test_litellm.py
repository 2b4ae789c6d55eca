"""LiteLLM's webhook: a real body, and what each kind of call becomes."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from analytics import drain
from analytics.models import Event, InboxBatch
from analytics.queries import overview, periods
from tests.analytics.sending import post
from tests.cast import make_key, make_member

PATH = "/api/v1/events/litellm"
SAMPLE = Path(__file__).parent / "litellm_webhook.json"


@pytest.fixture
def alice(cast):
    return make_member(cast.acme, "Alice", email="alice@example.com")


@pytest.fixture
def sample():
    """The body as LiteLLM 1.106.2 sent it (without its model map), an hour ago."""
    calls = json.loads(SAMPLE.read_bytes())
    shift = timezone.now().timestamp() - 3600 - calls[0]["startTime"]
    return [{**call, "startTime": call["startTime"] + shift} for call in calls]


def deliver(client, org, calls, **key):
    _, secret = make_key(org, name=f"proxy {len(Event.objects.all())} {key}", **key)
    answer = post(client, secret, calls, path=PATH)
    drain.run()
    return answer


def call(**fields):
    """A successful call, with the fields that matter."""
    return {
        "id": "chatcmpl-1",
        "litellm_call_id": "1a76f055",
        "call_type": "acompletion",
        "status": "success",
        "startTime": timezone.now().timestamp() - 60,
        "model": "openai/gpt-4o",
        "model_group": "gpt-4o",
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "response_cost": 0.25,
        "messages": [{"role": "user", "content": "Hi"}],
        "metadata": {"user_api_key_user_email": "alice@example.com"},
        **fields,
    }


@pytest.mark.both
def test_the_body_that_a_proxy_really_sent_becomes_these_events(client, cast, alice, sample):
    answer = deliver(client, cast.acme, sample)

    assert answer.status_code == 202
    assert (answer.json()["received"], answer.json()["rejected"]) == (12, [])
    kinds = [event.kind for event in Event.objects.all()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"response": 4, "message": 4, "refusal": 2, "error": 2}
    responses = Event.objects.filter(kind="response")
    assert sorted(event.tokens_in for event in responses) == [10, 10, 21, 21]
    assert sorted(event.cost_nanos for event in responses) == [13_500, 137_500, 137_500, 330_000]
    assert {event.member for event in responses} == {alice.pk}
    assert set(responses.values_list("model", flat=True)) == {"gpt-4o-mini", "claude-sonnet", "gpt-via-fake-upstream"}
    first = responses.get(model="gpt-4o-mini")
    assert (first.conversation, first.workspace_name) == ("conv-1", "research")
    message = Event.objects.get(kind="message", conversation="conv-1")
    assert (message.member, message.at) == (first.member, first.at)
    assert (message.tokens_in, message.cost_nanos) == (0, 0)


@pytest.mark.both
def test_a_body_sent_twice_is_counted_once(client, cast, alice, sample):
    deliver(client, cast.acme, sample)
    deliver(client, cast.acme, sample)

    again = InboxBatch.objects.latest("received_at")
    assert (again.new, again.duplicates, again.conflicts) == (0, 12, 0)


def test_no_text_of_a_prompt_reaches_the_inbox(client, cast, sample):
    _, secret = make_key(cast.acme)
    post(client, secret, sample, path=PATH)

    body = bytes(InboxBatch.objects.get().body)
    for text in (b"Summarise", b"board memo", b"You are terse", b"Bonjour", b"mock_response"):
        assert text not in body


def test_an_embedding_is_neither_message_nor_response(client, cast):
    answer = deliver(client, cast.acme, [call(call_type="aembedding")])

    assert (answer.status_code, answer.json()["received"], answer.json()["rejected"]) == (202, 0, [])


def test_a_call_whose_last_message_is_a_tools_is_no_message_of_a_person(client, cast):
    deliver(client, cast.acme, [call(messages=[{"role": "user"}, {"role": "tool"}])])

    assert Event.objects.get().kind == "response"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"error_information": {"error_code": "403"}}, "refusal"),
        ({"error_information": {"error_code": 403}}, "refusal"),
        ({"status_fields": {"guardrail_status": "guardrail_intervened"}}, "refusal"),
        ({"error_information": {"error_code": "400", "error_class": "GuardrailRaisedException"}}, "refusal"),
        ({"error_information": {"error_code": "400", "error_class": "BudgetExceededError"}}, "refusal"),
        ({"error_information": {"error_code": "401"}}, "error"),
        ({"error_information": {"error_code": "500"}, "status_fields": {"guardrail_status": "success"}}, "error"),
        ({"status_fields": {"guardrail_status": "guardrail_failed_to_respond"}}, "error"),
        ({}, "error"),
    ],
)
def test_a_failure_is_a_refusal_where_a_policy_caused_it_and_else_an_error(client, cast, fields, kind):
    deliver(client, cast.acme, [call(status="failure", **fields)])

    assert Event.objects.get().kind == kind


@pytest.mark.parametrize(
    ("shared", "fields", "who"),
    [
        (False, {"end_user": "mika@acme.example"}, "alice@example.com"),
        (False, {"metadata": {"user_api_key_user_id": "u-7"}}, "u-7"),
        (False, {"metadata": {}, "end_user": "mika@acme.example"}, ""),
        (True, {"end_user": "mika@acme.example"}, "mika@acme.example"),
        (True, {"metadata": {"user_api_key_end_user_id": "e-1", "user_api_key_user_email": "a@b.example"}}, "e-1"),
        (True, {}, ""),
    ],
)
def test_a_shared_key_books_on_the_end_user_and_never_on_the_keys_owner(client, cast, shared, fields, who):
    deliver(client, cast.acme, [call(**fields)], shared=shared)

    known = {"": cast.mika.user.email} if who == cast.mika.user.email else {}
    assert {known.get(event.member_name, event.member_name) for event in Event.objects.all()} == {who}


@pytest.mark.parametrize(
    ("fields", "conversation"),
    [
        ({"session_id": "s"}, "s"),
        ({"session_id": "s", "metadata": {"requester_metadata": {"conversation_id": "r"}}}, "r"),
        (
            {
                "session_id": "s",
                "metadata": {"requester_metadata": {"conversation_id": "r", "headers": {"X-OpenWebUI-Chat-Id": "h"}}},
            },
            "h",
        ),
        ({"metadata": {"requester_custom_headers": {"x-openwebui-chat-id": "h"}}}, "h"),
        ({"trace_id": "t"}, ""),
    ],
)
def test_the_chats_header_names_the_conversation_before_the_requester_and_the_session(
    client, cast, fields, conversation
):
    deliver(client, cast.acme, [call(**fields)])

    assert set(Event.objects.values_list("conversation", flat=True)) == {conversation}


def test_an_answer_from_the_cache_repeats_its_id_and_is_another_call(client, cast):
    deliver(client, cast.acme, [call(), call(litellm_call_id="another"), call(id="another")])

    assert Event.objects.filter(kind="response").count() == 3


def test_calls_that_say_nothing_usable_are_named(client, cast):
    calls = [
        call(id=None, litellm_call_id=""),
        call(startTime="now"),
        call(startTime=(datetime.now().astimezone() - timedelta(days=500)).timestamp()),
        call(status="maybe"),
        call(response_cost=-1),
        call(response_cost=10**400),
        call(prompt_tokens=10**400),
        call(startTime=10**400),
        call(prompt_tokens="many"),
        7,
    ]

    rejected = deliver(client, cast.acme, calls).json()["rejected"]

    assert [(wrong["field"], wrong["error"]) for wrong in rejected] == [
        ("id", "is missing"),
        ("startTime", "must be seconds since 1970"),
        ("startTime", "is older than 400 days"),
        ("status", "must be success or failure"),
        ("response_cost", "must be 0 or more"),
        ("response_cost", "must be at most 100000"),
        ("prompt_tokens", "must be at most 1000000000000"),
        ("startTime", "must be seconds since 1970"),
        ("prompt_tokens", "must be a whole number"),
        (None, "must be a JSON object"),
    ]


def test_a_full_batch_of_6_MB_is_taken(client, cast, sample):
    calls = [{**sample[0], "litellm_call_id": str(number)} for number in range(6 * 2**20 // len(json.dumps(sample[0])))]

    answer = deliver(client, cast.acme, calls)

    assert (answer.status_code, answer.json()["received"]) == (202, 2 * len(calls))


def test_the_sample_shows_on_the_overview(client, cast, alice, sample):
    deliver(client, cast.acme, sample)

    day = timezone.now().date()
    found = overview.overview(cast.acme, periods.custom(day - timedelta(days=1), day, cast.acme.zone)).figures

    assert (found.responses, found.messages, found.refusals, found.errors) == (4, 4, 2, 2)
    assert (found.active_members, found.tokens_in, found.tokens_out) == (1, 62, 58)
    assert str(found.cost) == "0.0006185"
