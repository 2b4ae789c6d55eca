"""My team, and the same page for a department and the organization: who did what, where, and what waits."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.queries import tables
from orgs import grants
from orgs.actions import members, organizations, places, teams
from orgs.models import ProvisioningItem
from orgs.places import Place
from tests.analytics.reporting import LAST as FIRST
from tests.analytics.reporting import LENA, MIKA, OLIVE, VERA, a_month, and_today, figures, last_day, of, table
from tests.analytics.sending import event, reference, send
from tests.cast import again, make_key, make_member, make_workspace
from tests.doors import console
from workspaces.models import Milestone, Room

HOME = "/o/acme/"
DAYS = {"from": FIRST, "to": last_day()}


@pytest.fixture
def used(cast, client):
    send(client, make_key(cast.acme)[1], and_today())
    return cast


@pytest.mark.parametrize("whose", ["team", "department", "organization"])
def test_the_figures_are_those_of_a_recount_for_a_team_a_department_and_the_organization(used, whose):
    people = {"team": (MIKA, LENA), "department": (MIKA, LENA, VERA), "organization": (MIKA, LENA, VERA, OLIVE)}
    asked = {"team": {"team": used.search.pk}, "department": {"department": used.research.pk}}.get(whose, {})
    events = a_month() if whose == "organization" else of(a_month(), *people[whose])

    found = figures(console(used.olive).get(HOME, {**DAYS, **asked}))
    counted = reference(events, "UTC", FIRST, last_day())
    wanted = {"active_members": counted["active"], "conversations": counted["conversations"]}
    wanted |= {"responses": counted["responses"], "integration_calls": counted["calls"]}
    wanted["cost"] = f"{counted['cents'] / 100:.2f}"
    wanted |= {} if whose == "organization" else {"messages": counted["messages"]}

    assert {name: found[name] for name in wanted} == {name: str(value) for name, value in wanted.items()}


@pytest.mark.both
@pytest.mark.parametrize("name", ["members", "workspaces"])
def test_the_lines_of_a_teams_tables_add_up_to_its_figures(used, name):
    answer = console(used.olive).get(HOME, {**DAYS, "team": used.search.pk})

    rows, whole = table(answer, name), figures(answer)
    for figure in ("messages", "responses", "integration_calls"):
        assert sum(int(row[figure]) for row in rows.values()) == int(whole[figure])
    assert sum(float(row["cost"]) for row in rows.values()) == float(whole["cost"])


def test_members_are_told_with_their_state_those_without_usage_too(used):
    quiet = make_member(used.acme, "Quiet", department=used.research, team=used.search)
    members.suspend(used.olive, quiet, reason="away")

    answer = console(used.lena).get(HOME, DAYS)

    body = answer.content.decode()
    assert table(answer, "members")[str(quiet.pk)]["messages"] == "0"
    assert "Suspended, seat held" in body
    assert set(table(answer, "members")) == {str(m.pk) for m in (used.mika, used.lena, quiet)}


def test_who_was_counted_in_the_team_then_stays_and_is_said_to_be_gone(used):
    places.place(used.olive, used.mika, to=Place.in_team(used.ranking))

    lead, owner = (console(who).get(HOME, {**DAYS, "team": used.search.pk}) for who in (used.lena, used.olive))

    assert table(lead, "members")[str(used.mika.pk)]["messages"] == "12"
    assert "Not in the team now" in lead.content.decode()
    assert f"/members/{used.mika.pk}/" not in lead.content.decode()
    assert f"/members/{used.mika.pk}/" in owner.content.decode()
    assert "Ranking" not in lead.content.decode()


def test_a_lead_learns_of_no_workspace_that_they_do_not_see(used, client):
    secret = make_workspace(used.olive, "Canary of the board")
    sent = [event(f"s{n}", at=FIRST_AT, member=MIKA, workspace=secret.name) for n in range(4)]
    sent.append(event("u", at=FIRST_AT, member=MIKA, workspace="Canary that is none of ours"))
    send(client, make_key(used.acme, name="second")[1], sent)

    lead, owner = (console(who).get(HOME, {**DAYS, "team": used.search.pk}) for who in (used.lena, used.olive))

    csv = b"".join(console(used.lena).get("/o/acme/report.csv").streaming_content).decode()
    assert "Canary" not in lead.content.decode() + csv
    assert "Canary that is none of ours" in owner.content.decode()
    assert table(lead, "workspaces")["rest"]["messages"] == str(12 + 4 + 1)
    assert table(owner, "workspaces")[str(secret.pk)]["messages"] == "4"
    assert table(lead, "workspaces")[str(used.den.pk)]["messages"] == "5"


FIRST_AT = timezone.now().replace(year=FIRST.year, month=FIRST.month, day=2, hour=8)


def test_a_teams_own_workspace_stands_there_before_anybody_uses_it(used):
    fresh = make_workspace(used.lena, "Fresh", team=used.search)

    assert table(console(used.lena).get(HOME, DAYS), "workspaces")[str(fresh.pk)]["messages"] == "0"


def test_a_lead_sees_cost_only_where_the_setting_says_so(used):
    before = console(used.lena).get(HOME, DAYS)
    organizations.edit(used.olive, used.acme, changes={"cost_visible_to": "leads"})

    after = console(again(used.lena)).get(HOME, DAYS)

    assert "cost" not in figures(before)
    assert "Cost" not in before.content.decode()
    assert all("cost" not in row for name in ("members", "workspaces") for row in table(before, name).values())
    assert figures(after)["cost"] == "6.75"
    assert table(after, "members")[str(used.mika.pk)]["cost"] == "3.50"


def test_a_lead_of_several_teams_switches_between_them_and_sees_no_other(used):
    tab = console(used.lena)
    assert 'aria-label="Teams"' not in tab.get(HOME).content.decode()

    teams.give_lead(used.olive, used.ranking, used.lena)
    first, second = (tab.get(HOME, {**DAYS, "team": team.pk}) for team in (used.search, used.ranking))

    assert f'href="?team={used.ranking.pk}"' in first.content.decode()
    assert (figures(first)["messages"], figures(second)["messages"]) == ("17", "3")
    teams.take_lead(used.olive, used.search, used.lena)
    assert tab.get(HOME, {"team": used.search.pk}).status_code == 404


def test_a_department_is_for_owners_and_admins(used):
    found = console(used.adam).get(HOME, {**DAYS, "department": used.research.pk})

    assert {int(key) for key in table(found, "teams")} == {used.search.pk, used.ranking.pk}
    assert "cost" not in figures(found)
    assert console(used.lena).get(HOME, {"department": used.research.pk}).status_code == 404


def test_the_organization_is_told_by_department_team_and_workspace_and_each_opens_to_its_own(used):
    answer = console(used.olive).get(HOME, DAYS)

    body = answer.content.decode()
    assert table(answer, "departments")[str(used.research.pk)]["messages"] == "20"
    assert table(answer, "teams")[str(used.search.pk)]["active_members"] == "2"
    assert table(answer, "workspaces")[str(used.lab.pk)]["messages"] == "3"
    assert f'href="?department={used.research.pk}&amp;from={FIRST}' in body
    assert not table(answer, "members")


def test_whoever_usage_is_delegated_to_sees_the_figures_and_no_more_of_places_than_they_may_know(used, client):
    secret = make_workspace(used.olive, "Canary of the board")
    send(client, make_key(used.acme, name="second")[1], [event("s", at=FIRST_AT, member=MIKA, workspace=secret.name)])
    grants.delegate(used.vera, ["usage"])

    tab = console(again(used.vera))
    page, report = tab.get(HOME, DAYS), tab.get("/o/acme/report/")

    assert table(page, "teams")[str(used.search.pk)]["messages"] == "18"
    for body in (page.content.decode(), report.content.decode()):
        assert "Canary" not in body
        assert not re.search(r'href="\?(team|department)=|/members/\d+/"', body.partition('id="figures"')[2])


@pytest.mark.both
def test_members_beyond_those_listed_are_one_line_with_what_is_left(used, client):
    for n in range(tables.MOST):
        make_member(used.acme, f"Extra {n}")
    more = [event(f"n{n}", at=FIRST_AT, member=f"extra.{n}@acme.example") for n in range(tables.MOST)]
    send(client, make_key(used.acme, name="second")[1], more)

    answer = console(used.olive).get("/o/acme/report/")
    rows = table(answer, "members")

    assert list(rows)[-1] == "rest"
    assert len(rows) == tables.MOST + 1
    assert sum(int(row["messages"]) for row in rows.values()) == 22 + tables.MOST
    assert "Everybody else, and unattributed" in answer.content.decode()


def test_what_waits_for_a_lead_stands_above_their_team_and_nobody_elses(used):
    overdue = timezone.now().date() - timedelta(days=3)
    ProvisioningItem.objects.create(org=used.acme, member=used.mika, item="storage", owner=used.lena, due_day=overdue)

    lead, owner = (console(who).get(HOME, {"team": used.search.pk}) for who in (used.lena, used.olive))

    assert "<h1>Search: your team's dashboard</h1>" in lead.text
    assert "<h1>Search</h1>" in owner.text
    assert [need.text for group in lead.context["leading"].waiting for need in group.needs] == [
        "Storage quota of Mika is overdue."
    ]
    assert not owner.context["leading"].waiting


def test_the_rooms_of_the_team_are_told_with_their_milestones_those_at_risk_first(used):
    launch = Room.objects.create(org=used.acme, workspace=used.den, name="Launch", progress="on_track")
    review = Room.objects.create(org=used.acme, workspace=used.den, name="Review", progress="at_risk", narrowed=True)
    Room.objects.create(org=used.acme, workspace=used.den, name="Over", archived_at=timezone.now())
    Room.objects.create(org=used.acme, workspace=used.lab, name="Not the team's")
    today = timezone.now().date()
    for percent, days in ((100, -9), (50, -2), (0, 9)):
        day = today + timedelta(days=days)
        Milestone.objects.create(org=used.acme, room=review, title=f"At {percent}", due_on=day, percent=percent)

    for reader in (used.lena, used.olive):
        rooms = console(reader).get(HOME, {"team": used.search.pk}).context["leading"].rooms

        assert [room.name for room in rooms] == [review.name, launch.name]
        assert (rooms[0].share, rooms[0].next, rooms[0].late) == (0.5, "At 50", True)
        assert (rooms[1].share, rooms[1].next) == (None, "")
        assert console(reader).get(rooms[0].url).status_code == 200


def test_the_page_of_a_team_costs_the_same_queries_for_a_large_one(used, client):
    def cost():
        tab = console(used.lena)
        tab.get(HOME, DAYS)
        with CaptureQueriesContext(connection) as found:
            tab.get(HOME, DAYS)
        return found

    Room.objects.create(org=used.acme, workspace=used.den, name="One")
    few = cost()
    for n in range(30):
        make_member(used.acme, f"Extra {n}", department=used.research, team=used.search)
        space = make_workspace(used.lena, f"Space {n}", team=used.search)
        grants.give(used.mika, "user", space)
        Milestone.objects.create(
            org=used.acme, room=Room.objects.create(org=used.acme, workspace=space, name=f"R{n}"), title="T"
        )
    more = [event(f"n{n}", at=FIRST_AT, member=f"extra.{n}@acme.example", workspace=f"Space {n}") for n in range(20)]
    send(client, make_key(used.acme, name="second")[1], more)

    many = cost()

    assert len(many) == len(few)
    assert not [one["sql"] for one in many if '"analytics_event"' in one["sql"]]
