"""The id of each request: in the log, in what the request leaves behind, on error pages and in every answer."""

import re
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponseBase

from config.shortway import PATH

_FITS: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")  # a caller's own name for a request, as a proxy gives one


class RequestIdMiddleware:
    """A request is called what its caller called it, where that fits, else by a name of ours; X-Request-ID says it.

    Decisions have the short way, which names them itself. No query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PATH):
            return self.get_response(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if _FITS.fullmatch(given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = name
        with structlog.contextvars.bound_contextvars(request_id=name):
            answer = self.get_response(request)
        answer.headers["X-Request-ID"] = name
        return answer
