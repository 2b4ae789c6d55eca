"""`/o/<slug>/`: what an Owner, an Admin, a lead and everybody else see there (product.md 6)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import drain
from orgs.actions import organizations
from orgs.models import Department, Team
from tests.cast import make_key, make_member
from tests.doors import api, console

YESTERDAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


def event(number, kind, **fields):
    base = {"id": f"e{number}", "kind": kind, "at": YESTERDAY.isoformat(), "member": "mika@acme.example"}
    return base | {"conversation": "c1"} | fields


@pytest.fixture
def used(cast):
    """Yesterday: Mika asks twice and is answered, Vera's team does nothing, somebody unknown asks once."""
    _, secret = make_key(cast.acme)
    events = [
        event(1, "message", use_case="analysis"),
        event(2, "response", model="standard-creative", cost="0.50", tokens_in=10, tokens_out=20),
        event(3, "message"),
        event(4, "response", model="advanced-reasoning", cost="1.00"),
        event(5, "integration_call", integration="crm"),
        event(6, "file", bytes=1000),
        event(7, "message", member="nobody@acme.example", conversation="c2"),
    ]
    assert api(secret).post("/api/v1/events", events).status_code == 202
    drain.run()
    return cast


def figures(page):
    return dict(re.findall(r'data-figure="(\w+)" data-value="([^"]*)"', page.content.decode()))


def test_the_owner_sees_every_figure_of_the_range(used):
    found = figures(console(used.olive).get("/o/acme/"))

    wanted = {"active_members": "1", "members": "9", "conversations": "2", "responses": "2", "files": "1"}
    wanted |= {"integration_calls": "1", "cost": "1.50", "cost_per_active_day": "0.05", "cost_per_response": "0.75"}
    wanted |= {"tokens_in": "10", "tokens_out": "20", "daily_active": "0.03", "peak_from": "12", "peak_to": "13"}
    assert {name: found[name] for name in wanted} == wanted


def test_figures_that_a_range_has_nothing_for_are_there_and_empty(cast):
    found = figures(console(cast.olive).get("/o/acme/"))

    assert [found[name] for name in ("peak_from", "peak_to", "cost_per_active_day", "cost_per_response")] == [""] * 4


def test_a_first_event_of_today_is_told_on_a_range_that_ends_yesterday(cast):
    _, secret = make_key(cast.acme)
    now = datetime.now(UTC)
    sent = [event(n, "message", at=now.isoformat()) for n in range(3)]
    assert api(secret).post("/api/v1/events", sent).status_code == 202
    drain.run()

    page = console(cast.olive).get("/o/acme/").content.decode()
    shown = re.search(r'3 events today; this range ends on .*? <a href="([^"]+)"', page)
    today = console(cast.olive).get("/o/acme/" + shown[1].replace("&amp;", "&"))

    assert figures(today)["active_members"] == "1"
    assert "events today" not in today.content.decode()
    assert "Nothing was reported yet" not in page


def test_shares_carry_their_names_and_values(used):
    page = console(used.olive).get("/o/acme/").content.decode()

    shares = dict(re.findall(r'data-share="([^"]+)" data-value="([^"]+)"', page))
    assert shares["model:standard-creative"] == shares["model:advanced-reasoning"] == "0.5"
    assert shares["integration:crm"] == "1.0"
    assert shares["use_case:analysis"] == "0.5"


def test_what_nobody_ever_reported_reads_not_reported(cast):
    page = console(cast.olive).get("/o/acme/")

    assert figures(page)["responses"] == ""
    assert "not reported" in page.content.decode()


def test_an_admin_sees_cost_only_where_the_setting_says_so(used):
    assert "cost" not in figures(console(used.adam).get("/o/acme/"))

    organizations.edit(used.olive, used.acme, changes={"cost_visible_to": "admins"})

    assert figures(console(used.adam).get("/o/acme/"))["cost"] == "1.50"


def test_an_admin_without_cost_cannot_open_its_figure_either(used):
    for name in ("cost", "cost_per_response", "cost_per_active_day"):
        assert console(used.adam).get(f"/o/acme/figures/{name}/").status_code == 404


def test_a_lead_sees_their_team_and_no_other(used):
    tab = console(used.lena)

    assert figures(tab.get("/o/acme/"))["responses"] == "2"
    assert "Search" in tab.get("/o/acme/").content.decode()
    assert tab.get("/o/acme/", {"team": used.ranking.pk}).status_code == 404
    assert tab.get("/o/acme/figures/responses/", {"team": used.ranking.pk}).status_code == 404
    assert "cost" not in figures(tab.get("/o/acme/"))


def test_a_lead_is_told_of_no_workspace_that_is_not_theirs(used):
    assert "Busiest workspaces" not in console(used.lena).get("/o/acme/").content.decode()


def test_everybody_else_sees_their_own_page(used):
    for person in (used.mika, used.vera, used.gus):
        page = console(person).get("/o/acme/")

        assert page.status_code == 200
        assert person.user.email in page.content.decode()
        assert console(person).get("/o/acme/figures/responses/").status_code == 404


def test_ranges_are_chosen_by_the_url(used):
    tab = console(used.olive)
    two_days = {"from": (YESTERDAY - timedelta(days=3)).date(), "to": (YESTERDAY - timedelta(days=2)).date()}

    assert figures(tab.get("/o/acme/", {"range": "7"}))["responses"] == "2"
    assert figures(tab.get("/o/acme/", {"range": "90"}))["daily_active"] == "0.01"
    assert figures(tab.get("/o/acme/", two_days))["responses"] == "0"


@pytest.mark.parametrize(
    "query",
    [
        {"range": "400"},
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"team": "x"},
        {"team": "99999999999999999999"},
    ],
)
def test_a_range_that_is_none_is_said_and_the_default_shown(used, query):
    page = console(used.olive).get("/o/acme/", query)

    assert page.status_code == 422
    assert figures(page)["responses"] == "2"


@pytest.mark.parametrize(
    "name",
    ["active_members", "conversations", "responses", "cost", "peak_hours", "daily_active", "models", "use_cases"],
)
def test_a_figure_opens_to_rows_that_add_up_to_it(used, name):
    page = console(used.olive).get(f"/o/acme/figures/{name}/").content.decode()

    body, _, foot = page.partition("<tfoot>")
    rows = [float(value) for value in re.findall(r'<data value="([^"]+)">', body)]
    total = re.search(r"<strong>([^<]+)</strong>", foot).group(1)
    assert sum(rows) == pytest.approx(float(total.replace("\u202f", "")))
    wanted = {"active_members": 1, "conversations": 2, "responses": 2, "cost": 1.5, "peak_hours": 3, "daily_active": 1}
    wanted |= {"models": 2, "use_cases": 2}
    assert float(total) == wanted[name]


def test_a_figure_that_does_not_exist_is_not_found(used):
    assert console(used.olive).get("/o/acme/figures/happiness/").status_code == 404


def test_htmx_gets_the_figures_alone(used):
    part = console(used.olive).get("/o/acme/?range=7", hx=True).content.decode()

    assert part.strip().startswith('<div id="figures">')
    assert "<html" not in part


def test_A01_another_organizations_team_is_not_found(used):
    theirs = Team.objects.create(
        org=used.umbrella, name="Theirs", department=Department.objects.create(org=used.umbrella, name="D")
    )

    assert console(used.olive).get("/o/acme/", {"team": theirs.pk}).status_code == 404


def test_the_page_costs_the_same_queries_for_many_members(used):
    tab = console(used.olive)
    tab.get("/o/acme/")
    with CaptureQueriesContext(connection) as few:
        tab.get("/o/acme/")
    for number in range(30):
        make_member(used.acme, f"Extra {number}")
    _, secret = make_key(used.acme, name="second")
    more = [
        event(100 + n, "message", member=f"extra.{n}@acme.example", model=f"m{n}", integration=f"i{n}")
        for n in range(30)
    ]
    api(secret).post("/api/v1/events", more)
    drain.run()
    tab.get("/o/acme/")
    with CaptureQueriesContext(connection) as many:
        tab.get("/o/acme/")

    assert len(many) == len(few)


def test_the_formula_is_shown_with_its_numbers(used):
    tab = console(used.olive)

    assert "1 ÷ 9 = 11\u202f%" in tab.get("/o/acme/figures/active_members/").content.decode()
    cost = tab.get("/o/acme/figures/cost/").content.decode()
    assert "1.50 ÷ 1 ÷ 30 = 0.05 USD" in cost
    assert "1.50 ÷ 2 = 0.75 USD" in cost


def test_every_card_and_panel_opens(used):
    page = console(used.olive).get("/o/acme/").content.decode()

    for url in set(re.findall(r'hx-get="(/o/acme/figures/[^"]+)"', page)):
        assert console(used.olive).get(url.replace("&amp;", "&")).status_code == 200
    assert len(set(re.findall(r"figures/(\w+)/", page))) == 13


def test_an_owner_comes_to_a_teams_overview_by_a_link(used):
    page = console(used.olive).get("/o/acme/").content.decode()

    assert f"?team={used.search.pk}&amp;range=30" in page
    team = console(used.olive).get("/o/acme/", {"team": used.search.pk})
    assert figures(team)["responses"] == "2"
    assert "nobody here knows" not in team.content.decode()
