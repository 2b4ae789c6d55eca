"""Every answer says the id of its request, error pages show it, and support finds what the request left behind."""

import json
import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from analytics.models import InboxBatch
from orgs.models import AuditEntry, Job, Mail
from tests.cast import make_key
from tests.doors import api, console, staff

NAME = "a-request-of-mine.1"


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [
    path("broken", broken),
    path("api/v1/broken", broken),
    path("", include("config.urls")),
]
handler400, handler500 = "config.errors.unreadable", "config.errors.broken"


@pytest.fixture
def client(db, settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


PAGES = {
    "a host that is not ours": ("get", "/", {"host": "evil.example"}),
    "a form of another site": ("post", "/accounts/login/", {}),
    "what breaks": ("get", "/broken", {}),
}


@pytest.mark.parametrize("what", PAGES)
def test_an_error_page_shows_the_id_that_the_answer_says(client, what):
    method, address, headers = PAGES[what]

    answer = getattr(client, method)(address, headers=headers)

    assert answer.status_code >= 400
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["X-Request-ID"])
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.text


def test_a_refusal_in_the_console_shows_it_too(cast):
    refused = console(cast.mika).get("/o/acme/settings/")

    assert refused.status_code == 403
    assert refused["X-Request-ID"] in refused.text


def test_A01_A02_a_machine_is_told_of_what_is_not_there_in_the_same_bytes_each_time(client):
    first, second = client.get("/api/v1/nothing"), client.get("/api/v1/nothing")

    assert first.status_code == 404
    assert first.content == second.content
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_a_machine_finds_it_in_the_JSON(client):
    answer = client.get("/api/v1/broken")

    assert json.loads(answer.content)["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize("address", ["/healthz", "/accounts/login/", "/api/v1/events"])
def test_a_callers_own_id_is_kept_where_it_fits(client, address):
    def told(given):
        return client.get(address, headers={"X-Request-ID": given})["X-Request-ID"]

    assert told(NAME) == NAME
    assert {given for given in ("a b", "a" * 65, "\x1b[2J", "a\u2028") if told(given) == given} == set()


@pytest.mark.both
def test_support_finds_what_a_request_left_behind(cast):
    _, key = make_key(cast.acme, "events:write")
    call = {"id": "1", "at": "2020-01-01T00:00:00Z", "member": "mika@acme.example", "kind": "message"}
    api(key).post("/api/v1/events", [call], headers={"X-Request-ID": NAME})
    fields = {"deed": "plan", "plan": "expert", "ids": [cast.mika.pk, cast.vera.pk]}
    console(cast.olive).post("/o/acme/members/bulk/", fields, headers={"X-Request-ID": NAME})
    console(cast.olive).post(
        f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": "x"}, headers={"X-Request-ID": NAME}
    )

    page = staff(cast.support.user).get(reverse("admin:request"), {"q": NAME})

    for row in (InboxBatch.objects.get(), Job.objects.get(), Mail.objects.get(), AuditEntry.objects.first()):
        assert row.request_id == NAME, repr(row)
        assert f"/{row.pk}/change/" in page.text, row
    assert "/change/" not in staff(cast.support.user).get(reverse("admin:request"), {"q": "another"}).text
