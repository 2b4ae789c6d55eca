"""The pages of one team and of one department: who sees them, what they show, and how members come and go."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.actions import places, teams
from orgs.models import Job, Member, Team
from orgs.places import Place
from tests.cast import again, make_member, make_workspace
from tests.doors import console
from tests.orgs.crowd import make_crowd
from tests.orgs.placing import TREE, of, url

# ---------------------------------------------------------------- a team's page


def test_a_team_page_shows_leads_members_workspaces_and_the_way_to_its_usage(cast):
    hidden = make_workspace(cast.anna, "Elsewhere", team=cast.ranking)

    for reader in (cast.adam, cast.lena):
        page = console(reader).get(url(cast.search))
        body = page.content.decode()
        assert [lead.name for lead in page.context["shown"].leads] == ["Lena"]
        assert [row.name for row in page.context["shown"].list.rows] == ["Lena", "Mika"]
        assert f"/o/acme/?team={cast.search.pk}" in body
        assert "Den" in body
        assert hidden.name not in body


def test_a_lead_is_offered_nothing_that_they_may_not_do(cast):
    body = console(cast.lena).get(url(cast.search)).content.decode()

    for word in ("Rename", "Delete", "Add members", "Remove as lead", 'name="ids"', "Let them lead"):
        assert word not in body


@pytest.mark.parametrize("name", ["mika", "vera", "gus"])
def test_a_team_does_not_exist_for_whoever_neither_administers_nor_leads_it(cast, name):
    assert console(getattr(cast, name)).get(url(cast.search)).status_code == 404
    assert console(cast.lena).get(url(cast.ranking)).status_code == 404


def test_the_lead_is_given_by_address_and_taken_back(cast):
    adam = console(cast.adam)

    given = adam.post(url(cast.search, "lead"), {"member": "MIKA@acme.example"}, hx=True)
    taken = adam.post(url(cast.search, "lead"), {"member": cast.lena.pk, "take": "1"}, hx=True)

    assert "Mika leads Search now." in given.content.decode()
    assert "Lena leads Search no more." in taken.content.decode()
    assert list(again(cast.search).leads.values_list("user_id", flat=True)) == [cast.mika.user_id]


def test_guests_lead_nothing(cast):
    answer = console(cast.adam).post(url(cast.search, "lead"), {"member": "gus@elsewhere.example"})

    assert answer.status_code == 409
    assert "leads are members" in answer.content.decode()


def test_an_address_that_nobody_has_is_named_and_kept(cast):
    answer = console(cast.adam).post(url(cast.search, "lead"), {"member": "nobody@x.example"}, hx=True)

    assert answer.status_code == 422
    assert "Nobody here has the address nobody@x.example." in answer.content.decode()


def test_members_are_found_and_added(cast):
    adam = console(cast.adam)

    found = adam.get(url(cast.search, "add"), {"q": "ver"}, hx=True)
    added = adam.post(url(cast.search, "add"), {"ids": [cast.vera.pk, cast.olive.pk]}, hx=True)

    assert [person.name for person in found.context["found"]] == ["Vera"]
    assert found.context["found"][0].place == "Research · Ranking"
    assert "2 members moved to Research · Search." in added.content.decode()
    assert again(cast.vera).team == again(cast.olive).team == cast.search


def test_whoever_is_in_the_team_is_not_found_again(cast):
    found = console(cast.adam).get(url(cast.search, "add"), {"q": "mika"}).context["found"]

    assert found == ()


@pytest.mark.parametrize(("to", "place"), [("none", "no department"), ("ranking", "Research · Ranking")])
def test_ticked_members_are_moved_or_taken_out_and_the_toast_takes_it_back(cast, to, place):
    word = "none" if to == "none" else f"t{cast.ranking.pk}"

    answer = console(cast.adam).post(url(cast.search, "place"), {"ids": cast.mika.pk, "to": word}, hx=True)

    body = answer.content.decode()
    assert str(Place(again(cast.mika).department, again(cast.mika).team)) == place
    assert f"1 member moved to {place}." in body
    assert f'hx-post="{url(cast.search, "add")}"' in body.partition("<hx-partial")[2]
    assert f'name="ids" value="{cast.mika.pk}"' in body


@pytest.mark.parametrize("ids", ["9999999999999999999", "x", "0,9999999999999999999", "\0"])
def test_ids_that_nobody_can_have_are_named(cast, ids):
    browser, path = console(cast.adam), url(cast.search, "place")

    answers = [browser.get(path, {"ids": ids}), browser.post(path, {"ids": ids, "to": "none"})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Load the page again." in answer.content.decode() for answer in answers)


def test_all_who_match_are_meant_when_that_is_said(cast):
    make_crowd(cast.acme, 3, team=cast.search, department=cast.research)

    adam = console(cast.adam)
    adam.post(f"{url(cast.search, 'place')}?q=bea", {"all_matching": "1", "to": f"t{cast.ranking.pk}"})

    assert Member.objects.filter(team=cast.ranking).count() == 4
    assert again(cast.mika).team == cast.search


def test_a_crowd_is_moved_by_a_worker_and_shows_how_far_it_is(cast):
    make_crowd(cast.acme, 201, team=cast.search, department=cast.research)

    answer = console(cast.adam).post(url(cast.search, "place"), {"all_matching": "1", "to": "none"}, hx=True)

    job = Job.objects.get()
    assert (job.kind, job.total) == ("members.move", 203)
    assert answer["HX-Retarget"] == "#panel"
    assert f'id="job-{job.pk}"' in answer.content.decode()


# ---------------------------------------------------------------- a department's page


def test_a_department_page_shows_teams_leads_and_who_has_no_team(cast):
    places.place(cast.adam, cast.olive, to=Place(cast.research))

    shown = console(cast.adam).get(of(cast.research)).context["shown"]

    assert [(leaf.name, leaf.members) for leaf in shown.teams] == [("Ranking", 1), ("Search", 2)]
    assert [(lead.name, team) for lead, team in shown.leads] == [("Lena", "Search")]
    assert [row.name for row in shown.list.rows] == ["Olive"]
    assert shown.members == 4


def test_a_lead_does_not_see_the_department(cast):
    assert console(cast.lena).get(of(cast.research)).status_code == 404


# ---------------------------------------------------------------- how much is asked


@pytest.mark.parametrize("path", ["tree", "team", "department"])
def test_a_page_costs_the_same_queries_at_any_size(cast, path):
    page = {"tree": TREE, "team": url(cast.search), "department": of(cast.research)}[path]
    browser = console(cast.adam)

    def queries():
        browser.get(page)  # a new access version compiles the reader's subject anew
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page).status_code == 200
        return len(asked)

    make_crowd(cast.acme, 1, department=cast.research)
    few = queries()
    for n in range(5):
        team = Team.objects.create(org=cast.acme, department=cast.research, name=f"Team {n}")
        make_crowd(cast.acme, 3, team=team, department=cast.research)
        make_workspace(cast.olive, f"Room {n}", team=cast.search)
    make_crowd(cast.acme, 20, team=cast.search, department=cast.research)
    make_crowd(cast.acme, 20, department=cast.research)
    teams.give_lead(cast.adam, cast.search, make_member(cast.acme, "Lars"))

    assert queries() == few
