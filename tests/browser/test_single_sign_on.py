"""Single sign-on in a real browser, which holds redirects after a form to the page's policy: there and back."""

import pytest

from tests import idp as idps
from tests.browser.conftest import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _at_the_provider(page, idp, sub):
    page.wait_for_url(f"{idp.url}/**")
    page.fill("input[name=sub]", sub)
    page.press("input[name=sub]", "Enter")


@pytest.fixture
def tabs(steward, chromium):
    """Two browsers. What the provider's own pages say is not ours; what the policy of ours stops is."""
    pages = [chromium.new_context(base_url=steward.url).new_page() for _ in range(2)]
    said = [listen(page) for page in pages]
    yield pages
    for page in pages:
        page.context.close()
    assert [line for lines in said for line in lines if "Content Security Policy" in line] == []


def test_an_owner_connects_and_tests_a_provider_and_a_member_comes_in_by_it(steward, tabs):
    tab, page = tabs
    with idps.running() as server:
        idp = idps.at(server)
        for name in ("olive", "mika"):
            idp.person(name, email=f"{name}@acme.example", email_verified=True)
        sign_in(tab, steward, "olive")
        tab.goto("/o/acme/security/")
        tab.locator("#sso").get_by_role("link", name="Change").click()
        for field, value in {"issuer": idp.url, "client_id": "steward", "client_secret": "canary"}.items():
            tab.fill(f"input[name={field}]", value)
        tab.get_by_role("button", name="Connect it").click()
        tab.get_by_role("link", name="Test it").click()
        tab.get_by_role("button", name="Go to").click()
        _at_the_provider(tab, idp, "olive")
        tab.get_by_text("you came back as olive@acme.example").wait_for()

        page.goto("/accounts/login/?next=/o/acme/workspaces/")
        page.get_by_role("link", name="Single sign-on").click()
        page.fill("input[name=email]", "mika@acme.example")
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("heading", name="Sign in at your organization").wait_for()
        page.get_by_role("button", name="Go on").click()
        _at_the_provider(page, idp, "mika")
        page.wait_for_url("**/o/acme/workspaces/")
