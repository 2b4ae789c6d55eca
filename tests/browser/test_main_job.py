"""The whole main job in a real browser: sign in, govern members, watch usage become a dashboard."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_owner_changes_a_role_and_takes_it_back(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")
    row = tab.locator(f"#member-{steward.people['mika']}")

    row.locator("select[name=role]").select_option("viewer")
    toast = tab.locator("#toasts [data-toast]").first
    toast.wait_for()
    assert row.locator("select[name=role]").input_value() == "viewer"

    toast.get_by_role("button", name="Undo").click()
    expect(row.locator("select[name=role]")).to_have_value("user")


def test_keys_only_choose_a_role_until_enter_and_an_admin_is_made_only_after_asking(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")
    row = tab.locator(f"#member-{steward.people['mika']}")
    role, toasts, panel = row.locator("select[name=role]"), tab.locator("#toasts [data-toast]"), tab.locator("#panel")

    role.focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_timeout(400)
    assert role.input_value() == "admin"
    assert toasts.count() == 0
    tab.keyboard.press("Escape")
    assert role.input_value() == "user"

    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Enter")
    panel.get_by_role("button", name=re.compile("Make Mika Admin")).wait_for()
    assert toasts.count() == 0
    tab.keyboard.press("Escape")
    expect(role).to_have_value("user")
    expect(role).to_be_focused()

    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    toasts.first.wait_for()
    assert role.input_value() == "viewer"
    toasts.first.get_by_role("button", name="Undo").click()
    expect(role).to_have_value("user")

    role.select_option("admin")
    panel.get_by_role("button", name=re.compile("Make Mika Admin")).click()
    expect(toasts.first).to_contain_text("Admin now")
    expect(role).to_have_value("admin")
    role.select_option("user")
    expect(role).to_have_value("user")


def test_an_owner_suspends_a_member_with_a_reason_and_brings_them_back(tab, steward):
    sign_in(tab, steward, "olive")
    member = steward.people["vera"]

    tab.goto("/o/acme/members/")
    row = tab.locator(f"#member-{member}")
    row.get_by_role("button", name=re.compile("Vera")).click()
    row.get_by_role("link", name="Suspend").click()
    panel = tab.locator("#panel")
    panel.locator("[name=reason]").fill("On leave")
    panel.get_by_role("button", name=re.compile("Suspend Vera")).click()
    toast = tab.locator("#toasts [data-toast]").first
    toast.wait_for()
    assert "Suspended" in row.inner_text()

    toast.get_by_role("button", name="Undo").click()
    expect(row).not_to_contain_text("Suspended")


def test_the_same_works_on_a_page_of_its_own(tab, steward):
    sign_in(tab, steward, "olive")
    member = steward.people["vera"]

    tab.goto(f"/o/acme/members/{member}/suspend/")
    tab.fill("[name=reason]", "On leave")
    tab.get_by_role("button", name=re.compile("Suspend Vera")).click()
    tab.wait_for_load_state()
    tab.goto("/o/acme/members/")
    row = tab.locator(f"#member-{member}")
    assert "Suspended" in row.inner_text()

    tab.goto(f"/o/acme/members/{member}/")
    tab.get_by_role("button", name=re.compile("Reactivate")).first.click()
    tab.wait_for_load_state()
    tab.goto("/o/acme/members/")
    assert "Suspended" not in row.inner_text()


def test_the_last_owner_stays_and_the_page_says_why(tab, steward):
    sign_in(tab, steward, "olive")
    oscar, olive = steward.people["oscar"], steward.people["olive"]
    tab.goto("/o/acme/members/")
    tab.locator(f"#member-{oscar} select[name=role]").select_option("user")
    tab.locator("#toasts [data-toast]").first.wait_for()
    assert tab.locator(f"#member-{olive} select[name=role]").count() == 0

    tab.goto("/accounts/")
    assert "You are the only active Owner" in tab.content()

    tab.goto("/o/acme/members/")
    tab.locator(f"#member-{oscar} select[name=role]").select_option("owner")
    tab.locator("#panel").get_by_role("button", name="Make Oscar").click()
    tab.locator("#toasts [data-toast]").first.wait_for()


def test_usage_that_is_sent_is_on_the_dashboard_within_seconds(tab, steward):
    sign_in(tab, steward, "olive")
    yesterday = datetime.now(UTC) - timedelta(days=1)

    def figure(name: str) -> str:
        tab.goto("/o/acme/")
        return tab.locator(f"[data-figure={name}]").first.get_attribute("data-value")

    before = int(figure("responses") or 0)
    base = {"at": yesterday.isoformat(), "member": "mika@acme.example", "conversation": "browser-1"}
    steward.send(
        [
            base | {"id": "browser-m", "kind": "message"},
            base | {"id": "browser-r", "kind": "response", "model": "standard-reasoning", "cost": "0.25"},
        ]
    )

    for _ in range(50):
        if int(figure("responses") or 0) == before + 1:
            break
        tab.wait_for_timeout(100)

    assert figure("responses") == str(before + 1)
    assert figure("cost") == "0.25"
    assert figure("active_members") == "1"


def test_somebody_suspended_is_told_so_and_whom_to_ask(tab, steward):
    tab.goto("/accounts/login/")
    tab.fill("input[name=login]", "sam@acme.example")
    tab.fill("input[name=password]", steward.password)
    tab.press("input[name=password]", "Enter")

    tab.wait_for_selector("text=suspended")
    assert "Olive" in tab.content()


def test_a_member_without_administration_sees_their_own_page(tab, steward):
    sign_in(tab, steward, "mika")

    assert tab.locator("nav a", has_text="Members").count() == 0
    assert tab.goto("/o/acme/members/").status in (403, 404)
