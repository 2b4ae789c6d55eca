"""The directory of workspaces: one's own, those to discover, all, the archived; it costs the same at any size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import grants
from orgs.audit import raise_version
from orgs.models import Member, User
from tests.cast import make_member, make_workspace
from tests.doors import console
from workspaces.models import Room, Workspace, WorkspaceGrant
from workspaces.queries import directory

URL = "/o/acme/workspaces/"


def _shown(person, view, **asked):
    return console(person).get(URL, {"view": view, **asked}).context["listed"]


def _names(person, view, **asked):
    return [row.name for row in _shown(person, view, **asked).rows]


def test_one_finds_ones_own_and_those_to_join_apart(cast):
    grants.give(cast.mika, "user", cast.den)
    make_workspace(cast.olive, "Hall", visibility="public")

    assert _names(cast.mika, "mine") == ["Den"]
    assert _names(cast.mika, "discover") == ["Hall", "Lab"]
    assert [(view.name, view.total) for view in _shown(cast.mika, "mine").views] == [
        ("mine", 1),
        ("discover", 2),
        ("archived", 0),
    ]


def test_what_a_team_of_ones_own_has_is_ones_own_as_its_lead(cast):
    make_workspace(cast.olive, "Find", team=cast.search)

    page = _shown(cast.lena, "mine")

    assert [(row.name, row.mine, row.led) for row in page.rows] == [("Den", "admin", True), ("Find", "", True)]
    assert "Team lead" in console(cast.lena).get(URL).content.decode()


def test_all_of_them_are_for_owners_and_admins_alone(cast):
    for person in (cast.olive, cast.adam):
        assert _names(person, "all") == ["Den", "Lab"]
    for person in (cast.lena, cast.mika, cast.vera, cast.gus):
        page = _shown(person, "all")
        assert page.view == "mine"
        assert "all" not in [view.name for view in page.views]


def test_a_guest_is_offered_nothing_to_discover(cast):
    assert [view.name for view in _shown(cast.gus, "discover").views] == ["mine", "archived"]
    assert _names(cast.gus, "discover") == ["Den"]


def test_the_archived_stand_apart_and_offer_no_joining(cast):
    Workspace.objects.filter(pk=cast.lab.pk).update(archived_at=timezone.now())

    assert _names(cast.mika, "discover") == []
    (row,) = _shown(cast.mika, "archived").rows
    assert (row.name, row.archived, row.may_join, row.ask) == ("Lab", True, False, "")


def test_one_joins_from_the_list_where_the_plan_permits_else_asks_for_it(cast):
    mika, adam = (console(person).get(URL, {"view": "discover"}).content.decode() for person in (cast.mika, cast.adam))

    join = f'action="{URL}{cast.lab.pk}/join/"'
    assert join in mika
    assert join not in adam
    assert "Essential does not include workspace access." in adam
    assert "/o/acme/requests/new/?kind=plan&amp;wanted=advanced" in adam


def test_whom_the_plan_keeps_out_asks_for_it_where_the_list_would_be(cast):
    stan = make_member(cast.acme, "Stan", plan="standard")

    page = console(stan).get(URL).content.decode()

    assert "You take part in no workspace" in page
    assert "/o/acme/requests/new/?kind=plan&amp;wanted=advanced" in page


def test_the_search_goes_through_the_list_that_is_shown_and_counts_in_all(cast):
    for n in range(3):
        make_workspace(cast.olive, f"Hall {n}", visibility="public")

    page = _shown(cast.mika, "discover", q="hall")

    assert [row.name for row in page.rows] == ["Hall 0", "Hall 1", "Hall 2"]
    assert [view.total for view in page.views] == [0, 3, 0]


def test_whoever_was_named_for_a_room_alone_finds_it_with_its_workspaces_name(cast):
    room = Room.objects.create(org=cast.acme, workspace=cast.den, name="Launch", narrowed=True)
    grants.give(cast.mika, "user", room)
    Member.objects.get(pk=cast.mika.pk).org.save()

    page = _shown(cast.mika, "mine")

    assert page.rooms == ((room.pk, "Launch", "Den"),)
    assert _names(cast.mika, "mine") == []
    assert _shown(cast.lena, "mine").rooms == ()


@pytest.mark.parametrize("asked", ["?view=nonsense", "?view=%00", "?q=%00", "?after=%00", "?before=" + "x" * 100])
def test_what_makes_no_sense_in_the_address_is_passed_over(cast, asked):
    assert console(cast.mika).get(f"{URL}{asked}").status_code == 200


def test_pages_of_the_list_follow_each_other_by_name(cast):
    for n in range(110):
        make_workspace(cast.olive, f"W{n:03}", visibility="public")
    first = directory.listed(cast.olive, view="all")
    second = directory.listed(cast.olive, view="all", after=first.next)
    third = directory.listed(cast.olive, view="all", after=second.next)
    back = directory.listed(cast.olive, view="all", before=second.previous)

    names = [row.name for page in (first, second, third) for row in page.rows]
    assert names == sorted(names)
    assert len(set(names)) == 112
    assert third.next == ""
    assert [row.name for row in back.rows] == [row.name for row in first.rows]


def test_the_people_of_a_workspace_are_counted_without_the_removed_and_strangers(cast):
    grants.give(cast.mika, "user", cast.den)
    grants.give(cast.rita, "user", cast.den)
    Member.objects.create(org=cast.umbrella, user=cast.mika.user, ordinal=9)

    assert grants.counts([cast.den, cast.lab]) == {cast.den.pk: 3, cast.lab.pk: 1}
    assert grants.counts([]) == {}


def _crowd(cast, workspaces, people):
    """That many public workspaces, and as many people in each of them."""
    names = [f"crowd-{workspaces}-{n}" for n in range(people)]
    users = User.objects.bulk_create([User(email=f"{name}@acme.example", name=name) for name in names])
    Member.objects.bulk_create(
        [Member(org=cast.acme, user=user, ordinal=1000 * workspaces + n) for n, user in enumerate(users)]
    )
    rows = Workspace.objects.bulk_create(
        [
            Workspace(org=cast.acme, owner=cast.olive, name=f"{workspaces}-{n}", visibility="public")
            for n in range(workspaces)
        ]
    )
    permission = grants._permission(Workspace, "user")
    WorkspaceGrant.objects.bulk_create(
        [WorkspaceGrant(user=user, content_object=row, permission=permission) for row in rows for user in users],
        batch_size=5000,
    )


@pytest.mark.slow
def test_the_list_costs_the_same_queries_at_1000_workspaces_and_100_000_grants(cast):
    counts = []
    for size in ((3, 2), (1000, 100)):
        _crowd(cast, *size)
        for person in (cast.lena, cast.olive, cast.adam):
            directory.listed(person)
            with CaptureQueriesContext(connection) as listing:
                shown = [directory.listed(person, view=view) for view in ("mine", "discover", "all", "archived")]
            counts.append((size, len(listing)))

    assert [row.people for row in shown[1].rows][:2] == [100, 100]
    assert [count for _size, count in counts] == [13, 12, 15] * 2


@pytest.mark.slow
def test_every_page_costs_the_same_queries_at_1000_workspaces_and_100_000_grants(cast):
    counts = []
    for size in ((3, 2), (1000, 100)):
        _crowd(cast, *size)
        place = Workspace.objects.get(org=cast.acme, name=f"{size[0]}-0")
        grants.give(cast.mika, "admin", place)
        raise_version(cast.acme)
        here = f"workspaces/{place.pk}/"
        doors = ["workspaces/", here, f"{here}members/", f"{here}rooms/", f"{here}mates/", f"{here}settings/"]
        doors += ["mates/", "chats/", "search/?q=crowd", f"access/?who={cast.mika.pk}"]
        browser, found = console(cast.mika), []
        for door in doors:
            browser.get(f"/o/acme/{door}")
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"/o/acme/{door}").status_code == 200, door
            found.append((door.replace(str(place.pk), "<id>"), len(asked)))
        counts.append(found)

    assert counts[0] == counts[1]
