"""Keys, settings and the log in a browser: panels open and close, focus goes where it belongs, filters have URLs."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUS = "document.activeElement.id || document.activeElement.name || document.activeElement.textContent.trim()"


def test_a_key_is_made_shown_once_and_revoked(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/keys/")
    tab.locator("[href$='/keys/new/']").first.press("Enter")
    tab.locator("#panel [name=name]").fill("gateway of the test")
    tab.locator("#panel [name=name]").press("Enter")

    scopes = tab.locator("#panel [name=scopes]")
    tab.locator("#panel .invalid-feedback").wait_for()
    assert tab.evaluate(FOCUS) == "id_scopes_0"
    scopes.first.check()
    tab.get_by_role("button", name="Make the key").click()

    secret = tab.locator("#panel [data-secret]")
    assert secret.inner_text().startswith("stw_")
    row = tab.locator("#keys tr", has_text="gateway of the test")
    assert row.count() == 1
    tab.keyboard.press("Escape")
    assert tab.evaluate(FOCUS) == "Make a key"
    secret.wait_for(state="detached")

    row.get_by_role("link", name="Revoke").click()
    tab.get_by_role("button", name="Revoke gateway of the test").click()
    tab.get_by_text("gateway of the test is revoked.").wait_for()
    assert row.get_by_role("link", name="Revoke").count() == 0


def test_an_owner_sees_who_would_be_locked_out_before_requiring_a_second_factor(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/security/")
    tab.get_by_role("link", name="Require a second factor").click()

    tab.locator("#panel").get_by_text("would be locked out if it started today").wait_for()
    tab.locator("#panel [name=starts_on]").fill("2099-01-01")
    tab.locator("#panel").get_by_role("button", name="Require a second factor").click()
    tab.locator("#second-factor").get_by_text("Required soon").wait_for()

    tab.get_by_role("button", name="No longer require it").click()
    tab.locator("#second-factor").get_by_text("Not required").wait_for()


def test_the_log_is_filtered_as_one_types_and_its_link_shows_the_same(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/audit/")
    tab.locator("[name=actor]").press_sequentially("nobody-of-that-name", delay=10)

    tab.get_by_text("No entry matches").wait_for()
    tab.wait_for_url("**actor=nobody-of-that-name**")
    assert tab.evaluate(FOCUS) == "id_actor"
    tab.reload()
    assert tab.locator("[name=actor]").input_value() == "nobody-of-that-name"
    assert tab.get_by_text("No entry matches").count() == 1

    tab.get_by_role("button", name="Verify").click()
    tab.get_by_text("The chain is whole.").wait_for()
