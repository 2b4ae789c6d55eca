"""What every answer under /api/ has in common: JSON, also where something went wrong before or after a view."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from orgs.busy import is_busy

log = structlog.get_logger()
PATH = "/api/"
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
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate", "X-Request-ID")


class ApiMiddleware:
    """Errors under /api/ are `{"error": …}`; a database that is busy is 503 with Retry-After. No query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if not request.path.startswith(PATH) or answer.status_code < 400 or _is_json(answer):
            return answer
        told = JsonResponse(
            {"error": _REASONS.get(answer.status_code, answer.reason_phrase)}, status=answer.status_code
        )
        for name in _KEPT:
            if name in answer.headers:
                told[name] = answer.headers[name]
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith(PATH) or not is_busy(exception):
            return None
        log.warning("database_busy", error=str(exception))
        return JsonResponse({"error": _BUSY}, status=503, headers={"Retry-After": _LATER})


def _is_json(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Content-Type", "").split(";")[0] in ("application/json", "application/problem+json")
