"""Where people work, in a real browser: make a private workspace, invite, post, be refused, share outside, revoke."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def somebody(chromium, steward):
    """Another browser for each person asked for, signed in; nobody is signed in where no name is given."""
    contexts = []

    def open_as(name=""):
        context = chromium.new_context(base_url=steward.url, viewport={"width": 1360, "height": 900})
        page = context.new_page()
        contexts.append((context, listen(page)))
        if name:
            sign_in(page, steward, name)
        return page

    yield open_as
    for context, said in contexts:
        context.close()
        assert not said, said


def test_a_private_workspace_from_its_making_to_a_link_that_is_dead(tab, steward, somebody):
    # Lena makes a private workspace and lets Mika in as a User, Vera as a Viewer
    sign_in(tab, steward, "lena")
    tab.goto("/o/acme/workspaces/new/")
    tab.fill("[name=name]", "Moonshot")
    tab.check("[name=visibility][value=private]")
    tab.get_by_role("button", name="Make the workspace").click()
    tab.wait_for_url(re.compile(r"/workspaces/\d+/$"))
    workspace = tab.url
    for address, role in (("mika@acme.example", "user"), ("vera@acme.example", "viewer")):
        tab.goto(f"{workspace}members/add/")
        tab.fill("[name=emails]", address)
        tab.locator("[name=role]").select_option(role)
        tab.get_by_role("button", name="Add them").click()
        expect(tab.locator("#people")).to_contain_text(address)

    # Mika begins a conversation and posts with the keyboard
    mika = somebody("mika")
    mika.goto(workspace)
    mika.fill("input[name=title]", "Lift-off")
    mika.get_by_role("button", name="New conversation").click()
    mika.wait_for_url("**/conversations/**")
    talk = mika.url.partition("#")[0]
    mika.fill("textarea[name=text]", "We go on **Monday**.")
    mika.press("textarea[name=text]", "Control+Enter")
    expect(mika.locator("#messages")).to_contain_text("We go on Monday.")
    expect(mika.locator("textarea[name=text]")).to_have_value("")

    # Vera reads and is told why she cannot write; nobody else learns that it exists
    vera = somebody("vera")
    vera.goto(talk)
    expect(vera.locator("#messages")).to_contain_text("We go on Monday.")
    expect(vera.locator("#composer")).to_contain_text("Viewers read what is shared with them and send nothing")
    assert vera.locator("textarea").count() == 0
    assert somebody("olive").goto(talk).status == 404

    # Lena's answer appears to Mika by itself, and what Mika types meanwhile stays
    mika.fill("textarea[name=text]", "half a thought")
    tab.goto(talk)
    tab.fill("textarea[name=text]", "Fine with me.")
    tab.get_by_role("button", name="Send", exact=True).click()
    expect(mika.locator("#messages")).to_contain_text("Fine with me.", timeout=15_000)
    expect(mika.locator("textarea[name=text]")).to_have_value("half a thought")

    # Lena shares it outside; somebody without an account reads it; she revokes the link and it is dead
    tab.goto(f"{talk}sharing/")
    tab.get_by_role("button", name="Make a link").click()
    link = tab.locator("code.secret").first.inner_text().strip()
    outside = somebody()
    assert outside.goto(link).status == 200
    expect(outside.locator("h1")).to_have_text("Lift-off")
    expect(outside.locator("main")).to_contain_text("Fine with me.")
    assert outside.locator("form, script, nav").count() == 0

    tab.reload()
    expect(tab.locator("main")).to_contain_text("Opened once.")
    tab.get_by_role("button", name="Revoke it").click()
    expect(tab.locator("main")).to_contain_text("opens nothing any more")
    assert outside.goto(link).status == 404
    expect(outside.locator("h1")).to_have_text("This link opens nothing")
