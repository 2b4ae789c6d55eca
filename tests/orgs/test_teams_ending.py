"""Teams and departments that are moved, merged or deleted: what goes along, and where to."""

import pytest

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import departments, places, teams
from orgs.models import AuditEntry, Department, InvitationTemplate, Member, Organization, Team
from orgs.places import NOWHERE, Place
from orgs.queries import sentences
from tests.cast import again, make_workspace
from tests.orgs.placing import invited, last, place_of
from workspaces.models import Workspace


def test_nobody_ends_a_team_to_get_into_its_workspaces_through_one_that_they_lead(cast):
    grants.give(cast.anna, "lead", cast.ranking)
    anna = Member.objects.select_related("org", "user").get(pk=cast.anna.pk)

    for deed in (
        lambda: teams.merge(anna, cast.search, into=cast.ranking),
        lambda: teams.merge(anna, cast.ranking, into=cast.search),
        lambda: teams.delete(anna, cast.search, members_to=NOWHERE, workspaces_to=cast.ranking),
    ):
        with pytest.raises(Refused, match="You lead Ranking: this would let you into what is closed to you in Search"):
            deed()
    assert again(cast.den).team == cast.search

    grants.give(cast.anna, "viewer", cast.den)
    teams.merge(anna, cast.search, into=cast.ranking)
    assert again(cast.den).team == cast.ranking


def test_what_somebody_deleted_meanwhile_is_refused_in_words(cast):
    team, stale = cast.lena.team, again(cast.lena.team)
    teams.delete(cast.olive, team, members_to=NOWHERE, workspaces_to=None)

    with pytest.raises(Refused, match="no longer there"):
        teams.delete(cast.olive, stale, members_to=NOWHERE, workspaces_to=None)


# ---------------------------------------------------------------- move, merge, delete


def test_a_team_takes_its_members_and_invitations_to_another_department(cast, sales):
    invitation = invited(cast, team=cast.search, department=cast.research)

    teams.move(cast.adam, cast.search, department=sales)

    assert place_of(cast.mika) == place_of(cast.lena) == "Sales · Search"
    assert again(invitation).department == sales
    assert place_of(cast.vera) == "Research · Ranking"
    assert sentences.sentence(last()) == "Adam moved the team Search from Research to Sales."


def test_a_team_that_stays_where_it_is_leaves_no_entry(cast):
    teams.move(cast.adam, cast.search, department=cast.research)

    assert not AuditEntry.objects.exists()


@pytest.mark.both
def test_merging_teams_brings_members_leads_workspaces_and_invitations_along(cast):
    invitation = invited(cast, team=cast.search, department=cast.research)
    template = InvitationTemplate.objects.create(org=cast.acme, name="Newcomers", team=cast.search)

    teams.merge(cast.adam, cast.search, into=cast.ranking)

    assert not Team.objects.filter(pk=cast.search.pk).exists()
    assert place_of(cast.mika) == place_of(cast.lena) == "Research · Ranking"
    assert grants.levels(cast.lena) == {cast.ranking.pk: "lead", cast.den.pk: "admin"}
    assert again(cast.den).team == cast.ranking
    assert again(invitation).team == again(template).team == cast.ranking
    entry = last()
    assert sentences.sentence(entry) == "Adam merged the team Search into Ranking."
    assert (entry.detail["members"], entry.detail["leads"], entry.detail["workspaces"]) == (2, ["Lena"], ["Den"])
    assert sorted(entry.detail["member_ids"]) == sorted([cast.lena.pk, cast.mika.pk])


def test_a_lead_of_both_teams_leads_the_merged_one_once(cast):
    teams.give_lead(cast.adam, cast.ranking, cast.lena)

    teams.merge(cast.adam, cast.search, into=cast.ranking)

    assert cast.ranking.leads.count() == 1


def test_merging_into_itself_is_refused(cast, sales):
    with pytest.raises(Refused, match="not into itself"):
        teams.merge(cast.adam, cast.search, into=cast.search)
    with pytest.raises(Refused, match="not into itself"):
        departments.merge(cast.adam, sales, into=sales)


@pytest.mark.both
def test_merging_departments_brings_teams_and_members_along(cast, sales):
    field = teams.create_team(cast.adam, sales, name="Field")
    places.place(cast.adam, cast.mika, to=Place.in_team(field))
    places.place(cast.adam, cast.olive, to=Place(sales))
    invitation = invited(cast, department=sales)

    departments.merge(cast.adam, sales, into=cast.research)

    assert not Department.objects.filter(pk=sales.pk).exists()
    assert (place_of(cast.mika), place_of(cast.olive)) == ("Research · Field", "Research")
    assert again(invitation).department == cast.research
    assert sentences.sentence(last()) == "Adam merged the department Sales into Research."
    assert (last().detail["members"], last().detail["teams"]) == (2, ["Field"])


@pytest.mark.parametrize("to", ["team", "department", "nowhere"])
def test_whoever_deletes_a_team_says_where_its_members_go(cast, sales, to):
    place = {"team": Place.in_team(cast.ranking), "department": Place(sales), "nowhere": NOWHERE}[to]

    teams.delete(cast.adam, cast.search, members_to=place, workspaces_to=None)

    assert place_of(cast.mika) == str(place)
    assert again(cast.den).team is None
    assert grants.levels(cast.lena) == {cast.den.pk: "admin"}
    assert sentences.sentence(last()) == "Adam deleted the team Search."
    assert last().detail["members_to"] == str(place)


def test_workspaces_of_a_deleted_team_go_to_the_team_named(cast):
    make_workspace(cast.olive, "Other", team=cast.ranking)

    teams.delete(cast.adam, cast.search, members_to=NOWHERE, workspaces_to=cast.ranking)

    assert set(Workspace.objects.filter(team=cast.ranking).values_list("name", flat=True)) == {"Den", "Other"}


def test_nothing_stays_in_a_team_that_is_deleted(cast):
    for members_to, workspaces_to in ((Place.in_team(cast.search), None), (NOWHERE, cast.search)):
        with pytest.raises(Refused, match="Choose another place"):
            teams.delete(cast.adam, cast.search, members_to=members_to, workspaces_to=workspaces_to)


def test_a_lead_loses_sight_of_a_deleted_team_at_once(cast):
    assert check(cast.lena, Action.WORKSPACE_MANAGE, make_workspace(cast.olive, "Led", team=cast.search))

    teams.delete(cast.adam, cast.search, members_to=NOWHERE, workspaces_to=None)

    assert not check(again(cast.lena), Action.WORKSPACE_MANAGE, Workspace.objects.get(name="Led"))


def test_a_department_with_teams_is_not_deleted_and_says_which(cast):
    with pytest.raises(Refused, match="Research still has teams: Ranking, Search"):
        departments.delete(cast.adam, cast.research, members_to=NOWHERE)


def test_a_department_without_teams_is_deleted_and_its_members_go_on(cast, sales):
    places.place(cast.adam, cast.mika, to=Place(sales))

    departments.delete(cast.adam, sales, members_to=Place.in_team(cast.ranking))

    assert place_of(cast.mika) == "Research · Ranking"
    assert sentences.sentence(last()) == "Adam deleted the department Sales."


def test_whoever_was_removed_comes_back_to_where_their_team_went(cast):
    Member.objects.filter(pk=cast.rita.pk).update(team=cast.search, department=cast.research)

    teams.merge(cast.adam, cast.search, into=cast.ranking)

    assert place_of(cast.rita) == "Research · Ranking"
    assert last().detail["members"] == 2


def test_A01_teams_of_another_organization_stay_as_they_are(cast):
    theirs = departments.create(cast.eve, cast.umbrella, name="Theirs")
    team = teams.create_team(cast.eve, theirs, name="Search")

    for deed in (
        lambda: teams.merge(cast.adam, cast.search, into=team),
        lambda: teams.move(cast.adam, cast.search, department=theirs),
        lambda: teams.delete(cast.adam, cast.search, members_to=Place.in_team(team), workspaces_to=None),
        lambda: teams.delete(cast.adam, cast.search, members_to=NOWHERE, workspaces_to=team),
        lambda: departments.merge(cast.adam, cast.research, into=theirs),
    ):
        with pytest.raises(Refused, match="no longer there"):
            deed()
    for deed in (lambda: teams.rename(cast.adam, team, name="Ours"), lambda: teams.merge(cast.adam, team, into=team)):
        with pytest.raises(Denied):
            deed()
    assert str(again(team)) == "Search"


def test_no_team_is_ever_outside_its_members_department(cast, sales):
    field = teams.create_team(cast.adam, sales, name="Field")
    places.place(cast.adam, cast.olive, to=Place.in_team(field))
    teams.move(cast.adam, cast.search, department=sales)
    teams.merge(cast.adam, cast.ranking, into=field)
    departments.merge(cast.adam, sales, into=cast.research)

    placed = Member.objects.filter(team__isnull=False).select_related("team")
    assert placed.count() == 4
    assert {member.department_id == member.team.department_id for member in placed} == {True}
    assert Organization.objects.get(pk=cast.acme.pk).access_version > 5
