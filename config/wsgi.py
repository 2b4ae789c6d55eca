"""The WSGI application: Django behind a door that takes only whole and bounded bodies."""

import io
import json
import os
import re
import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

from config import naming

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = structlog.get_logger()
PIECE = 64 * 1024
IN_MEMORY = 1024 * 1024
_MESSAGES = re.compile(r"/o/[^/]+/(workspaces/[0-9]+/)?conversations/[0-9]+/messages/")


class Unreadable(Exception):
    """The body cannot be taken; `status` and `message` say why."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class WholeBodies:
    """Hand every request on with its whole body and the body's true length.

    Django reads CONTENT_LENGTH bytes and takes a chunked body, which has none, for an empty one; and a server may
    hand over what came before a client broke off as if it were all. Here a body longer than MAX_BODY answers 413,
    one that ends early or has two lengths 400, and a chunked one arrives as if its length had been known.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            body = whole_body(environ)
        except Unreadable as error:
            return _refused(error, environ, start_response)
        if body is not None:
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body
        return _at_once(self.application(environ, start_response))


def _at_once(answer: Iterable[bytes]) -> Iterable[bytes]:
    """What is there as a whole, as a list: the server sends that in one go, and anything else piece by piece."""
    if not isinstance(answer, HttpResponse):
        return answer
    said = [answer.content]
    answer.close()
    return said


def _refused(error: Unreadable, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer in the caller's language: JSON to machines, else a line of text. X-Request-ID is the log's."""
    name, path = naming.named(environ.get("HTTP_X_REQUEST_ID", "")), environ.get("PATH_INFO", "")
    log.info("body_refused", request=f"{environ.get('REQUEST_METHOD')} {path}", status=error.status, request_id=name)
    if path.startswith(("/api/", "/access/")):
        kind, said = "application/json", json.dumps({"error": error.message}).encode()
    else:
        kind, said = "text/plain; charset=utf-8", f"{error.message}\n".encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(said))), ("Connection", "close")]
    start_response(error.status, [*headers, ("X-Request-ID", name)])
    return [said]


def whole_body(environ: "WSGIEnvironment") -> "tuple[IO[bytes], str] | None":
    """Read the request's body: a file at its beginning and its length, or None when it has none.

    Raises:
        Unreadable: it is too large, ends early, or says its length twice or wrongly.
    """
    chunked = environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower()
    length = environ.get("CONTENT_LENGTH") or ""
    if not chunked and length in ("", "0"):
        return None
    if (chunked and (length or chunked != "chunked")) or (length and not (length.isascii() and length.isdigit())):
        raise Unreadable("400 Bad Request", "Send one Content-Length, or Transfer-Encoding: chunked.")
    most = largest(environ.get("PATH_INFO", ""))
    if length and int(length) > most:
        raise _too_large(most)
    small = length and int(length) <= IN_MEMORY
    body: Any = io.BytesIO() if small else tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  Django closes it
    taken = _copy(environ["wsgi.input"], body, int(length) if length else most + 1)
    if taken > most:
        raise _too_large(most)
    if length and taken < int(length):
        raise Unreadable("400 Bad Request", f"The body ended after {taken} of {length} bytes.")
    body.seek(0)
    return body, str(taken)


def largest(path: str) -> int:
    """How many bytes a body for `path` may have: messages bring files along."""
    return (
        max(settings.MAX_BODY, settings.UPLOAD_LARGEST + IN_MEMORY) if _MESSAGES.fullmatch(path) else settings.MAX_BODY
    )


def _copy(source: IO[bytes], target: IO[bytes], until: int) -> int:
    """How many bytes there were, up to `until`: what comes after those is not waited for."""
    taken = 0
    try:
        while taken < until and (piece := source.read(min(PIECE, until - taken))):
            taken += len(piece)
            target.write(piece)
    except OSError as error:
        raise Unreadable("400 Bad Request", "The body ended early.") from error
    return taken


def _too_large(most: int) -> Unreadable:
    return Unreadable("413 Content Too Large", f"A body may have {most // 1024 // 1024} MiB.")


application = WholeBodies(get_wsgi_application())
