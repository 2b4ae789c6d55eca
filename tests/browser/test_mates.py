"""A mate's page in a browser: levels, tools and "may they use it?" change in place, and each deed has its way back."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_levels_tools_and_the_answer_to_who_may_use_it_change_in_place(steward, tab):
    sign_in(tab, steward, "olive")
    tab.goto(f"/o/acme/mates/{steward.people['scout']}/")

    tab.fill("#levels input[name=member]", "sam@acme.example")
    tab.click("#levels button:has-text('Give it')")
    tab.wait_for_selector(f"#level-{steward.people['sam']}")
    tab.click("#toasts button:has-text('Undo')")
    tab.wait_for_selector(f"#level-{steward.people['sam']}", state="detached")

    tab.click("text=Several people…")
    tab.fill("#panel textarea[name=addresses]", "nobody@x.example")
    tab.click("#panel button:has-text('Set the level')")
    tab.wait_for_selector("#panel .invalid-feedback:has-text('Nobody here has the address')")
    tab.fill("#panel textarea[name=addresses]", "adam@acme.example")
    tab.click("#panel button:has-text('Set the level')")
    tab.wait_for_selector(f"#level-{steward.people['adam']}")

    tab.click("#tools button:has-text('Attach')")
    tab.wait_for_selector(f"#tool-{steward.people['crm']}")
    tab.click(f"#tool-{steward.people['crm']} button")
    tab.wait_for_selector(f"#tool-{steward.people['crm']}", state="detached")

    tab.click("#may a:has-text('Ask about it')")
    tab.click("[data-part=who] a:has-text('Change')")
    tab.fill("[data-part=who] input[name=q]", "mik")
    tab.wait_for_selector("#choices-who li:only-child")
    tab.click("#choices-who a")
    tab.click("[data-part=place] a:has-text('Change')")
    tab.click("[data-part=place] a:has-text('Den')")
    tab.wait_for_selector("h2:has-text('May Mika ask the mate Scout in the workspace Den?')")
    assert tab.locator("[data-deciding]").count() == 1
