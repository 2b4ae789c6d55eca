"""What is sent wrongly, and what every answer has in common: never a 5xx, ids echoed, bodies bounded."""

import json

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from orgs import subjects
from tests.cast import again
from tests.doors import api, console
from tests.workspaces.deciding import MANY, ONE, WHAT, WHICH, WHO, Platform, question, resource, subject
from workspaces.decisions import answers

pytestmark = pytest.mark.django_db
DISCOVERY = "/.well-known/authzen-configuration"
DOORS = (ONE, MANY, WHO, WHAT, WHICH)


@pytest.fixture
def platform(cast):
    return Platform(cast.acme)


@pytest.mark.parametrize("path", DOORS)
def test_F03_what_cannot_be_read_is_400_with_the_reason(cast, platform, path):
    deep = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    good = json.dumps(question(cast.mika, "model.use", ("model", "x"))).encode()
    for body in (b"", b"  ", b"[]", b"7", b"null", b'"x"', b"{", b"{}", good[:-1], good + b"x", b"\xff", deep):
        answer = platform.post(path, body)
        assert (answer.status_code, bool(answer.json()["error"])) == (400, True), body[:40]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        assert platform.post(path, good, content_type=kind).status_code == 400
    assert platform.post(path, good, content_type="application/json; charset=utf-8").status_code == 200
    assert (
        "subject" in platform.post(path, {"action": {"name": "x"}, "resource": resource("model", "x")}).json()["error"]
    )


@pytest.mark.parametrize("field", ["subject", "action", "resource"])
@pytest.mark.parametrize("wrong", [None, 7, "x", [], {}, {"type": 7, "id": "x", "name": 7}])
def test_F03_a_required_field_that_is_missing_or_of_another_type_is_400(cast, platform, field, wrong):
    good = question(cast.mika, "model.use", ("model", "x"))

    for body in (good | {field: wrong}, {name: value for name, value in good.items() if name != field}):
        assert platform.post(ONE, body).status_code == 400


def test_F03_fields_that_are_not_known_are_passed_over(cast, platform):
    good = question(cast.mika, "model.use", ("model", "x"))
    more = {"__proto__": {"a": 1}, "__class__": "x", "constructor": [], "org": cast.umbrella.pk, "role": "owner"}
    entity = {"properties": {"role": "owner"} | more}
    wide = {name: value | more | (entity if name != "resource" else {}) for name, value in good.items()}

    assert platform.post(ONE, wide | more | {"context": more}).json() == platform.post(ONE, good).json()


def test_A06_a_context_cannot_say_what_the_engine_is_told_by_others(cast, platform):
    """`door`, `role` and `model` are facts of pages and resources, never of who asks."""
    asked = question(cast.mika, "model.use", ("model", "x"), context={"door": "console", "role": "owner", "model": "y"})

    assert platform.post(ONE, asked).json() == platform.ask(cast.mika, "model.use", ("model", "x"))


@pytest.mark.parametrize("path", [*DOORS, "/access/v1/nothing"])
def test_the_id_of_a_request_is_given_back_whatever_the_answer(cast, platform, path):
    good = question(cast.mika, "model.use", ("model", "x"))
    headers = {"X-Request-ID": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"}

    answers = [
        platform.post(path, good, headers=headers),
        platform.post(path, b"{", headers=headers),
        platform.line.get(path, headers=headers),
        api().post(path, good, headers=headers),
        api("stw_unknown").post(path, good, headers=headers),
        platform.post(path, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), headers=headers),
    ]

    assert {answer.headers.get("X-Request-ID") for answer in answers} == set(headers.values())
    expected = [404] * 6 if path.endswith("nothing") else [200, 400, 405, 401, 401, 413]
    assert [answer.status_code for answer in answers] == expected
    assert all(answer["Content-Type"].startswith("application/json") for answer in answers)


def test_without_an_id_one_is_made_up_for_support_to_look_up(cast, platform):
    answers = [platform.post(ONE, question(cast.mika, "model.use", ("model", "x"))) for _ in range(2)]

    assert len({answer["X-Request-ID"] for answer in answers}) == 2


def test_E02_a_browser_that_is_signed_in_asks_for_no_decision(cast):
    answer = console(cast.olive).post(
        ONE, json.dumps(question(cast.mika, "model.use", ("model", "x"))), content_type="application/json"
    )

    assert answer.status_code == 401


# ---------------------------------------------------------------- discovery


def test_discovery_names_every_door_under_the_address_that_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "steward.internal"]

    for host in ("testserver", "steward.internal"):
        found = client.get(DISCOVERY, headers={"Host": host}).json()
        base = f"http://{host}"
        assert found == {
            "policy_decision_point": base,
            "access_evaluation_endpoint": base + ONE,
            "access_evaluations_endpoint": base + MANY,
            "search_subject_endpoint": base + WHO,
            "search_resource_endpoint": base + WHAT,
            "search_action_endpoint": base + WHICH,
        }


def test_discovery_behind_a_proxy_names_the_installations_own_address(client, settings):
    settings.PUBLIC_BASE_URL = "https://steward.example"
    settings.ALLOWED_HOSTS = ["steward.example"]

    found = client.get(DISCOVERY, headers={"Host": "steward.example"}).json()

    assert found["policy_decision_point"] == "https://steward.example"


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "evil.example#testserver", "testserver:x"])
def test_A11_discovery_believes_no_strange_host(client, host):
    answer = client.get(DISCOVERY, headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


# ---------------------------------------------------------------- whatever is sent

NAMES = ["member", "workspace", "room", "mate", "tool", "model", "conversation", "organization", "team", "planet", ""]
NAMES += [
    "Lab",
    "Den",
    "Scout",
    "acme",
    "mika@acme.example",
    "vera@acme.example",
    "message.send",
    "mate.use",
    "\0",
    "é",
]
NAMES += ["model.use", "member.suspend", "events.write", "9" * 19, "0", "\ud7ff", "x" * 400]
TEXTS = st.sampled_from(NAMES) | st.text(max_size=8)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def mostly(sound):
    return st.one_of(sound, sound, sound, ANYTHING)


BESIDE = st.fixed_dictionaries({}, optional={name: mostly(TEXTS) for name in ("workspace", "room", "mate")})
ENTITY = st.fixed_dictionaries({"type": mostly(TEXTS), "id": mostly(TEXTS)}, optional={"properties": mostly(BESIDE)})
AROUND = st.fixed_dictionaries(
    {},
    optional={
        "use_case": mostly(TEXTS | st.lists(TEXTS, max_size=2)),
        "workspace": mostly(TEXTS),
        "bytes": mostly(st.integers()),
        "tokens": mostly(st.integers(0, 2**70)),
    },
)
ASKED = {
    "subject": mostly(ENTITY),
    "action": mostly(st.fixed_dictionaries({"name": mostly(TEXTS)})),
    "resource": mostly(ENTITY),
    "context": mostly(AROUND),
}
BODY = st.fixed_dictionaries(
    {},
    optional=ASKED
    | {
        "evaluations": mostly(st.lists(mostly(st.fixed_dictionaries({}, optional=ASKED)), max_size=3)),
        "options": mostly(st.fixed_dictionaries({"evaluations_semantic": TEXTS})),
        "page": mostly(st.fixed_dictionaries({}, optional={"token": TEXTS, "limit": st.integers()})),
    },
)


def test_numbers_that_change_at_every_question_part_no_answers_that_are_kept(cast, platform):
    around = [{}, {"tokens": 1}, {"tokens": 2}, {"workspace": "Lab"}, {"bytes": 3}, {"bytes": 4}]

    for context in around:
        platform.post(ONE, question(cast.mika, "model.use", ("model", "x"), context=context))

    mika = again(cast.mika)
    assert not [key for key in answers._told if b"bytes" in key[-1] and key[0] == cast.acme.pk]
    assert len(subjects.kept(mika.org, mika.pk).asked["model.use"].traces) == 1


@with_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(path=st.sampled_from(DOORS), body=BODY)
def test_F02_F03_nothing_that_is_sent_breaks_anything(cast, platform, path, body):
    answer = platform.post(path, json.dumps(body))

    assert answer.status_code in (200, 400)
    assert isinstance(answer.json(), dict)
    assert connection.queries_limit  # the connection still stands


@with_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(DOORS), body=st.binary(max_size=200), member=st.booleans())
def test_F03_no_bytes_break_anything(cast, platform, path, body, member):
    sound = json.dumps(question(cast.mika, "model.use", ("model", "x"))).encode()
    sent = sound[: len(body)] + body + sound[len(body) :] if member else body

    assert platform.post(path, sent).status_code in (200, 400)
    assert subject(cast.mika)
