"""Passkeys in a real browser: set up, signed in with, and worth nothing to whoever is suspended."""

import pytest

from tests.browser.conftest import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

NOT_ALLOWED = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"


@pytest.fixture
def page(steward, chromium):
    """A tab with an authenticator; browsers know passkeys on names alone, so Steward is asked by its name."""
    context = chromium.new_context(base_url=steward.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    said = listen(page)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    context.close()
    assert not said, said


def open_form(page, password):
    page.goto("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/webauthn/add/")


def add_passkey(page, password):
    """As the form comes: nothing is typed, nothing is ticked."""
    open_form(page, password)
    assert page.input_value("input[name=name]") == "Chrome on Linux"
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/**")


def sign_out(page):
    page.context.clear_cookies()
    page.goto("/accounts/login/")


def test_a_passkey_is_set_up_and_signed_in_with_until_its_owner_is_suspended(page, steward, chromium):
    sign_in(page, steward, "adam")
    add_passkey(page, steward.password)

    sign_out(page)
    page.click("#passkey_login")
    page.wait_for_url("**/o/acme/**")

    owner = chromium.new_context(base_url=steward.url).new_page()
    sign_in(owner, steward, "olive")
    owner.goto(f"/o/acme/members/{steward.people['adam']}/suspend/")
    owner.fill("main [name=reason]", "Lost his laptop")
    owner.click("main form button.btn-danger, main form button.btn-primary")
    owner.wait_for_load_state()
    owner.context.close()

    page.reload()
    assert "/accounts/login/" in page.url
    page.click("#passkey_login")
    page.wait_for_selector("text=You are suspended in Acme")
    assert page.locator("text=Lost his laptop").count() == 1


def test_what_the_browser_refuses_is_said_in_words_where_it_was_asked(page, steward):
    sign_in(page, steward, "anna")
    add_passkey(page, steward.password)
    assert len(page.locator("#codes").inner_text().split()) == 10
    with page.expect_download() as saved:
        page.click("[data-save]")
    assert saved.value.suggested_filename == "steward-recovery-codes.txt"
    page.check("#codes_saved")
    page.click("text=Continue")
    page.wait_for_selector("h1:text('Second factor')")

    open_form(page, steward.password)
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("#passkey-trouble >> text=set up here already")
    assert page.evaluate("document.activeElement.id") == "passkey-trouble"

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.evaluate(NOT_ALLOWED)
    page.click("#passkey_login")
    page.wait_for_selector("#passkey-trouble >> text=take another way")
