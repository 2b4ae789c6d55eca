"""What every answer to a machine has in common: JSON, also where something went wrong before or after a view."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from orgs.busy import is_busy

log = structlog.get_logger()
PATHS = ("/api/", "/access/", "/beta/", "/.well-known/authzen-configuration")
_LATER = "5"  # seconds
_BUSY = "The database is busy. Nothing of this request was kept; send it again."
_REASONS = {
    400: "The request is malformed.",
    403: "This is not allowed.",
    404: "There is nothing under this address.",
    405: "This address does not take this method; Allow says which it takes.",
    413: "The body is too large.",
    500: "Something broke here. It is in the log under the id of this request.",
}
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ApiMiddleware:
    """Errors under PATHS are `{"error": …}`; a database that is busy is 503 with Retry-After. No query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if not request.path.startswith(PATHS):
            return answer
        if answer.status_code >= 400 and not _is_json(answer):
            return _in_json(answer, request.META.get("HTTP_X_REQUEST_ID", ""))
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return busy(exception) if request.path.startswith(PATHS) else None


def busy(exception: BaseException) -> JsonResponse | None:
    """The answer to a machine where the database is busy; None where it is something else."""
    if not is_busy(exception):
        return None
    log.warning("database_busy", error=str(exception))
    return JsonResponse({"error": _BUSY}, status=503, headers={"Retry-After": _LATER})


def error(status: int) -> JsonResponse:
    """An answer of one of _REASONS' kinds."""
    return JsonResponse({"error": _REASONS[status]}, status=status)


def _in_json(answer: HttpResponseBase, request_id: str) -> HttpResponse:
    """In JSON, with the request's id; but what is not there is told in the same bytes whoever asks, and why."""
    said = {"error": _REASONS.get(answer.status_code, answer.reason_phrase)}
    named = {} if answer.status_code == 404 else {"request_id": request_id}
    told = JsonResponse(said | named, status=answer.status_code)
    for name in _KEPT:
        if name in answer.headers:
            told[name] = answer.headers[name]
    return told


def _is_json(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Content-Type", "").split(";")[0] in ("application/json", "application/problem+json")
