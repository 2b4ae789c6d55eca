"""What strangers learn from asking for what is not there, or from what went wrong: nothing."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

SECRET = "a word from inside that nobody may read"


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


urlpatterns = [path("broken/", broken), path("", include("config.urls"))]

ODD = [
    "/%00",
    "/o/%ff%fe/",
    "/o/%2e%2e/%2e%2e/etc/passwd",
    "/o/acme/members/99999999999999999999/",
    "/o/acme/members/-1/",
    "/o/acme/members/%F0%9F%92%A9/",
    "/o/<script>alert(1)</script>/",
    "/static/../config/settings.py",
    "/" + "a" * 8000,
    "/o/acme/audit/?from=%00&to=%ff&page=-1",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ODD, ids=lambda address: address[:40])
@pytest.mark.parametrize("person", [None, "olive"])
def test_E08_odd_addresses_end_without_a_trace(cast, address, person):
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(getattr(cast, person).user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(address)

    assert answer.status_code in (200, 302, 400, 404, 422)
    for word in (b"Traceback", b"SECRET_KEY", b"config.settings", b"site-packages", b"<script>alert"):
        assert word not in answer.content


@pytest.mark.django_db
@pytest.mark.urls("tests.config.test_error_pages")
def test_E08_what_goes_wrong_is_said_without_saying_what(cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.olive.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get("/broken/")

    assert answer.status_code == 500
    assert SECRET.encode() not in answer.content
    assert b"Traceback" not in answer.content
