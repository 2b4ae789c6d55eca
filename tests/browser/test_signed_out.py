"""What a browser still shows after signing out."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_C11_going_back_after_signing_out_shows_nothing_of_the_organization(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")
    tab.fill("form.filters [name=q]", "lena")
    tab.wait_for_url("**q=lena**")
    tab.click("button[popovertarget=menu-me]")
    tab.click("#menu-me form button")
    tab.wait_for_url("**/accounts/**")

    for _ in range(2):
        tab.go_back()
        tab.wait_for_load_state()
        assert "/accounts/login/" in tab.url
        assert "Lena" not in tab.content()
    stored = tab.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "Lena" not in stored
