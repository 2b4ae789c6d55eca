"""A form of signing in that is shown again says why in its status: 422, or 429 where it came too fast."""

import pytest
from django.urls import reverse

from orgs import adapter
from tests.doors import console
from tests.ways_in import by_password, prove_again, signed_in

pytestmark = pytest.mark.django_db
MIKA = "mika@acme.example"


def test_a_wrong_password_is_no_page_to_look_at(cast):
    answer = by_password(console(), MIKA, "wrong")

    assert answer.status_code == 422
    assert "do not belong together" in answer.text


def test_D07_the_try_after_too_many_is_too_fast(cast):
    answers = [by_password(console(), MIKA, "wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Too many tries. Wait five minutes" in answers[-1].text


def test_a_wrong_code_of_an_app_is_bad_input(cast):
    adapter.set_up_totp(cast.mika.user)
    browser = console()
    by_password(browser, MIKA)

    answer = browser.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert answer.status_code == 422
    assert "This is not the code" in answer.text


def test_a_wrong_mailed_code_is_bad_input_whoever_asked(cast):
    for email in (MIKA, "nobody@acme.example"):
        browser = console()
        browser.post(reverse("account_request_login_code"), {"email": email})

        assert browser.post(reverse("account_confirm_login_code"), {"code": "ABCDEF"}).status_code == 422


def test_codes_asked_for_too_fast_are_429_whoever_asks(cast):
    for email in (MIKA, "nobody@acme.example"):
        asked = [console().post(reverse("account_request_login_code"), {"email": email}) for _ in range(4)]

        assert [answer.status_code for answer in asked] == [302, 302, 302, 429]


@pytest.mark.parametrize(
    ("door", "fields"),
    [
        ("account_login", {"login": "no address", "password": "x"}),
        ("account_reset_password", {"email": "no address"}),
        ("account_request_login_code", {"email": ""}),
    ],
)
def test_a_form_that_is_filled_in_wrongly_is_bad_input(cast, door, fields):
    assert console().post(reverse(door), fields).status_code == 422


def test_ones_own_pages_say_so_too(cast):
    browser = signed_in(cast.mika)
    assert prove_again(browser, "wrong").status_code == 422
    prove_again(browser)
    browser.get(reverse("mfa_activate_totp"))

    assert browser.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
    assert browser.post(reverse("account_change_password"), {"oldpassword": "x"}).status_code == 422
    assert browser.get(reverse("account_change_password")).status_code == 200
