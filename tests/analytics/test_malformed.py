"""Hostile bodies (security.md F2, F3, E7): refused in time, in little memory, and never with a 5xx."""

import gzip
import json
import resource
import time
import zlib

import pytest

from analytics.models import InboxBatch
from tests.analytics.sending import event, post, send
from tests.cast import make_key

MIB = 1024 * 1024
PATHS = ["/api/v1/events", "/api/v1/events/litellm"]


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def bomb(size, piece=b" "):
    """A gzip body that unpacks to `size` bytes."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(piece * MIB) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("piece", [b" ", b"[", b"0", b"{"])
def test_F02_a_gzip_bomb_is_refused_quickly_and_in_little_memory(client, secret, path, piece):
    body = bomb(200 * MIB, piece)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    answer = post(client, secret, body, path=path, content_encoding="gzip")

    assert answer.status_code == 413
    assert time.process_time() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_E07_a_line_of_30_MB_is_refused_quickly(client, secret):
    start = time.process_time()

    answer = post(client, secret, gzip.compress(b'{"id": "' + b"x" * 30 * MIB), content_encoding="gzip")

    assert answer.status_code in (202, 400)
    assert time.process_time() - start < 2
    assert not InboxBatch.objects.filter(received__gt=0)


@pytest.mark.parametrize("path", PATHS)
def test_F02_more_than_8_MiB_are_refused(client, secret, path):
    answer = post(client, secret, b"[" + b" " * 8 * MIB + b"]", path=path)

    assert (answer.status_code, "8 MiB" in answer.json()["error"]) == (413, True)


def test_F02_a_body_may_have_8_MiB(client, secret):
    events = json.dumps([event(number, text="x" * 1600) for number in range(4_800)]).encode()

    answer = post(client, secret, events + b" " * (8 * MIB - len(events)))

    assert (answer.status_code, answer.json()["received"]) == (202, 4_800)


@pytest.mark.parametrize("wrong", [0, 1])
def test_F02_more_than_5000_events_are_refused_and_5000_taken(client, secret, wrong):
    events = [event(number) for number in range(5_001)]
    events[0]["tokens_in"] = -wrong

    assert post(client, secret, events).status_code == 413
    answer = post(client, secret, events[:5_000])
    assert (answer.status_code, answer.json()["received"]) == (202, 5_000 - wrong)


@pytest.mark.parametrize("item", ["{}", "0", "[]", '""', '{"id":"1"}'])
def test_F02_millions_of_small_items_are_refused_quickly(client, secret, item):
    body = ("[" + ",".join([item] * (MIB * 4 // len(item))) + "]").encode()
    start = time.process_time()

    assert post(client, secret, body).status_code == 413
    assert time.process_time() - start < 2


BROKEN = {
    "nothing": b"",
    "blanks": b" \n ",
    "half an array": b'[{"id": "1"',
    "two arrays": b"[] []",
    "a comma too many": b"[1,]",
    "no comma": b'[{"id": "1"} {"id": "2"}]',
    "deep arrays": b"[" * 100_000,
    "deep objects": b'[{"a":' * 100_000,
    "a deep field": b'[{"id": "1", "text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "NaN": b'[{"id": "1", "tokens_in": NaN}]',
    "Infinity": b'[{"id": "1", "tokens_in": -Infinity}]',
    "a number of 10,000 digits": b'[{"id": "1", "tokens_in": ' + b"9" * 10_000 + b"}]",
    "no UTF-8": b'[{"id": "\xff\xfe"}]',
    "UTF-16": '[{"id": "1"}]'.encode("utf-16"),
    "a NUL byte": b'[{"id": "1\x00"}]',
    "single quotes": b"[{'id': '1'}]",
    "a lone bracket": b"[",
    "a lone brace": b"{oops",
    "lines of which none is JSON": b"{oops\n\nnor this\n",
    "a blank of Unicode": "\u00a0".encode(),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", BROKEN)
def test_F03_a_broken_body_is_refused_as_a_whole_with_the_reason(client, secret, path, name):
    answer = post(client, secret, BROKEN[name], path=path)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not InboxBatch.objects.exists()


ODD = {
    "huge float": b'[{"id": "1", "at": "2026-11-21T10:00:00Z", "kind": "file", "tokens_in": 1e400}]',
    "prototype": b'[{"id": "1", "__proto__": {"admin": true}}]',
    "class": b'[{"id": "1", "__class__": "x", "constructor": {"prototype": 1}}]',
    "id is a list": b'[{"id": ["1"], "at": {}, "kind": []}]',
    "field with a NUL": b'[{"id": "1", "a\\u0000b": 1}]',
    "field with half a pair": b'[{"id": "1", "\\ud800": 1}]',
    "an object": b'{"id": "1"}',
    "a text": b'"text"',
    "null": b"null",
    "a list of lists": b"[[[]]]",
    "the year 1": b'[{"id": "1", "at": "0001-01-01T00:00:00+14:00", "kind": "file"}]',
    "the year 9999": b'[{"id": "1", "at": "9999-12-31T23:59:59-14:00", "kind": "file"}]',
    "messages of anything": b'[{"id": "1", "status": "success", "startTime": 1795280241, "messages": [3]}]',
    "times of anything": b'[{"id": "1", "status": "success", "startTime": true}, {"id": "2", "startTime": 1e300}]',
    "costs of anything": b'[{"id": "1", "status": "success", "startTime": 1795280241, "response_cost": 1e308}]',
}


@pytest.mark.both
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ODD)
def test_F03_an_odd_event_is_never_an_error_of_ours(client, secret, path, name):
    answer = post(client, secret, ODD[name], path=path)

    assert answer.status_code in (202, 400, 422)
    assert send(client, secret, [event("after")])["new"] == 1


@pytest.mark.both
def test_F02_a_NUL_is_refused_before_it_reaches_the_database(client, secret):
    answer = post(client, secret, [event(1, conversation="a\0b"), event(2, text="a\0b"), event("3\0")])

    assert answer.status_code == 202
    assert answer.json()["received"] == 1
    assert [wrong["field"] for wrong in answer.json()["rejected"]] == ["conversation", "id"]


def test_F03_one_broken_line_among_good_ones_is_named_and_loses_nothing_else(client, secret):
    lines = [json.dumps(event(1)), "{oops", json.dumps(event(2))]

    answer = post(client, secret, "\n".join(lines).encode(), content_type="application/x-ndjson")

    assert (answer.status_code, answer.json()["received"]) == (202, 2)
    assert [(wrong["index"], wrong["error"]) for wrong in answer.json()["rejected"]] == [(1, "must be a JSON object")]


@pytest.mark.parametrize("length", ["9" * 5_000, "²", "-1", "many"])
def test_F03_a_length_that_is_none_is_no_error_of_ours(client, secret, length):
    assert post(client, secret, b"[]", CONTENT_LENGTH=length).status_code < 500


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv"]
)
def test_F03_another_type_is_refused(client, secret, content_type):
    answer = post(client, secret, b"id=1", content_type=content_type)

    assert (answer.status_code, answer.json()["error"]) == (415, "Send application/json or application/x-ndjson.")


@pytest.mark.parametrize(("coding", "status"), [("br", 415), ("gzip", 400), ("gzip, gzip", 415)])
def test_F03_a_coding_that_is_none_is_refused(client, secret, coding, status):
    assert post(client, secret, b"[]", content_encoding=coding).status_code == status


def test_F03_a_gzip_body_cut_short_is_refused(client, secret):
    whole = gzip.compress(json.dumps([event(1)]).encode())

    assert post(client, secret, whole[:-9], content_encoding="gzip").status_code == 400
