"""Menus by the keyboard: what opens them, what moves between their items, where the focus goes afterwards."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = "document.activeElement.textContent.trim()"


@pytest.fixture
def menu(tab, steward):
    """The deeds for Mika, whose button has the focus: End their sessions, Suspend…, Remove…"""
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")
    tab.locator(f"#member-{steward.people['mika']} .menu-button").focus()
    return tab.locator(f"#deeds-{steward.people['mika']}")


def _press(tab, *keys):
    """Where the focus is after each key."""
    found = []
    for key in keys:
        tab.keyboard.press(key)
        found.append(tab.evaluate(HERE))
    return found


def _items(menu):
    return [text.strip() for text in menu.locator(".menu-item").all_text_contents()]


def test_arrows_go_round_and_home_and_end_to_the_ends(tab, menu):
    tab.keyboard.press("Enter")
    first, second, last = items = _items(menu)

    assert _press(tab, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown") == [*items, first]
    assert _press(tab, "ArrowUp", "ArrowUp", "Home", "End") == [last, second, first, last]


@pytest.mark.parametrize(("key", "item"), [("ArrowDown", 0), ("ArrowUp", -1)])
def test_an_arrow_opens_a_menu_at_its_first_or_last_item(tab, menu, key, item):
    assert _press(tab, key) == [_items(menu)[item]]
    assert menu.is_visible()


def test_a_letter_jumps_to_the_next_item_that_begins_with_it(tab, menu):
    end, suspend, remove = _items(menu)

    assert _press(tab, "ArrowDown", "s", "r", "R", "e", "x") == [end, suspend, remove, remove, end, end]


def test_escape_closes_a_menu_and_gives_the_focus_back(tab, menu, steward):
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")

    tab.keyboard.press("Escape")

    assert not menu.is_visible()
    assert tab.evaluate("document.activeElement.getAttribute('popovertarget')") == f"deeds-{steward.people['mika']}"


def test_enter_does_the_deed_under_the_focus(tab, menu):
    _press(tab, "ArrowDown", "s")

    tab.keyboard.press("Enter")

    tab.locator("#panel").get_by_text("Suspend Mika?").wait_for()


def test_outside_a_menu_the_arrows_and_letters_are_the_pages_own(tab, menu):
    tab.locator("#filter-q").focus()
    tab.keyboard.type("sr")
    tab.keyboard.press("Home")
    tab.keyboard.type("x")

    assert tab.locator("#filter-q").input_value() == "xsr"
    assert not menu.is_visible()
