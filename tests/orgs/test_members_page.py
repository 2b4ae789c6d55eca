"""The list of members: who sees it, what it shows of whom, how it is filtered, sorted and paged."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import adapter
from orgs.models import Member
from tests.cast import make_member
from tests.doors import console
from tests.orgs.crowd import make_crowd

PAGE = "/o/acme/members/"


def _names(page):
    return [row.name for row in page.context["list"].rows]


def _row(page, member):
    return next(row for row in page.context["list"].rows if row.id == str(member.pk))


def test_owners_and_admins_see_everybody_who_holds_a_seat(cast):
    for reader in (cast.olive, cast.adam):
        page = console(reader).get(PAGE)

        assert _names(page) == ["Adam", "Anna", "Gus", "Lena", "Mika", "Olive", "Oscar", "Sam", "Vera"]
        assert "9 members" in page.content.decode()


def test_rows_carry_an_id_and_the_address_for_scripts(cast):
    page = console(cast.olive).get(PAGE).content.decode()

    assert f'id="member-{cast.mika.pk}" data-email="mika@acme.example"' in page


def test_users_viewers_leads_and_guests_are_told_why_they_see_no_list(cast):
    for reader in (cast.mika, cast.vera, cast.lena, cast.gus):
        answer = console(reader).get(PAGE)

        assert answer.status_code == 403
        assert "see the members" in answer.content.decode()


def test_the_list_of_another_organization_does_not_exist(cast):
    assert console(cast.eve).get(PAGE).status_code == 404


def test_A15_htmx_gets_the_same_decision_as_a_plain_request(cast):
    for reader, status in ((cast.olive, 200), (cast.mika, 403), (cast.eve, 404)):
        for headers in (
            {},
            {"HX-Request": "true"},
            {"HX-Boosted": "true"},
            {"HX-Request": "true", "HX-Target": "body"},
        ):
            assert console(reader).get(PAGE, headers=headers).status_code == status


def test_htmx_gets_the_list_without_the_frame_and_a_tidy_address(cast):
    answer = console(cast.olive).get(PAGE, {"q": "mi", "role": "", "plan": ""}, hx=True)

    assert answer.content.decode().lstrip().startswith('<div id="members-list">')
    assert answer["HX-Push-Url"] == f"{PAGE}?q=mi"
    assert "HX-Request" in answer["Vary"]


# ---------------------------------------------------------------- what a row offers


def test_an_owner_may_set_every_role_but_their_own_and_guests_stay_below_admin(cast):
    page = console(cast.olive).get(PAGE)

    assert _row(page, cast.mika).roles == ("owner", "admin", "user", "viewer")
    assert _row(page, cast.oscar).roles == ("owner", "admin", "user", "viewer")
    assert _row(page, cast.gus).roles == ("user", "viewer")
    assert _row(page, cast.olive).roles == ()
    assert _row(page, cast.olive).why_not_role == "Nobody changes their own role."


def test_an_admin_gets_selects_for_users_and_reasons_for_the_rest(cast):
    page = console(cast.adam).get(PAGE)

    assert _row(page, cast.mika).roles == ("user", "viewer")
    assert _row(page, cast.anna).roles == ()
    assert "only for Users and Viewers" in _row(page, cast.anna).why_not_role
    assert not _row(page, cast.olive).may_suspend
    assert 'title="An Admin may change a role only for Users and Viewers' in page.content.decode()


def test_an_owner_may_change_their_own_plan_and_an_admin_may_not(cast):
    assert _row(console(cast.olive).get(PAGE), cast.olive).may_plan
    assert not _row(console(cast.adam).get(PAGE), cast.adam).may_plan


def test_what_a_row_offers_is_what_the_deed_decides(cast):
    for reader in (cast.olive, cast.adam):
        for row in console(reader).get(PAGE, {"status": "active"}).context["list"].rows:
            answer = console(reader).get(f"{row.url}suspend/")
            offered = answer.status_code == 200 and not answer.context["panel"].obstacle

            assert row.may_suspend == offered, row.name


def test_a_suspended_member_is_shown_as_such_where_roles_are_shown(cast):
    page = console(cast.olive).get(PAGE, {"status": "suspended"})

    assert _names(page) == ["Sam"]
    assert "Suspended, seat held" in page.content.decode()
    assert _row(page, cast.sam).may_reactivate
    assert not _row(page, cast.sam).may_suspend


def test_a_name_full_of_markup_is_text(cast):
    make_member(cast.acme, "<svg onload=alert(1)>", email="x@acme.example")

    page = console(cast.olive).get(PAGE).content.decode()

    assert "<svg onload" not in page
    assert "&lt;svg onload=alert(1)&gt;" in page


# ---------------------------------------------------------------- filters


@pytest.mark.both
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "MIK"}, ["Mika"]),
        ({"q": "mika acme"}, ["Mika"]),
        ({"q": "elsewhere"}, ["Gus"]),
        ({"q": "100%_"}, []),
        ({"role": "owner"}, ["Olive", "Oscar"]),
        ({"plan": "standard"}, ["Vera"]),
        ({"status": "suspended"}, ["Sam"]),
        ({"status": "removed"}, ["Rita"]),
        ({"kind": "guest"}, ["Gus"]),
        ({"role": "user", "plan": "advanced", "status": "active"}, ["Gus", "Mika"]),
    ],
)
def test_each_filter_shows_those_it_describes(cast, asked, names):
    assert _names(console(cast.olive).get(PAGE, asked)) == names


def test_a_team_shows_its_members(cast):
    assert _names(console(cast.olive).get(PAGE, {"team": cast.search.pk})) == ["Lena", "Mika"]


def test_those_without_a_second_factor_can_be_found(cast):
    adapter.set_up_totp(cast.mika.user)

    shown = _names(console(cast.olive).get(PAGE, {"second_factor": "none"}))

    assert "Mika" not in shown
    assert "Lena" in shown


def test_A05_a_team_of_another_organization_is_no_filter(cast):
    from orgs.models import Department, Team

    theirs = Department.objects.create(org=cast.umbrella, name="Theirs")
    foreign = Team.objects.create(org=cast.umbrella, department=theirs, name="Foreign")

    answer = console(cast.olive).get(PAGE, {"team": foreign.pk})

    assert answer.status_code == 422
    assert "Foreign" not in answer.content.decode()


@pytest.mark.parametrize("asked", [{"role": "king"}, {"sort": "password"}, {"after": "zzz"}, {"after": "W10"}])
def test_a_link_that_makes_no_sense_says_so(cast, asked):
    assert console(cast.olive).get(PAGE, asked).status_code == 422


def test_a_filter_that_matches_nobody_offers_the_way_back(cast):
    page = console(cast.olive).get(PAGE, {"q": "nobody"}).content.decode()

    assert "Nobody matches" in page
    assert f'href="{PAGE}"' in page


# ---------------------------------------------------------------- sort and pages


# What a list is sorted by first. Those without a team come after all teams.
SORTED = {
    "name": lambda member: member.listed_as,
    "role": lambda member: member.role,
    "plan": lambda member: member.plan,
    "joined": lambda member: member.joined_at,
    "team": lambda member: (member.team is None, member.team.name if member.team else "", member.listed_as),
}


def _teams(teams):
    return {"team": lambda n: teams[n % len(teams)]}


@pytest.mark.both
@pytest.mark.parametrize(
    "sort", ["name", "-name", "role", "-role", "plan", "-plan", "joined", "-joined", "team", "-team"]
)
def test_every_sort_shows_everybody_once_over_all_pages_and_back(cast, sort):
    roles, plans, now = ("user", "viewer", "admin"), ("essential", "expert"), timezone.now()
    joined = {"joined_at": lambda n: now - timedelta(days=n % 7)}
    teams = (cast.ranking, cast.search, None)
    make_crowd(cast.acme, 120, role=lambda n: roles[n % 3], plan=lambda n: plans[n % 2], **_teams(teams), **joined)
    Member.objects.filter(listed_as__startswith="bea").update(listed_as="bea")
    browser, forward, cursor = console(cast.olive), [], {}

    while True:
        page = browser.get(PAGE, {"sort": sort, **cursor}).context["list"]
        forward.append([row.id for row in page.rows])
        if not page.next:
            break
        cursor = {"after": page.next}
    back = browser.get(PAGE, {"sort": sort, "before": page.previous}).context["list"]

    ids = [row for rows in forward for row in rows]
    assert len(ids) == len(set(ids)) == 129
    assert [len(rows) for rows in forward] == [50, 50, 29]
    assert [row.id for row in back.rows] == forward[1]
    by = sort.removeprefix("-")
    people = Member.objects.select_related("team").in_bulk(ids)
    values = [SORTED[by](people[int(pk)]) for pk in ids]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_page_does_not_move_when_its_last_row_changes_or_somebody_joins_before_it(cast):
    many = make_crowd(cast.acme, 60)
    browser = console(cast.olive)
    first = browser.get(PAGE, {"sort": "role", "role": ""}).context["list"]
    last = Member.objects.get(pk=first.rows[-1].id)

    Member.objects.filter(pk=last.pk).update(role="viewer")
    make_member(cast.acme, "Aaron")
    second = browser.get(PAGE, {"sort": "role", "after": first.next}).context["list"]

    seen = {row.id for row in first.rows} | {row.id for row in second.rows}
    assert {str(member.pk) for member in many} <= seen


def test_the_sorted_column_says_so(cast):
    page = console(cast.olive).get(PAGE, {"sort": "-plan"}).content.decode()

    assert page.count("aria-sort") == 1
    assert 'aria-sort="descending"' in page


def test_the_list_costs_as_many_queries_for_a_thousand_members_as_for_ten(cast):
    browser, counts = console(cast.olive), []
    browser.get(PAGE)

    for more in (0, 1000):
        make_crowd(cast.acme, more, team=cast.search)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(PAGE).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 8


def test_more_than_ten_thousand_are_not_counted_to_the_last(cast):
    make_crowd(cast.acme, 10_000)

    page = console(cast.olive).get(PAGE)

    assert (page.context["list"].total, page.context["list"].more_than_counted) == (10_000, True)
    assert "000+ members" in page.content.decode()
