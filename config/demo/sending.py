"""Sends the demo's events through the front door, as a chat platform would, without a server or a socket."""

from __future__ import annotations

import gzip
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.demo.usage.answers import Event

BATCH = 5_000
DOOR = "/api/v1/events"


class NotTaken(Exception):
    """The API did not take a batch; the message is its answer."""


def send(events: Sequence[Event], key: str, *, progress: Callable[[int], None]) -> None:
    """Post `events` in batches of 5,000 as gzip NDJSON; `progress` is told after each how many are through.

    Raises:
        NotTaken: a batch was answered otherwise than 202, or events in it were rejected.
    """
    with _quiet():
        application = get_wsgi_application()
        _send(application, events, key, progress)


def _send(
    application: Callable[..., Iterable[bytes]], events: Sequence[Event], key: str, progress: Callable[[int], None]
) -> None:
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        body = gzip.compress(b"\n".join(json.dumps(event).encode() for event in batch), compresslevel=1)
        status, answer = _post(application, body, key)
        if not status.startswith("202") or json.loads(answer)["rejected"]:
            raise NotTaken(f"{DOOR} answered {status}: {answer[:500].decode(errors='replace')}")
        progress(start + len(batch))


@contextmanager
def _quiet() -> Iterator[None]:
    """No line in the log per batch beside the progress, and no warning that static files are not collected yet."""
    log = logging.getLogger("django_structlog.middlewares.request")
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No directory at", UserWarning)
            yield
    finally:
        log.setLevel(level)


def _post(application: Callable[..., Iterable[bytes]], body: bytes, key: str) -> tuple[str, bytes]:
    """One request to the WSGI application of this process."""
    public = urlsplit(settings.PUBLIC_BASE_URL)
    answered: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": DOOR,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": public.hostname,
        "SERVER_PORT": str(public.port or (443 if public.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": public.netloc,
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "HTTP_CONTENT_ENCODING": "gzip",
        "CONTENT_TYPE": "application/x-ndjson",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": public.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        answered.append(status)

    response = application(environ, start_response)
    try:
        answer = b"".join(response)
    finally:
        close = getattr(response, "close", None)
        if close is not None:
            close()
    return answered[-1], answer
