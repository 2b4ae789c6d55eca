"""Departments and teams: what becomes of members, leads, workspaces and invitations when they change or end."""

import pytest

from orgs.access import Action, Denied, Refused, check
from orgs.actions import departments, places, teams
from orgs.models import AuditEntry
from orgs.places import NOWHERE, Place
from orgs.queries import sentences
from tests.cast import again
from tests.orgs.placing import last, place_of

# ---------------------------------------------------------------- one member


def test_a_team_brings_its_department(cast, sales):
    field = teams.create_team(cast.adam, sales, name="Field")

    places.place(cast.adam, cast.mika, to=Place.in_team(field))

    assert place_of(cast.mika) == "Sales · Field"
    assert sentences.sentence(last()) == "Adam moved Mika to Field."


@pytest.mark.parametrize(("who", "to"), [("department", "Sales"), ("nowhere", "no department")])
def test_a_member_can_be_in_a_department_alone_or_in_none(cast, sales, who, to):
    places.place(cast.adam, cast.mika, to=Place(sales) if who == "department" else NOWHERE)

    assert place_of(cast.mika) == to


def test_an_admin_places_owners_and_admins_too_for_teams_are_day_to_day(cast):
    places.place(cast.adam, cast.olive, to=Place.in_team(cast.search))
    places.place(cast.adam, cast.adam, to=Place.in_team(cast.search))

    assert place_of(cast.olive) == place_of(cast.adam) == "Research · Search"


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus", "eve"])
def test_nobody_else_places_anybody(cast, name):
    with pytest.raises(Denied):
        places.place(getattr(cast, name), cast.mika, to=Place.in_team(cast.ranking))


def test_whoever_was_removed_is_placed_nowhere(cast):
    with pytest.raises(Refused, match="Restore them first"):
        places.place(cast.adam, cast.rita, to=Place.in_team(cast.search))


def test_A05_a_team_or_department_of_another_organization_is_no_place(cast):
    theirs = departments.create(cast.eve, cast.umbrella, name="Theirs")
    team = teams.create_team(cast.eve, theirs, name="Theirs too")

    for place in (Place(theirs), Place.in_team(team), Place(cast.research, team)):
        with pytest.raises(Refused, match="no longer there"):
            places.place(cast.adam, cast.mika, to=place)
    assert place_of(cast.mika) == "Research · Search"


def test_a_lead_sees_who_was_moved_to_their_team_at_the_next_question(cast):
    assert not check(cast.lena, Action.MEMBER_VIEW, cast.vera)

    places.place(cast.adam, cast.vera, to=Place.in_team(cast.search))

    assert check(again(cast.lena), Action.MEMBER_VIEW, again(cast.vera))


def test_many_are_placed_with_a_result_each(cast, sales):
    to = {member.pk: Place(sales) for member in (cast.mika, cast.vera, cast.rita, cast.olive)}

    found = places.place_many(cast.adam, [cast.mika, cast.vera, cast.rita, cast.olive], to=to)

    assert [outcome.outcome for outcome in found] == ["done", "done", "refused", "done"]
    assert place_of(cast.olive) == place_of(cast.mika) == "Sales"
    assert AuditEntry.objects.filter(action="member.place").count() == 3


def test_many_with_different_places_are_saved_each_with_their_own(cast, sales):
    to = {cast.mika.pk: Place(sales), cast.vera.pk: NOWHERE, cast.lena.pk: Place.in_team(cast.search)}

    found = places.place_many(cast.adam, [cast.mika, cast.vera, cast.lena], to=to)

    assert [outcome.outcome for outcome in found] == ["done", "done", "same"]
    assert [place_of(m) for m in (cast.mika, cast.vera, cast.lena)] == ["Sales", "no department", "Research · Search"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["Ranking", "rANKING"])
def test_two_teams_of_a_name_would_be_taken_for_one(cast, name):
    with pytest.raises(Refused, match="already"):
        teams.create_team(cast.adam, cast.research, name=name)
    with pytest.raises(Refused, match="already"):
        teams.rename(cast.adam, cast.search, name=name)


def test_a_name_may_be_written_anew(cast, sales):
    teams.rename(cast.adam, cast.search, name="SEARCH")
    departments.rename(cast.adam, sales, name="SALES")

    assert (str(again(cast.search)), str(again(sales))) == ("SEARCH", "SALES")
    told = [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("-seq")[:2]]
    assert told == ["Adam renamed the department Sales SALES.", "Adam renamed the team Search SEARCH."]


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus"])
def test_a_lead_manages_no_team_not_even_their_own(cast, name):
    actor = getattr(cast, name)
    for deed in (
        lambda: teams.rename(actor, cast.search, name="Mine"),
        lambda: teams.move(actor, cast.search, department=cast.research),
        lambda: teams.merge(actor, cast.search, into=cast.ranking),
        lambda: teams.delete(actor, cast.search, members_to=NOWHERE, workspaces_to=None),
        lambda: departments.rename(actor, cast.research, name="Mine"),
        lambda: departments.merge(actor, cast.research, into=cast.research),
        lambda: departments.delete(actor, cast.research, members_to=NOWHERE),
    ):
        with pytest.raises(Denied):
            deed()


def test_nobody_gives_themselves_the_lead_for_it_opens_what_administering_does_not(cast):
    for person in (cast.olive, cast.adam):
        with pytest.raises(Refused, match="Nobody gives themselves the lead"):
            teams.give_lead(person, cast.ranking, person)

    teams.give_lead(cast.olive, cast.ranking, cast.adam)
