"""The id of each request: in the log, in what the request leaves behind, on error pages and in every answer."""

import re
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponseBase

_FITS: Final = re.compile(r"[!-~]{1,64}")  # a caller's own name for a request: printed, without blanks


def named(given: str) -> str:
    """What a request is called: what its caller called it, where that fits, else by a name of ours."""
    return given if _FITS.fullmatch(given) else str(uuid.uuid4())


class RequestIdMiddleware:
    """Names each request; X-Request-ID of the answer says how, as AuthZEN 1.0 asks for. No query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = request.META["HTTP_X_REQUEST_ID"] = named(request.META.get("HTTP_X_REQUEST_ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=name):
            answer = self.get_response(request)
        answer.headers["X-Request-ID"] = name
        return answer
