"""Nothing that people write makes a page wider than its screen, and a phone shows of a list what matters."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATHS = ["members/", "members/{long}/", "workspaces/", "workspaces/{wide}/", "audit/", "keys/", "ingest/"]
CUT = """[...document.querySelectorAll("main .table-frame, main .card, main .notice, main h1")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.className || box.tagName)"""


def test_one_long_word_widens_no_page_and_no_table(tab, steward):
    found = []
    sign_in(tab, steward, "eve", org="umbrella")
    for width in (360, 390, 1360):
        tab.set_viewport_size({"width": width, "height": 900})
        for path in PATHS:
            tab.goto("/o/umbrella/" + path.format(**steward.people))
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path}: wider than {width} pixels")
            found += [f"{path} at {width}: {box} is cut" for box in tab.evaluate(CUT)]

    assert not found, "\n".join(found)


def test_a_phone_shows_name_role_plan_status_and_what_can_be_done(tab, steward):
    tab.set_viewport_size({"width": 360, "height": 800})
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")

    row = tab.locator(f"#member-{steward.people['mika']}")
    for shown in ("a", "[name=role]", "[name=plan]", ".state", ".menu-button"):
        box = row.locator(shown).first.bounding_box()
        assert box is not None, shown
        assert box["x"] >= 0, shown
        assert box["x"] + box["width"] <= 360, shown


def test_a_phone_keeps_many_filters_behind_one_word_and_opens_them_where_one_is_in_use(tab, steward):
    tab.set_viewport_size({"width": 390, "height": 800})
    sign_in(tab, steward, "olive")
    for path, name, value in (
        ("members", "role", "admin"),
        ("monitoring", "state", "dismissed"),
        ("audit", "action", "member.role"),
    ):
        tab.goto(f"/o/acme/{path}/")
        chosen = tab.locator(f".filters [name={name}]")
        assert not chosen.is_visible()

        tab.click(".filters summary")
        chosen.select_option(value)
        tab.wait_for_url(f"**{name}={value}**")
        tab.reload()

        assert chosen.is_visible()
        tab.set_viewport_size({"width": 1360, "height": 800})
        tab.goto(f"/o/acme/{path}/")
        assert chosen.is_visible()
        tab.set_viewport_size({"width": 390, "height": 800})


def test_a_phone_ticks_one_model_for_every_group(tab, steward):
    tab.set_viewport_size({"width": 390, "height": 800})
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/policies/organization/grid/")
    model = tab.locator("[name=fill][value^=column]").first.get_attribute("value").partition(":")[2]

    tab.click("[popovertarget=by-model]")
    tab.click(f"text=Tick {model} for every group")

    tab.wait_for_selector(f"text=Take {model} from every group", state="attached")
    boxes = tab.locator(f"[name=cell][value$='.{model}']")
    assert all(box.is_checked() for box in boxes.all())
