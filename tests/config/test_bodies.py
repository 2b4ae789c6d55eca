"""Bodies arrive whole or not at all, whatever the server made of them."""

import hashlib
import io
import json

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from config.wsgi import WholeBodies


def echo(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
    start_response("200 OK", [])
    return [hashlib.sha256(body).hexdigest().encode()]


def ask(body: bytes, **environ: str) -> tuple[str, bytes]:
    said = []
    given = {"CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(body), **environ}
    answer = b"".join(WholeBodies(echo)(given, lambda status, headers: said.append(status)))
    return said[0], answer


@pytest.mark.parametrize("size", [1, 70_000, 6_000_000])
def test_a_chunked_body_arrives_whole(size):
    body = bytes(i % 251 for i in range(size))

    status, digest = ask(body, HTTP_TRANSFER_ENCODING="chunked")

    assert status == "200 OK"
    assert digest.decode() == hashlib.sha256(body).hexdigest()


def test_a_body_of_known_length_arrives_whole_and_alone():
    status, digest = ask(b"abcde and what the next request says", CONTENT_LENGTH="5")

    assert (status, digest.decode()) == ("200 OK", hashlib.sha256(b"abcde").hexdigest())


def test_a_body_that_ends_early_is_refused():
    assert ask(b"abcde", CONTENT_LENGTH="50") == ("400 Bad Request", b"The body ended after 5 of 50 bytes.\n")


def test_a_chunked_body_that_the_server_could_not_finish_is_refused():
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("gone")

    status, _ = ask(b"", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": Broken()})

    assert status == "400 Bad Request"


@pytest.mark.parametrize(
    "said", [{"CONTENT_LENGTH": str(settings.MAX_BODY + 1)}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_a_body_over_the_limit_is_refused_with_the_limit(said):
    status, answer = ask(bytes(settings.MAX_BODY + 1), **said)

    assert (status, answer) == ("413 Content Too Large", b"A body may have 8 MiB.\n")


def test_machines_are_told_in_json():
    _, answer = ask(b"abc", CONTENT_LENGTH="5", PATH_INFO="/api/v1/events")

    assert json.loads(answer) == {"error": "The body ended after 3 of 5 bytes."}


@pytest.mark.parametrize(
    "said",
    [
        {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "gzip, chunked"},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "1_0"},
        {"CONTENT_LENGTH": "٣"},
    ],
)
def test_two_lengths_or_a_wrong_one_are_refused(said):
    status, _ = ask(b"abc", **said)

    assert status == "400 Bad Request"


def test_a_request_without_a_body_is_passed_on_untouched():
    status, digest = ask(b"")

    assert (status, digest.decode()) == ("200 OK", hashlib.sha256(b"").hexdigest())


@pytest.mark.parametrize("inside", ["", "workspaces/7/"])
def test_messages_may_be_as_large_as_their_files_and_a_little_more(inside):
    path, body = f"/o/acme/{inside}conversations/42/messages/", bytes(settings.MAX_BODY + 1)

    taken, _ = ask(body, CONTENT_LENGTH=str(len(body)), PATH_INFO=path)
    refused, said = ask(b"", CONTENT_LENGTH=str(settings.UPLOAD_LARGEST + 2**21), PATH_INFO=path)
    elsewhere, _ = ask(body, CONTENT_LENGTH=str(len(body)), PATH_INFO=f"{path}more/")

    assert (taken, refused, said) == ("200 OK", "413 Content Too Large", b"A body may have 20 MiB.\n")
    assert elsewhere == "413 Content Too Large"


def test_an_answer_that_is_whole_goes_out_in_one_piece_and_ends_its_request_first(monkeypatch):
    ended = []
    answer = HttpResponse(b"all of it")
    monkeypatch.setattr(answer, "close", lambda: ended.append(True))

    sent = WholeBodies(lambda environ, start: answer)({}, None)

    assert (sent, ended) == ([b"all of it"], [True])


def test_a_stream_is_sent_as_it_comes():
    stream = StreamingHttpResponse(iter([b"a", b"b"]))

    assert WholeBodies(lambda environ, start: stream)({}, None) is stream
