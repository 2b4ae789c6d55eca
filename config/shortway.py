"""The short way to the doors that a chat platform knocks at before every message: past all that pages need."""

from collections.abc import Callable
from functools import lru_cache

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import timezone

from config import api

log = structlog.get_logger()
PATH = "/access/v1/"
_found = lru_cache(maxsize=16)(resolve)  # addresses there are few of; what is none raises and is not kept


class ShortWayMiddleware:
    """Requests under PATH go straight to their view: no session, no person, no headers for browsers. No query.

    What stands before it in the settings holds for them too: an id, errors in JSON, the caller's address, hosts and
    HTTPS. They leave the same line in the log as others; django-structlog's own functions write it for over twice the
    time. A view under PATH has a door of its own or is for everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PATH):
            return self.get_response(request)
        timezone.deactivate()  # what the request before activated in this thread
        answer = _answer(request)
        log.info("request_finished", request=f"{request.method} {request.path}", code=answer.status_code)
        return answer


def _answer(request: HttpRequest) -> HttpResponseBase:
    match = request.resolver_match = _found(request.path_info)
    try:
        found: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except RequestDataTooBig:
        return api.error(413)
    except Exception as error:
        busy = api.busy(error)
        if busy is None:
            raise
        return busy
    return found
