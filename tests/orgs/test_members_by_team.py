"""The list of members sorted by team: team by team, then those without one, read from an index."""

import pytest

from orgs.models import Member
from orgs.queries.members.filters import Filters, matching
from orgs.queries.members.lists import SORTS, Place, _stretches
from tests.doors import console
from tests.orgs.crowd import make_crowd

PAGE = "/o/acme/members/"


def _teams(teams):
    return {"team": lambda n: teams[n % len(teams)]}


@pytest.mark.parametrize("sort", ["team", "-team"])
@pytest.mark.parametrize("teams", [1, 2, 3])
def test_a_list_by_team_is_whole_wherever_its_pages_end(cast, sort, teams):
    """Whether a page ends with a team, with the last team, or among those without one."""
    Member.objects.exclude(pk=cast.olive.pk).update(team=None)
    some = (cast.ranking, cast.search, None)[:teams]
    make_crowd(cast.acme, 101, **_teams(some))
    browser, seen, place, back = console(cast.olive), [], {}, []

    while place is not None:
        page = browser.get(PAGE, {"sort": sort, "status": "active", **place}).context["list"]
        seen.append([row.id for row in page.rows])
        place = {"after": page.next} if page.next else None
    while page.previous:
        page = browser.get(PAGE, {"sort": sort, "status": "active", "before": page.previous}).context["list"]
        back.append([row.id for row in page.rows])

    everybody = [row for rows in seen for row in rows]
    assert len(everybody) == len(set(everybody)) == page.total
    assert back[::-1] == seen[:-1]


def test_a_list_by_team_is_read_from_the_index_without_sorting_everybody(cast):
    make_crowd(cast.acme, 60, **_teams((cast.ranking, cast.search)))
    place = Place("team", ("Ranking", "bea 00030", "1"))

    everybody = matching(cast.olive, Filters())
    stretch = _stretches(everybody, SORTS["team"], place.after, cast.acme.pk, falling=False)[0]
    plan = stretch.read(falling=False)[:51].explain()

    assert "SEARCH orgs_team USING" in plan
    assert plan.index("SEARCH orgs_team") < plan.index("SEARCH orgs_member USING INDEX member_by_team")


def test_the_head_of_the_column_sorts_by_team(cast):
    page = console(cast.olive).get(PAGE, {"sort": "team"})

    assert [row.team for row in page.context["list"].rows][:2] == ["Ranking", "Search"]
    assert 'class="sortable " aria-sort="ascending"' in page.content.decode()
