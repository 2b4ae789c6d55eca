"""LiteLLM's guardrail: a call is judged by the same engine before it reaches its model."""

import json

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import litellm
from orgs.actions import members, organizations
from orgs.models import Scope
from tests.cast import make_key
from tests.governing import make_model, make_policy
from tests.policies.test_limits import set_for
from tests.workspaces.deciding import Platform

pytestmark = pytest.mark.django_db
URL = "/beta/litellm_basic_guardrail_api"
GOSSIP = {"gossip": {"effect": "block", "phrases": ["have you heard"]}}


@pytest.fixture
def ask(cast, client):
    make_model(cast.acme, "fast", aliases=["quick"])
    make_model(cast.acme, "deep")
    make_policy(cast.acme, {"general_staff": ["fast"]}, restricted=["gossip"], use_cases=GOSSIP)
    _key, secret = make_key(cast.acme, Scope.DECISIONS_READ)

    def asked(email="mika@acme.example", *, texts=("Hello",), model="fast", headers=None, **more):
        call = {"input_type": "request", "litellm_call_id": "1", "texts": list(texts), "model": model, **more}
        call.setdefault("request_data", {"user_api_key_user_email": email, "user_api_key_team_id": None})
        sent = {"X-Api-Key": secret} if headers is None else {name: f"{word}{secret}" for name, word in headers.items()}
        return client.post(URL, json.dumps(call), content_type="application/json", headers=sent)

    return asked


def test_what_the_policy_allows_goes_through_by_any_name_of_the_model(ask):
    assert ask().json() == {"action": "NONE"}
    assert ask(model="quick").json() == {"action": "NONE"}


def test_a_model_that_is_not_allowed_is_blocked_with_the_reason(ask):
    answer = ask(model="deep").json()

    assert answer["action"] == "BLOCKED"
    assert answer["blocked_reason"].startswith("The policy does not allow deep to general_staff")


def test_a_blocked_use_case_is_known_by_its_phrase_and_by_its_tag(ask):
    by_phrase = ask(texts=["Good morning.", "HAVE you heard of Sam?"]).json()
    tagged = {"user_api_key_user_email": "mika@acme.example", "requester_metadata": {"use_case": "gossip"}}

    assert by_phrase == {"action": "BLOCKED", "blocked_reason": "The policy blocks the use case gossip."}
    assert ask(request_data=tagged).json() == by_phrase


@pytest.mark.parametrize("tag", ["gossip", " gossip ", ["gossip"], ["work", "gossip\n"]])
def test_a_tag_is_read_alike_by_the_guardrail_by_decisions_and_by_the_webhook(ask, cast, tag):
    tagged = {"user_api_key_user_email": "mika@acme.example", "requester_metadata": {"use_case": tag}}
    call = {"id": "1", "startTime": timezone.now().timestamp(), "status": "success", "metadata": tagged}

    assert ask(request_data=tagged).json()["action"] == "BLOCKED"
    assert not Platform(cast.acme).allows(cast.mika, "model.use", ("model", "fast"), context={"use_case": tag})
    (event,) = litellm.sift([call], timezone.now(), shared=False).taken
    assert event.use_case == (tag if isinstance(tag, str) else tag[0]).strip()


@pytest.mark.parametrize("content", ["have you heard", [{"type": "image"}, {"type": "text", "text": "Have you heard"}]])
def test_where_no_texts_are_sent_the_messages_are_read(ask, content):
    messages = [None, {"role": "user", "content": content}, {"role": "assistant", "content": None}]

    for texts in ([], [""]):
        assert ask(texts=texts, structured_messages=messages).json()["action"] == "BLOCKED"
    assert ask(texts=["Hello"], structured_messages=[{"role": "user", "content": "Hello"}]).json()["action"] == "NONE"


@pytest.mark.parametrize("model", ["fast\0", "f" * 255], ids=["NUL", "long"])
def test_a_model_that_no_row_can_be_called_is_refused_as_by_decisions_also_where_unknown_ones_may_be_used(
    cast, ask, model
):
    make_policy(cast.acme, {"general_staff": ["fast"]}, number=2, unknown_models="allowed")

    assert ask(model="new").json()["action"] == "NONE"
    assert ask(model=model).json() == {"action": "BLOCKED", "blocked_reason": "There is no model of this name."}
    assert not Platform(cast.acme).allows(cast.mika, "model.use", ("model", model))


@pytest.mark.parametrize("model", [None, ""])
def test_a_call_without_a_model_is_judged_by_all_the_rest(ask, cast, model):
    assert ask(model=model).json() == {"action": "NONE"}
    assert ask(model=model, texts=["Have you heard?"]).json()["action"] == "BLOCKED"
    assert ask("vera@acme.example", model=model).json()["action"] == "BLOCKED"

    set_for(cast, messages=0)

    assert ask(model=model).json()["blocked_reason"].startswith("You have sent 0 of 0 messages today")


def test_a_suspension_counts_for_the_very_next_call(ask, cast):
    assert ask().json()["action"] == "NONE"

    members.suspend(cast.olive, cast.mika, reason="left early")

    assert ask().json() == {"action": "BLOCKED", "blocked_reason": "You are suspended in Acme."}
    organizations.suspend(cast.support, cast.acme, reason="unpaid")
    assert ask().json() == {"action": "BLOCKED", "blocked_reason": "Acme is suspended."}


@pytest.mark.parametrize("email", ["stranger@x.example", "eve@umbrella.example", "", None, 7, "\0"])
def test_nobody_whom_the_organization_knows_is_blocked(ask, email):
    assert ask(email).json()["action"] == "BLOCKED"


def test_answers_of_models_are_let_through(ask):
    assert ask(input_type="response", model="deep").json() == {"action": "NONE"}


def test_with_a_shared_key_the_forwarded_person_is_judged_and_never_the_owner_of_the_key(cast, client, ask):
    _key, secret = make_key(cast.acme, Scope.DECISIONS_READ, shared=True)
    call = {"model": "fast", "request_data": {"user_api_key_user_email": "olive@acme.example"}, "texts": []}

    def asked(**more):
        body = json.dumps(call | more)
        return client.post(URL, body, content_type="application/json", headers={"X-Api-Key": secret}).json()["action"]

    assert asked() == "BLOCKED"
    assert asked(request_headers={"X-OpenWebUI-User-Email": "mika@acme.example"}) == "NONE"


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer "}, {"X-Api-Key": "Bearer "}, {"Cookie": "key="}, {}])
def test_a10_the_guardrail_takes_its_key_as_x_api_key_alone(ask, headers):
    answer = ask(headers=headers)

    assert answer.status_code == 401
    assert "X-Api-Key" in answer.json()["error"]


def test_a_key_without_the_scope_asks_nothing(cast, client, ask):
    _key, secret = make_key(cast.acme, Scope.EVENTS_WRITE)

    assert client.post(URL, "{}", content_type="application/json", headers={"X-Api-Key": secret}).status_code == 403


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("input_type", "texts", "model", "request_data", "request_headers", "structured_messages")


def test_a_body_that_is_nested_too_deep_is_refused(client, cast):
    _key, secret = make_key(cast.acme, Scope.DECISIONS_READ)
    body = b'{"request_data": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"

    assert client.post(URL, body, content_type="application/json", headers={"X-Api-Key": secret}).status_code == 422


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    body=st.binary(max_size=60)
    | st.dictionaries(st.sampled_from(NAMES), ANYTHING).map(lambda v: json.dumps(v).encode())
)
def test_whatever_is_sent_is_answered(cast, client, body):
    _key, secret = make_key(cast.acme, Scope.DECISIONS_READ)

    answer = client.post(URL, body, content_type="application/json", headers={"X-Api-Key": secret})

    assert answer.status_code in (200, 400, 422)
