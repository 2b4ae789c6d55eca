"""What is too large or asked in a way that an address does not take is said in our frame, before anything else is."""

import pytest
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from tests.doors import Console, console

pytestmark = pytest.mark.django_db
LARGE = "x" * 3_000_000
MANY = {f"field{n}": "" for n in range(1001)}


@pytest.fixture
def olive(cast):
    """As in a browser, which has the cookie for forms: what another site's form could send is refused."""
    return with_cookie(Console(cast.olive, enforce_csrf_checks=True))


def with_cookie(browser):
    browser.cookies["csrf"] = get_token(RequestFactory().get("/"))
    return browser


@pytest.mark.parametrize("fields", [{"reason": LARGE}, MANY], ids=["bytes", "fields"])
@pytest.mark.parametrize("address", ["/o/acme/members/{}/suspend/", "/accounts/", "/accounts/login/"])
def test_a_form_that_is_too_large_is_413_in_our_frame(cast, olive, address, fields):
    for browser in (olive, console(cast.olive), with_cookie(Client(enforce_csrf_checks=True))):
        answer = browser.post(address.format(cast.mika.pk), fields)

        assert answer.status_code == 413
        assert "That is too large" in answer.text
        assert "Back to the start" in answer.text
    cast.mika.refresh_from_db()
    assert cast.mika.suspended_at is None


def test_a_part_that_is_too_large_is_said_in_a_toast(cast, olive):
    answer = olive.post(f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": LARGE}, hx=True)

    assert (answer.status_code, answer["HX-Reswap"]) == (413, "none")
    assert "Send it in several steps" in answer.text


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/healthz", "GET, HEAD"),
        ("/o/acme/members/", "GET, HEAD"),
        ("/o/acme/members/1/role/", "POST"),
        ("/accounts/login/", "GET, HEAD, OPTIONS, POST"),
    ],
)
def test_A16_a_method_that_an_address_does_not_take_is_405_without_a_token_too(olive, method, address, allowed):
    answer = getattr(olive, method)(address)

    assert (answer.status_code, answer["Allow"]) == (405, allowed)


def test_an_address_that_is_no_page_leads_back_into_the_frame(cast):
    answer = console(cast.olive).get(f"/o/acme/members/{cast.mika.pk}/role/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address is not a page" in answer.text
    assert 'href="/o/acme/members/"' in answer.text  # the navigation
    assert 'href="/o/acme/"' in answer.text


def test_a_deed_asked_for_by_get_from_a_page_is_said_in_a_toast(cast):
    answer = console(cast.olive).get(f"/o/acme/members/{cast.mika.pk}/role/", hx=True)

    assert (answer.status_code, answer["Allow"], answer["HX-Reswap"]) == (405, "POST", "none")
    assert "not a page" in answer.text
