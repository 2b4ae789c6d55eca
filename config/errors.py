"""Answers where a request went wrong outside of any view: in Steward's frame, with the request's id."""

import inspect
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from orgs import web

_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is too large, whoever noticed it; else what is malformed."""
    if isinstance(exception, _TOO_LARGE):
        return web.refusal(
            request, 413, _("That was too much at once, and nothing of it was kept. Send it in several steps.")
        )
    return _plain(request, "errors/400.html", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """What went wrong on our side. No query and no frame: these could fail again."""
    return _plain(request, "errors/500.html", 500)


def untrusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that Steward's own pages did not send; a method that no form sends is refused as what it is."""
    if request.method == "POST":
        return _plain(request, "403_csrf.html", 403)
    return web.no_page(request, ", ".join(_methods(request)))


def _methods(request: HttpRequest) -> Iterable[str]:
    """What the view declares that it takes; without a word of its own, what browsers send."""
    view: Any = request.resolver_match and request.resolver_match.func
    while view is not None:
        declared = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if declared is not None:
            return list(declared)
        view = getattr(view, "__wrapped__", None)
    return ("GET", "HEAD", "OPTIONS", "POST")


def _plain(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page made without what could have gone wrong: no session, no person, no query."""
    context = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return HttpResponse(render_to_string(template, context), status=status)
