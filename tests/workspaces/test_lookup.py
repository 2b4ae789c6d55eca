"""The search of the top bar finds what somebody may see, by name, and nothing else."""

import pytest

from orgs.access import Action, check
from orgs.models import Team
from policies.actions import rollouts
from policies.models import Limit
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import of_model, planned, running
from workspaces.models import Mate, Room, Tool
from workspaces.queries.lookup import SOURCES, found


def search(person, text, *, hx=False):
    return console(person).get("/o/acme/search/", {"q": text}, hx=hx).content.decode()


def named(person, text):
    return {hit.name for kind in found(person, text, most=25) for hit in kind.hits}


def test_an_admin_finds_people_teams_and_workspaces_by_a_part_of_their_name(cast):
    assert named(cast.adam, "mik") == {"Mika"}
    assert named(cast.adam, "RANK") == {"Ranking"}
    assert named(cast.adam, "den") == {"Den"}
    assert f"/o/acme/members/{cast.mika.pk}/" in search(cast.adam, "mika")


def test_people_are_found_by_their_address_too_and_the_removed_are_not(cast):
    assert named(cast.olive, "gus@elsewhere") == {"Gus"}
    assert named(cast.olive, "rita") == set()


@pytest.mark.parametrize("hx", [False, True])
def test_A02_what_somebody_may_not_see_is_not_found(cast, hx):
    make_workspace(cast.olive, "canary of Olive")
    make_workspace(cast.eve, "canary of Eve", visibility="public")
    Team.objects.create(org=cast.umbrella, department=_department(cast), name="canary team of Eve")

    for person in (cast.mika, cast.vera, cast.gus, cast.lena):
        assert "canary of" not in search(person, "canary", hx=hx).replace("canary”", "")
    assert named(cast.adam, "canary") == {"canary of Olive"}


def _department(cast):
    return cast.umbrella.departments.create(name="Den of Eve")


def test_a_lead_finds_their_team_and_no_other(cast):
    assert named(cast.lena, "r") >= {"Search"}
    assert "Ranking" not in named(cast.lena, "r")


def test_rooms_mates_and_tools_are_found_by_those_who_may_know_of_them(cast):
    room = Room.objects.create(org=cast.acme, workspace=cast.den, name="canary room")
    mate = Mate.objects.create(org=cast.acme, name="canary mate", owner=cast.lena, model="m", team=cast.search)
    tool = Tool.objects.create(org=cast.acme, name="canary tool", owner=cast.lena, integration="crm", everyone="list")

    assert named(cast.lena, "canary") == {"canary room", "canary mate", "canary tool"}
    assert named(cast.gus, "canary") == {"canary room"}
    assert named(cast.mika, "canary") == {"canary tool"}
    said = search(cast.adam, "canary")
    for page in (f"rooms/{room.pk}/", f"mates/{mate.pk}/", f"tools/{tool.pk}/"):
        assert f"/o/acme/{page}" in said


def test_what_belongs_to_policies_is_found_by_those_who_may_open_it(cast):
    make_model(cast.acme, "canary model")
    rules = {"canary-poker": {"effect": "approve", "description": "Card games"}}
    make_policy(cast.acme, {"canaries": []}, restricted=list(rules), use_cases=rules)
    Limit.objects.create(org=cast.acme, level="team", team=cast.search, kind="messages_day", amount=9)
    make_model(cast.umbrella, "canary of Eve")

    def places(person, text):
        return {hit.name: hit.url for kind in found(person, text, most=25) for hit in kind.hits}

    assert places(cast.adam, "canar") == {
        "canary model": "/o/acme/policies/models/?q=canary+model",
        "canaries": "/o/acme/policies/organization/groups/#group-canaries",
        "canary-poker": "/o/acme/policies/organization/use-cases/#case-canary-poker",
    }
    assert set(places(cast.adam, "card games")) == {"canary-poker"}
    assert f"/o/acme/policies/limits/teams/{cast.search.pk}/" in search(cast.adam, "search", hx=True)
    for url in places(cast.adam, "canar").values():
        assert console(cast.adam).get(url.partition("#")[0]).status_code == 200
    for person in (cast.lena, cast.mika, cast.vera, cast.gus):
        assert places(person, "canar") == {}
        assert "limits/" not in search(person, "search")


def test_rollouts_are_found_by_their_name_and_what_they_are_of_by_those_who_may_open_them(cast):
    rollout = running(cast.olive, of_model("canary-model"))
    rollouts.advance(cast.olive, rollout)  # it reaches Lena, who may not open its page
    planned(cast.eve, of_model("canary-model"), name="canary of Eve")

    def urls(person, text):
        return [hit.url for kind in found(person, text, most=25) if kind.label == "Rollouts" for hit in kind.hits]

    page = f"/o/acme/rollouts/{rollout.pk}/"
    assert urls(cast.adam, "deep for") == urls(cast.adam, "CANARY-mod") == [page]
    assert console(cast.adam).get(page).status_code == 200
    assert f'href="{page}"' in search(cast.adam, "deep for", hx=True)
    assert [urls(person, "deep for") for person in (cast.lena, cast.mika, cast.vera, cast.gus)] == [[], [], [], []]


def test_pages_are_found_by_their_names_as_far_as_one_may_open_them(cast):
    assert named(cast.adam, "limits") == {"Limits"}
    assert named(cast.mika, "limits") == set()
    assert named(cast.mika, "chats") == {"Chats"}
    for hit in (hit for kind in found(cast.mika, "s", most=25) if kind.label == "Pages" for hit in kind.hits):
        assert console(cast.mika).get(hit.url).status_code == 200, hit.url


def test_nothing_found_is_said_in_words_with_what_was_looked_for(cast):
    assert "Nothing is called “zzz”" in search(cast.adam, "zzz")
    assert "Nothing that you may see is called “zzz”." in search(cast.adam, "zzz", hx=True)


def test_a_search_of_nothing_asks_what_is_looked_for(cast):
    assert "What are you looking for?" in search(cast.adam, "")


def test_what_no_name_can_hold_is_answered_and_finds_nothing(cast):
    for text in ("\0", "x" * 81, "%", "' OR 1=1", "é" * 40):
        assert console(cast.adam).get("/o/acme/search/", {"q": text}).status_code == 200
    assert named(cast.adam, "%") == set()


def test_what_is_shown_under_the_field_is_five_of_a_kind_and_says_that_there_are_more(cast):
    for number in range(8):
        make_member(cast.acme, f"Twin {number}")

    few, whole = search(cast.adam, "twin", hx=True), search(cast.adam, "twin")

    assert few.count("found-hit") == 5
    assert "There are more: say more" in few
    assert whole.count("found-hit") == 8


def test_a_search_costs_the_same_queries_however_much_there_is(cast, django_assert_num_queries):
    make_policy(cast.acme, {"general_staff": []})
    found(cast.adam, "a", most=5)
    with django_assert_num_queries(len(SOURCES) + 4):
        found(cast.adam, "a", most=5)
    for number in range(30):
        make_member(cast.acme, f"Another {number}")
        make_workspace(cast.olive, f"Another {number}")
        make_model(cast.acme, f"another {number}")
        make_policy(cast.acme, {"general_staff": []}, scope=10**9 + number)
        planned(cast.olive, of_model(f"another {number}"), name=f"Another {number}")
    cast.adam.org.refresh_from_db()
    check(cast.adam, Action.POLICY_VIEW, cast.acme)  # the subject, anew
    with django_assert_num_queries(len(SOURCES) + 4):
        found(cast.adam, "a", most=5)
