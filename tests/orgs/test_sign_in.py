"""Signing in: with a password, an emailed code, an app, a recovery code; and what keeps strangers from it."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from orgs import adapter
from orgs.models import User
from tests.cast import PASSWORD, make_user
from tests.doors import console
from tests.ways_in import (
    by_code,
    by_password,
    code_in,
    is_in,
    newest_mail,
    prove_again,
    reset,
    reset_link,
    signed_in,
    totp,
)

pytestmark = pytest.mark.django_db
NEW = "a new long pass phrase"


def test_a_password_lets_in_and_leads_to_the_one_organization(cast):
    browser = console()

    answer = by_password(browser, "mika@acme.example", follow=True)

    assert [url for url, _ in answer.redirect_chain] == ["/", "/o/acme/"]


def test_an_address_is_the_same_in_capitals(cast):
    assert by_password(console(), "MIKA@Acme.example").url == "/"


def test_an_emailed_code_lets_in(cast):
    browser = console()

    assert by_code(browser, "mika@acme.example").url == "/"
    assert is_in(browser)


def test_an_emailed_code_works_once(cast):
    by_code(console(), "mika@acme.example")
    code = code_in(newest_mail())
    other = console()
    other.post(reverse("account_request_login_code"), {"email": "mika@acme.example"})

    assert other.post(reverse("account_confirm_login_code"), {"code": code}).status_code == 422
    assert not is_in(other)


def test_a_link_survives_signing_in(cast):
    browser = console()
    asked = browser.get("/o/acme/members/?role=admin")

    answer = browser.post(asked.url, {"login": "olive@acme.example", "password": PASSWORD})

    assert answer.url == "/o/acme/members/?role=admin"


def test_a_part_asked_for_without_a_session_sends_the_browser_to_sign_in(cast):
    page = "http://testserver/o/acme/members/"
    answer = console().get("/o/acme/members/?q=mi", hx=True, headers={"HX-Current-URL": page})

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=/o/acme/members/"


def test_nobody_signs_up_by_themselves():
    page = console().get(reverse("account_signup"))
    answer = console().post(
        reverse("account_signup"), {"email": "new@acme.example", "password1": NEW, "password2": NEW}
    )

    assert "password1" not in page.text
    assert answer.status_code == 200
    assert not User.objects.exists()


# ---------------------------------------------------------------- second factors


def test_secrets_are_still_read_when_the_key_was_replaced(cast, settings):
    kept = adapter.MFAAdapter().encrypt("JBSWY3DP")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8

    assert adapter.MFAAdapter().decrypt(kept) == "JBSWY3DP"


def test_whoever_has_an_app_is_asked_for_its_code(cast):
    secret = adapter.set_up_totp(cast.mika.user)
    browser = console()

    assert by_password(browser, "mika@acme.example").url == reverse("mfa_authenticate")
    assert not is_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})
    assert is_in(browser)


def test_D11_no_way_in_leaves_out_the_second_factor(cast):
    adapter.set_up_totp(cast.mika.user)

    for way in (by_password, by_code):
        browser = console()
        assert way(browser, "mika@acme.example").url == reverse("mfa_authenticate")
        assert not is_in(browser)
    browser = console()
    reset(browser, reset_link(cast.mika), NEW)
    assert not is_in(browser)
    assert by_password(browser, "mika@acme.example", NEW).url == reverse("mfa_authenticate")


def test_D11_a_code_of_an_app_works_once(cast):
    secret = adapter.set_up_totp(cast.mika.user)
    code = totp(secret)
    answers = []
    for browser in (console(), console()):
        by_password(browser, "mika@acme.example")
        browser.post(reverse("mfa_authenticate"), {"code": code})
        answers.append(is_in(browser))

    assert answers == [True, False]


def test_D11_no_browser_is_trusted_to_leave_it_out():
    assert settings.MFA_TRUST_ENABLED is False
    assert not hasattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE")
    assert settings.MFA_TOTP_TOLERANCE == 0


def test_setting_up_a_second_factor_asks_who_one_is(cast):
    answer = signed_in(cast.mika).get(reverse("mfa_activate_totp"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


# ---------------------------------------------------------------- guessing


def test_D07_guessing_locks_an_address_whatever_address_it_claims_to_come_from(cast):
    for number in range(6):
        by_password(console(), "mika@acme.example", "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})

    browser = console()
    by_password(browser, "mika@acme.example")
    assert not is_in(browser)


def test_D07_a_success_of_ones_own_does_not_clear_the_count(cast):
    tries = [("mika@acme.example", "wrong"), ("vera@acme.example", PASSWORD)] * 6
    for email, password in tries:
        by_password(console(), email, password)

    browser = console()
    by_password(browser, "mika@acme.example")
    assert not is_in(browser)


def test_D07_two_hundred_tries_from_one_machine_are_too_fast(cast):
    answers = {
        by_password(console(), f"{n}@acme.example", "x", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(200)
    }

    assert 429 in answers


# ---------------------------------------------------------------- who has an account


def shape(answer):
    """What a stranger sees of an answer: status, way on, and text without tokens and addresses."""
    text = re.sub(r'(value|Token": )"?"[^"]{64}"|[a-z]+@[a-z]+\.example', "", answer.text)
    return answer.status_code, answer.headers.get("Location"), re.sub(r"[A-Za-z0-9]{64}", "", text)


@pytest.mark.parametrize(
    ("door", "data"),
    [
        ("account_login", {"login": "{}", "password": "wrong wrong wrong"}),
        ("account_reset_password", {"email": "{}"}),
        ("account_request_login_code", {"email": "{}"}),
        ("account_signup", {"email": "{}", "password1": NEW}),
    ],
)
def test_D08_an_answer_does_not_tell_who_has_an_account(cast, door, data):
    seen = []
    for email in ("mika@acme.example", "nobody@acme.example"):
        filled = {name: value.format(email) for name, value in data.items()}
        browser = console()
        seen += [[shape(browser.post(reverse(door), filled)), shape(browser.get("/accounts/login/code/confirm/"))]]

    assert seen[0] == seen[1]


def test_D08_a_new_address_does_not_tell_whether_somebody_has_it(cast):
    seen = []
    for email in ("vera@acme.example", "nobody@acme.example"):
        browser = signed_in(cast.mika)
        prove_again(browser)
        answer = browser.post(reverse("account_email"), {"email": email})
        seen.append((answer.status_code, answer.headers.get("Location")))

    assert seen[0] == seen[1]


# ---------------------------------------------------------------- whose account


def test_D06_nobody_confirms_the_address_of_somebody_else(cast):
    browser = signed_in(cast.mika)
    prove_again(browser)
    browser.post(reverse("account_email"), {"email": "vera@acme.example"})

    browser.post(reverse("account_email_verification_sent"), {"code": code_in(newest_mail())})

    cast.mika.user.refresh_from_db()
    cast.vera.user.refresh_from_db()
    assert (cast.mika.user.email, cast.vera.user.email) == ("mika@acme.example", "vera@acme.example")
    assert settings.ACCOUNT_CHANGE_EMAIL is False


@pytest.mark.parametrize("password", ["", " ", "!", "None"])
def test_D06_an_account_without_a_password_is_entered_with_none(cast, password):
    bare = User.objects.create_user("bare@acme.example", None)
    adapter.verify_address(bare)
    browser = console()

    by_password(browser, "bare@acme.example", password)

    assert not is_in(browser)


def test_D09_the_admin_site_has_no_way_in_of_its_own(cast):
    answer = console().get("/admin/")
    by_hand = console().post("/admin/login/", {"username": "helper@steward.example", "password": PASSWORD})

    assert answer.url.startswith("/accounts/login/")
    assert by_hand.url.startswith("/accounts/login/")


def test_D09_support_staff_without_a_second_factor_are_sent_to_set_one_up(cast):
    browser = console()
    by_password(browser, "helper@steward.example")

    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == reverse("mfa_index")


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "http://127.0.0.1/",
        "\thttps://evil.example/",
    ],
)
@pytest.mark.parametrize("door", ["login", "logout", "theme", "reauthenticate", "signed in"])
def test_D10_a_way_on_stays_on_this_host(cast, where, door):
    browser = console() if door == "login" else signed_in(cast.mika)
    fields = {"login": "mika@acme.example", "password": PASSWORD, "theme": "dark", "next": where}
    path = {"signed in": "/accounts/login/"}.get(door, f"/accounts/{door}/")
    answer = browser.post(path, fields)

    assert answer.status_code in (302, 303)
    assert re.match(r"/(?![/\\])", answer["Location"])


@pytest.mark.parametrize(
    "host", ["testserver#@evil.example", "evil@testserver", "testserver:80:80", "testserver:port", "evil.example", ""]
)
def test_A11_a_host_that_is_not_ours_is_refused(cast, host):
    assert console().get("/accounts/login/", headers={"host": host}).status_code == 400


def test_unproven_addresses_open_nothing(db):
    user = User.objects.create_user("unproven@acme.example", PASSWORD)
    browser = console()

    by_password(browser, user.email)

    assert not is_in(browser)
    assert make_user("proven@acme.example").is_active
