"""A cell of the matrix and the seats, through their panels in a real browser."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_cell_is_changed_through_the_panel_and_put_back_with_undo(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/plans/")

    tab.click('[data-cell="standard.manage_tools"] a')
    tab.click("#panel .btn-primary")
    tab.wait_for_selector('[data-cell="standard.manage_tools"][data-on="yes"]')
    assert tab.is_hidden("#drawer")
    tab.click("#toasts [data-undo] button")

    tab.wait_for_selector('[data-cell="standard.manage_tools"][data-on="no"]')


def test_what_seats_cost_is_told_while_one_types_and_a_number_too_small_comes_back(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/billing/")
    tab.click("text=Change the seats")

    tab.fill("#panel [name=total]", "30")
    tab.wait_for_selector("#cost >> text=more than now")
    tab.fill("#panel [name=total]", "2")
    tab.click("#panel .btn-primary")

    tab.wait_for_selector("#panel [name=total][aria-invalid=true]")
    assert tab.input_value("#panel [name=total]") == "2"
