"""`POST /api/v1/events`: what is taken, what is named as wrong, and what became of it."""

import gzip
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import drain
from analytics.models import Event, InboxBatch
from orgs.models import Scope
from tests.analytics.sending import NOON, event, outcome, post, send
from tests.cast import make_key


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def test_valid_events_are_taken_and_invalid_ones_named(client, cast, secret):
    events = [event(number) for number in range(9)]
    events[7]["tokens_in"] = -1

    answer = post(client, secret, events)

    batch = InboxBatch.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "batch": str(batch.pk),
        "received": 8,
        "rejected": [{"index": 7, "id": "7", "field": "tokens_in", "error": "must be 0 or more"}],
    }
    assert (batch.org, batch.received, batch.rejected, batch.state) == (cast.acme, 8, 1, "waiting")


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"id": "x" * 65}, "id", "must be at most 64 characters long"),
        ({"id": 7}, "id", "must be a text of 1 to 64 characters"),
        ({"at": "yesterday"}, "at", "must be a time with its offset, such as 2026-11-21T10:00:00Z"),
        ({"at": "2026-11-21T10:00:00"}, "at", "must be a time with its offset, such as 2026-11-21T10:00:00Z"),
        ({"at": (NOON - timedelta(days=401)).isoformat()}, "at", "is older than 400 days"),
        ({"at": (timezone.now() + timedelta(hours=2)).isoformat()}, "at", "is more than 1 hour in the future"),
        ({"kind": "chat"}, "kind", "must be message, response, file, integration_call, refusal or error"),
        ({"kind": None}, "kind", "must be message, response, file, integration_call, refusal or error"),
        ({"tokens_in": True}, "tokens_in", "must be a whole number"),
        ({"tokens_out": 1.5}, "tokens_out", "must be a whole number"),
        ({"tokens_out": 10**12 + 1}, "tokens_out", "must be at most 1000000000000"),
        ({"tokens_out": 10**40}, "tokens_out", "must be at most 1000000000000"),
        ({"bytes": -5}, "bytes", "must be 0 or more"),
        ({"cost": 0.5}, "cost", 'must be a decimal string in USD, such as "0.0125"'),
        ({"cost": "much"}, "cost", 'must be a decimal string in USD, such as "0.0125"'),
        ({"cost": "NaN"}, "cost", 'must be a decimal string in USD, such as "0.0125"'),
        ({"cost": "-0.01"}, "cost", "must be 0 or more"),
        ({"cost": "1e999999"}, "cost", "must be at most 100000"),
        ({"model": "m" * 101}, "model", "must be at most 100 characters long"),
        ({"model": 3}, "model", "must be a text"),
        ({"conversation": "a\u0000b"}, "conversation", "must not contain a NUL character"),
        ({"conversation": "\ud800"}, "conversation", "must be Unicode text, without half a surrogate pair"),
        ({"tokens": 3}, "tokens", "is not a field of an event"),
        ({"member": 10**300}, "member", "must be at most 9223372036854775807"),
        ({"workspace": 2**63}, "workspace", "must be at most 9223372036854775807"),
        ({"member": 1.5}, "member", "must be an e-mail address, an external id or a member's id"),
    ],
)
def test_what_is_wrong_with_an_event_is_said_in_words(client, secret, fields, field, error):
    answer = post(client, secret, [event("good"), event("bad") | fields])

    assert answer.status_code == 202
    assert answer.json()["received"] == 1
    [wrong] = answer.json()["rejected"]
    assert (wrong["index"], wrong["field"], wrong["error"]) == (1, field, error)


def test_a_missing_field_is_named(client, secret):
    rejected = post(client, secret, [{"id": "1", "kind": "file"}, 5, "text"]).json()["rejected"]

    assert [(wrong["field"], wrong["error"]) for wrong in rejected] == [
        ("at", "is missing"),
        (None, "must be a JSON object"),
        (None, "must be a JSON object"),
    ]


@pytest.mark.parametrize(
    ("cost", "nanos"),
    [
        ("0.0125", 12_500_000),
        ("8456.00", 8_456_000_000_000),
        ("0.000000001", 1),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("1.35e-05", 13_500),
        ("1e-999999", 0),
        ("100000", 10**14),
    ],
)
def test_money_is_kept_in_whole_nanos(client, secret, cost, nanos):
    send(client, secret, [event(1, "response", cost=cost)])

    assert Event.objects.get().cost_nanos == nanos


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line_for_each_event_is_taken_as_well(client, secret, newline):
    lines = newline.join([json.dumps(event(1)), "", "{broken", json.dumps(event(2))]) + newline

    answer = post(client, secret, lines.encode(), content_type="application/x-ndjson")

    assert answer.status_code == 202
    assert answer.json()["received"] == 2
    assert answer.json()["rejected"] == [{"index": 1, "id": None, "field": None, "error": "must be a JSON object"}]


def test_a_gzipped_body_is_unpacked_even_in_several_members(client, secret):
    body = json.dumps([event(number) for number in range(50)]).encode()
    packed = gzip.compress(body[:100]) + gzip.compress(body[100:])

    answer = post(client, secret, packed, content_encoding="gzip")

    assert (answer.status_code, answer.json()["received"]) == (202, 50)


@pytest.mark.both
def test_a_text_is_dropped_before_the_inbox(client, secret):
    secret_text = "the board meets on Friday"

    post(
        client, secret, [event(1, text=secret_text), event(2, text={"any": ["thing", secret_text]}), event(3, kind="x")]
    )

    assert InboxBatch.objects.get().received == 2
    assert secret_text.encode() not in bytes(InboxBatch.objects.get().body)


def test_the_answer_of_a_batch_tells_what_became_of_it(client, cast, secret):
    answer = post(client, secret, [event(1), event(1), event(1, tokens_in=3), event(2)])
    assert outcome(client, secret, answer.json()["batch"])["state"] == "waiting"
    drain.run()

    found = outcome(client, secret, answer.json()["batch"])

    assert (found["state"], found["received"], found["new"]) == ("done", 4, 2)
    assert (found["duplicates"], found["conflicts"]) == (1, 1)
    assert bytes(InboxBatch.objects.get().body) == b""


def test_a_batch_of_another_organization_is_no_batch(client, cast, secret):
    batch = post(client, secret, [event(1)]).json()["batch"]
    other = make_key(cast.umbrella)[1]

    for path in (f"/api/v1/events/batches/{batch}", "/api/v1/events/batches/12345"):
        answer = client.get(path, headers={"Authorization": f"Bearer {other}"})
        assert (answer.status_code, answer.json()["error"]) == (404, "There is no such batch.")


def test_only_a_living_key_with_the_scope_gets_in(client, cast):
    reader = make_key(cast.acme, Scope.USAGE_READ, name="reader")[1]
    ended = make_key(cast.acme, name="old", ends_at=timezone.now() - timedelta(days=1))[1]

    assert post(client, reader, [event(1)]).status_code == 403
    assert post(client, ended, [event(1)]).status_code == 401
    assert client.post("/api/v1/events", [event(1)], content_type="application/json").status_code == 401
    assert client.get("/api/v1/events").status_code == 405
    assert not InboxBatch.objects.exists()


def test_a_commit_comes_before_the_answer(client, secret, monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(InboxBatch, "save", refuse)

    with pytest.raises(RuntimeError):
        post(client, secret, [event(1)])


def test_unknown_people_are_kept_and_known_ones_found_by_any_of_their_names(client, cast, secret):
    cast.mika.external_id = "E-17"
    cast.mika.save(update_fields=["external_id"])
    cast.lena.user.former_addresses.create(email="lena.old@acme.example")
    names = [
        "Mika@ACME.example",
        "E-17",
        str(cast.mika.pk),
        cast.mika.pk,
        "lena.old@acme.example",
        "eve@umbrella.example",
    ]

    send(client, secret, [event(number, member=name) for number, name in enumerate(names)])

    found = dict(Event.objects.values_list("id", "member"))
    assert [found[str(number)] for number in range(6)] == [cast.mika.pk] * 4 + [cast.lena.pk, 0]
    assert Event.objects.get(id="5").member_name == "eve@umbrella.example"
    assert Event.objects.get(id="0").team == cast.search.pk


def test_an_event_keeps_the_workspace_it_names_and_the_name_of_one_that_is_none(client, cast, secret):
    names = ["Lab", str(cast.lab.pk), "Lair", None]

    send(client, secret, [event(number, workspace=name) for number, name in enumerate(names)])

    found = [(one.workspace, one.workspace_name) for one in Event.objects.order_by("id")]
    assert found == [(cast.lab.pk, ""), (cast.lab.pk, ""), (0, "Lair"), (0, "")]
