"""Under /api/ every answer is JSON, whatever went wrong and wherever."""

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from config import api as answers
from orgs.busy import is_busy

SECRET = "a word from inside that nobody may read"


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@login_not_required
def locked(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


@login_not_required
def late(request: HttpRequest) -> HttpResponse:
    raise OperationalError from psycopg.errors.LockNotAvailable()


@login_not_required
def lost(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such table: secret")


urlpatterns = [
    path("api/v1/broken", broken),
    path("api/v1/locked", locked),
    path("api/v1/late", late),
    path("api/v1/lost", lost),
    path("elsewhere/locked", locked),
    path("", include("config.urls")),
]


@pytest.fixture
def machine(db, settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/api/", "/api/v1/nothing", "/api/v2/events", "/api/v1/events/", "/api/%00"])
def test_an_unknown_address_is_404_in_JSON(machine, address):
    answer = machine.get(address)

    assert (answer.status_code, answer.json()["error"]) == (404, "There is nothing under this address.")


@pytest.mark.parametrize("address", ["/api/v1/events", "/api/v1/usage/summary"])
def test_a_method_that_is_not_taken_is_405_in_JSON_and_says_which_are(machine, address):
    answer = machine.delete(address)

    assert answer.status_code == 405
    assert "Allow" in answer.headers
    assert "error" in answer.json()


def test_what_breaks_is_500_in_JSON_without_a_word_from_inside(machine):
    for address in ("/api/v1/broken", "/api/v1/lost"):
        answer = machine.get(address)

        assert answer.status_code == 500
        assert "error" in answer.json()
        assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("address", ["/api/v1/locked", "/api/v1/late"])
def test_a_busy_database_is_503_and_says_when_to_ask_again(machine, address):
    answer = machine.get(address)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "send it again" in answer.json()["error"]


def test_an_address_outside_is_left_alone(machine):
    assert machine.get("/nothing").headers["Content-Type"].startswith("text/html")
    assert machine.get("/elsewhere/locked").status_code == 500


def test_headers_that_a_client_needs_are_kept():
    html = HttpResponse("<p>", status=405, headers={"Allow": "GET", "Set-Cookie": "x"})

    answer = answers.ApiMiddleware(lambda request: html)(_asked("/api/v1/events"))

    assert answer["Allow"] == "GET"
    assert "Set-Cookie" not in answer.headers


def test_only_waiting_for_others_is_being_busy():
    assert is_busy(psycopg.errors.QueryCanceled())
    assert not is_busy(OperationalError("disk I/O error"))
    assert not is_busy(RuntimeError("database is locked"))


def _asked(address):
    request = HttpRequest()
    request.path = address
    return request
