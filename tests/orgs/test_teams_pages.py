"""The pages of departments and teams: who sees which, what they show, and what their forms take."""

import pytest

from orgs.actions import departments, places, teams
from orgs.models import AuditEntry, Department, Team
from orgs.places import Place
from tests.cast import again
from tests.doors import console
from tests.orgs.placing import TREE, of, url

# ---------------------------------------------------------------- the tree


def test_the_tree_shows_departments_with_teams_counts_and_leads(cast, sales):
    places.place(cast.adam, cast.olive, to=Place(cast.research))

    tree = console(cast.adam).get(TREE).context["tree"]

    assert [branch.name for branch in tree.branches] == ["Research", "Sales"]
    research, empty = tree.branches
    assert [(leaf.name, leaf.members, leaf.leads) for leaf in research.teams] == [
        ("Ranking", 1, ()),
        ("Search", 2, ("Lena",)),
    ]
    assert (research.members, research.alone, empty.members, tree.nowhere) == (4, 1, 0, 5)


def test_a_lead_sees_the_teams_they_lead_and_nothing_of_others(cast):
    answer = console(cast.lena).get(TREE)

    body = answer.content.decode()
    assert [leaf.name for branch in answer.context["tree"].branches for leaf in branch.teams] == ["Search"]
    assert "My teams" in body
    assert "Ranking" not in body
    assert answer.context["tree"].branches[0].members is None


@pytest.mark.parametrize("name", ["mika", "vera", "gus"])
def test_whoever_leads_nothing_is_told_why_there_is_no_tree(cast, name):
    assert console(getattr(cast, name)).get(TREE).status_code == 403


def test_my_teams_come_first_for_whoever_is_nothing_but_a_lead(cast):
    teams.give_lead(cast.olive, cast.search, cast.adam)

    def labels(member):
        return [item.label for item in console(member).get("/o/acme/").context["nav"]]

    assert labels(cast.lena)[0] == "My teams"
    assert labels(again(cast.adam))[:3] == ["Overview", "Members", "Teams"]
    assert "Teams" not in labels(cast.mika)


def test_the_tree_can_be_searched(cast, sales):
    tree = console(cast.adam).get(TREE, {"q": "rank"}).context["tree"]

    assert [(branch.name, [leaf.name for leaf in branch.teams]) for branch in tree.branches] == [
        ("Research", ["Ranking"])
    ]


# ---------------------------------------------------------------- deeds


def test_departments_and_teams_are_added(cast):
    adam = console(cast.adam)

    made = adam.post("/o/acme/departments/new/", {"name": "Sales"}, hx=True)
    sales = Department.objects.get(name="Sales")
    team = adam.post(f"{TREE}new/", {"name": "Field", "department": sales.pk})

    assert 'id="tree"' in made.content.decode()
    assert (team.status_code, team["Location"]) == (303, TREE)
    assert Team.objects.get(name="Field").department == sales


@pytest.mark.parametrize("sent", [{"name": ""}, {"name": "x" * 81, "department": "1"}, {"name": "Field"}])
def test_what_makes_no_team_is_named_and_keeps_what_was_typed(cast, sent):
    answer = console(cast.adam).post(f"{TREE}new/", sent, hx=True)

    assert answer.status_code == 422
    assert sent["name"] in answer.content.decode()


@pytest.mark.parametrize("hx", [False, True])
@pytest.mark.parametrize("where", ["new team", "new department", "rename", "rename department"])
def test_a_name_that_is_taken_is_named_beside_what_was_typed(cast, sales, where, hx):
    path, typed = {
        "new team": (f"{TREE}new/", "rANKING"),
        "new department": ("/o/acme/departments/new/", "rESEARCH"),
        "rename": (url(cast.search, "rename"), "rANKING"),
        "rename department": (of(sales, "rename"), "rESEARCH"),
    }[where]

    answer = console(cast.adam).post(path, {"name": typed, "department": cast.research.pk}, hx=hx)

    body = answer.content.decode()
    assert answer.status_code == 409
    assert f'value="{typed}"' in body
    assert f"{typed} already." in body
    assert (answer.get("HX-Retarget"), answer.get("HX-Reswap")) == ("#panel", "innerHTML")


def test_a_taken_name_in_a_department_that_is_none_is_bad_input(cast):
    answer = console(cast.adam).post(f"{TREE}new/", {"name": "Ranking", "department": "0"})

    assert answer.status_code == 422
    assert "There is a team Ranking already." in answer.content.decode()


def test_a_rename_and_a_move_can_be_taken_back(cast, sales):
    adam = console(cast.adam)

    renamed = adam.post(url(cast.search, "rename"), {"name": "Find"}, hx=True).content.decode()
    moved = adam.post(url(cast.search, "move"), {"department": sales.pk}, hx=True).content.decode()

    assert 'name="name" value="Search"' in renamed.partition("<hx-partial")[2]
    assert f'name="department" value="{cast.research.pk}"' in moved.partition("<hx-partial")[2]
    assert (again(cast.search).name, again(cast.search).department) == ("Find", sales)


def test_what_merging_and_deleting_do_is_said_before(cast):
    adam = console(cast.adam)

    merge = adam.get(url(cast.search, "merge"), hx=True).content.decode()
    delete = adam.get(of(cast.research, "delete"), hx=True).content.decode()

    assert "2 members: Lena, Mika." in merge
    assert "Led by Lena." in merge
    assert "1 workspace: Den." in merge
    assert "Research still has teams: Ranking, Search." in delete
    assert "btn-danger" not in delete


def test_whoever_deletes_a_team_must_say_where_its_members_go(cast, sales):
    adam = console(cast.adam)

    unsaid = adam.post(url(cast.search, "delete"), {"members_to": "", "workspaces_to": ""}, hx=True)
    done = adam.post(url(cast.search, "delete"), {"members_to": f"d{sales.pk}", "workspaces_to": cast.ranking.pk})

    assert unsaid.status_code == 422
    assert done.status_code == 303
    assert again(cast.mika).department == sales
    assert again(cast.den).team == cast.ranking


@pytest.mark.parametrize("deed", ["rename", "move", "merge", "delete", "add", "place", "lead"])
def test_A05_foreign_ids_in_a_body_are_no_choice(cast, deed):
    theirs = departments.create(cast.eve, cast.umbrella, name="Theirs")
    team = teams.create_team(cast.eve, theirs, name="Theirs too")
    sent = {
        "rename": {"name": "x" * 81},
        "move": {"department": theirs.pk},
        "merge": {"into": team.pk},
        "delete": {"members_to": f"t{team.pk}"},
        "add": {"ids": cast.eve.pk},
        "place": {"ids": cast.mika.pk, "to": f"t{team.pk}"},
        "lead": {"member": cast.eve.pk},
    }[deed]
    before = AuditEntry.objects.count()

    for hx in (False, True):
        answer = console(cast.adam).post(url(cast.search, deed), sent, hx=hx)
        assert answer.status_code == (404 if deed == "add" else 422)
        assert "Theirs" not in answer.content.decode()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("path", ["teams/{team}/", "teams/{team}/rename/", "departments/{department}/"])
def test_A01_another_organizations_structure_does_not_exist(cast, path):
    theirs = departments.create(cast.eve, cast.umbrella, name="Theirs")
    team = teams.create_team(cast.eve, theirs, name="Theirs too")

    for browser, org in ((console(cast.olive), "acme"), (console(cast.olive), "umbrella")):
        answer = browser.get(f"/o/{org}/{path.format(team=team.pk, department=theirs.pk)}")
        assert answer.status_code == 404
