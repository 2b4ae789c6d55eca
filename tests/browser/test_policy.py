"""A policy from its edit to its effect, in a real browser: the loss named, replayed, published, explained, mended."""

import contextlib
import re

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MODEL = "advanced-reasoning"
WITHIN = 60_000  # milliseconds for a worker to do a job, on a machine with other things to do


def tick(tab, *cells, on=True):
    """Tick models for groups in the grid, and save."""
    tab.goto("/o/acme/policies/organization/grid/")
    for cell in cells:
        tab.locator(f"input[name=cell][value='{cell}']").set_checked(on)
    tab.get_by_role("button", name="Save the draft").click()
    expect(tab.locator("body")).to_contain_text("The draft is saved.")


def publish(tab, note):
    tab.goto("/o/acme/policies/organization/publish/")
    tab.fill("[name=note]", note)
    tab.get_by_role("button", name="Publish the policy").click()
    expect(tab.locator("body")).to_contain_text(re.compile(r"Version \d+ is in force\."))


def test_what_is_not_saved_is_counted_told_before_one_leaves_and_undone(tab, steward):
    sign_in(tab, steward, "olive")
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    tab.goto("/o/acme/policies/organization/grid/")
    boxes, bar = tab.locator("input[name=cell]"), tab.locator("[data-unsaved]")
    before = [box.is_checked() for box in boxes.all()]
    expect(bar).to_be_hidden()

    boxes.nth(0).click()
    expect(bar).to_contain_text("1 change is not saved")
    boxes.nth(1).click()
    expect(bar).to_contain_text("2 changes are not saved")
    tab.locator("#cell-general_staff button, #row-general_staff button[name=fill]").first.click()
    expect(bar).to_contain_text(re.compile("not saved"))
    with contextlib.suppress(TimeoutError):
        tab.get_by_role("link", name="Groups", exact=True).click(timeout=2000)
    assert asked == ["beforeunload"]
    bar.get_by_role("button", name="Undo").click()

    expect(bar).to_be_hidden()
    assert [box.is_checked() for box in boxes.all()] == before
    tab.goto("/o/acme/policies/organization/groups/")
    assert asked == ["beforeunload"]


def test_an_edit_names_its_loss_is_replayed_published_explained_and_mended_by_what_the_calculator_offers(tab, steward):
    sign_in(tab, steward, "olive")
    question = f"/o/acme/access/?who={steward.people['mika']}&action=model.use&on=model:{MODEL}"
    tab.goto(question)
    expect(tab.locator("#calculator")).to_contain_text("Yes.")

    kept = [f"{group}.{model}" for group in ("leaders", "general_staff") for model in ("efficient-basic", MODEL)]
    tick(tab, *kept[:3], "general_staff.standard-reasoning")
    tick(tab, kept[3], on=False)
    tab.goto("/o/acme/policies/organization/publish/")
    loss = tab.locator(".happens li", has_text=f"{MODEL} is lost by")
    expect(loss).to_contain_text("Mika")

    tab.get_by_role("link", name="Replay past usage under it").click()
    tab.get_by_label("7 days").check()
    tab.get_by_role("button", name="Replay").click()
    expect(tab.locator("[data-refused]")).to_be_visible(timeout=WITHIN)
    publish(tab, "Less for everybody")

    tab.goto(question)
    expect(tab.locator("#calculator")).to_contain_text("No.")
    deciding = tab.locator("[data-deciding]")
    expect(deciding).to_contain_text(f"The policy does not allow {MODEL} to general_staff")
    tab.get_by_role("link", name=re.compile(f"Change it.*Allow {MODEL} to general_staff")).click()
    expect(tab).to_have_url(re.compile(r"/o/acme/policies/organization/grid/.*#cell-general_staff"))
    expect(tab.locator(f"input[value='{kept[3]}']")).to_be_focused()
    tick(tab, kept[3])
    publish(tab, "As it was")
    tab.goto(question)
    expect(tab.locator("#calculator")).to_contain_text("Yes.")

    tick(tab, kept[3], on=False)  # a draft again, as it was found
