"""Second factors and passwords change in allauth's views: here in one transaction with the entry about it."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, remove_webauthn
from django.http import HttpRequest, HttpResponse
from django.urls import path

from orgs.adapter.people import FACTORS
from orgs.models import User

View = Callable[..., HttpResponse]
READS: Final = ("GET", "HEAD", "OPTIONS")


def _with_its_entry(view: View) -> View:
    """The view, which commits what it changes of the person's second factors together with the entries about it."""

    @wraps(view)
    def governed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        if request.method in READS or not user.is_authenticated:
            return view(request, *args, **kwargs)
        from orgs.actions import account  # deeds ask the engine, and the engine asks this module

        with account.change_credentials(user) as what:
            before = _held(user)
            response = view(request, *args, **kwargs)
            what += _changes(before, _held(user))
        return response

    return governed


def _held(user: User) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def _changes(before: dict[int, str], after: dict[int, str]) -> Iterator[str]:
    """What of second factors came and went. Recovery codes that come or go with a factor stand in for it."""
    came = {after[pk] for pk in after.keys() - before.keys()}
    went = {before[pk] for pk in before.keys() - after.keys()}
    if came.intersection(FACTORS):
        yield "second factor added"
    if went.intersection(FACTORS):
        yield "second factor removed"
    if came and not (came | went).intersection(FACTORS):
        yield "new recovery codes"


# allauth's own addresses and names: they stand before those that it brings.
urlpatterns = [
    path("2fa/totp/activate/", _with_its_entry(activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _with_its_entry(deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/webauthn/add/", _with_its_entry(add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", _with_its_entry(remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/recovery-codes/generate/", _with_its_entry(generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
