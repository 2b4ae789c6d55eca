"""What allauth's pages answer to what they do not take: 422, or 429 for what comes too fast, never 200."""

from collections.abc import Callable
from typing import Any, Final

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

_TOO_FAST: Final = {"too_many_login_attempts", "rate_limited"}  # codes of allauth's errors


class FormStatusMiddleware:
    """A page that shows a form again, with what is wrong, says so in its status. No query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        codes = _wrong_in(response.context_data or {}) if request.method == "POST" else set()
        if response.status_code == 200 and codes:
            response.status_code = 429 if codes & _TOO_FAST else 422
        return response


def _wrong_in(context: dict[str, Any]) -> set[str]:
    """The codes of all errors in the forms that a page shows."""
    forms = (form for form in context.values() if isinstance(form, BaseForm) and form.is_bound)
    return {str(error.code) for form in forms for errors in form.errors.as_data().values() for error in errors}
