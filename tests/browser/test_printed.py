"""What is printed comes out as a letter would: nothing of the console around it."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_invoice_prints_with_issuer_receiver_lines_and_sum_and_nothing_of_the_console(steward, tab):
    sign_in(tab, steward, "olive")
    tab.goto(f"/o/acme/billing/invoices/{steward.people['invoice']}/")
    tab.emulate_media(media="print")

    hidden = (".crumbs", ".printed", ".side", ".bar", ".title-actions")
    assert not any(tab.locator(part).first.is_visible() for part in hidden)
    assert tab.locator("address").inner_text() == "Steward"
    assert tab.locator(".invoice tfoot strong").is_visible()
    rules = "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).map(rule => rule.cssText).join(' ')"
    assert "@page letter" in tab.evaluate(rules)
    assert tab.evaluate("getComputedStyle(document.querySelector('main')).page") == "letter"
