"""Forms of other sites: no door takes a POST that Steward's own pages did not make (catalogue E02)."""

import re

import pytest
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from tests.doors import Console
from tests.matrix.urls import doors

pytestmark = pytest.mark.django_db
# Doors that no cookie opens: machines come with a key in a header, monitors with nothing.
FOR_MACHINES = re.compile(r"api/|access/|beta/|healthz|readyz|metrics")
FILLED = {"slug": "acme", "token": "1-x", "key": "x", "uidb36": "1", "name": "cost", "deed": "suspend"}


def path_of(door):
    """Some address of that door: a token is asked for before anything is looked up."""
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: FILLED.get(found[1], "1"), door.route)
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: FILLED.get(found[1], "1"), route)
    return "/" + re.sub(r"[\^$\\]", "", route)


def guarded():
    return sorted({path_of(door) for door in doors() if not FOR_MACHINES.match(door.route)})


ATTACKS = {
    "no token": {},
    "htmx only": {"HX-Request": "true"},
    "foreign origin": {"Origin": "https://evil.example"},
    "no origin": {"Origin": "null"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_E02_no_door_takes_a_post_of_another_site(cast, attack):
    browser = Console(cast.olive, enforce_csrf_checks=True)
    token = get_token(RequestFactory().get("/"))
    browser.cookies["csrf"] = token
    fields = {"csrfmiddlewaretoken": token} if "origin" in attack else {}

    taken = [
        f"{path}: {answer.status_code}"
        for path in guarded()
        if (answer := browser.post(path, fields, headers=ATTACKS[attack])).status_code != 403
    ]

    assert len(guarded()) > 50
    assert not taken


def test_E02_the_pages_own_token_is_taken_in_a_field_and_from_htmx(cast):
    for headers, in_field in (({}, True), ({"HX-Request": "true"}, False)):
        browser: Client = Console(cast.olive, enforce_csrf_checks=True)
        page = browser.get("/accounts/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        sent = {"name": "Olive", "timezone": "UTC"} | ({"csrfmiddlewaretoken": token} if in_field else {})
        answer = browser.post("/accounts/", sent, headers=headers | ({} if in_field else {"X-CSRFToken": token}))
        assert answer.status_code == 303
