"""The pages of rooms: the list, one room, its people; each deed with its panel; what they cost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.models import Member
from tests.cast import make_member
from tests.doors import console
from workspaces import actions
from workspaces.actions import rooms
from workspaces.models import Milestone, Room
from workspaces.queries import rooms as queries

ORG = "/o/acme/"


@pytest.fixture
def launch(cast):
    return rooms.create(cast.lena, cast.den, name="Launch")


def _url(room, rest=""):
    return f"{ORG}rooms/{room.pk}/{rest}"


def _list(workspace):
    return f"{ORG}workspaces/{workspace.pk}/rooms/"


def _fresh(room):
    return Room.objects.get(pk=room.pk)


def test_a_room_is_made_from_the_list_and_opens(cast):
    answer = console(cast.lena).post(_list(cast.den), {"name": "Launch"})

    room = Room.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, _url(room))
    assert "Launch" in console(cast.gus).get(_list(cast.den)).content.decode()
    page = console(cast.gus).get(_url(room)).content.decode()
    assert "2 people</a>, as in Den" in page
    assert "People of its own…" not in page


@pytest.mark.parametrize(("name", "status"), [("", 422), ("x" * 81, 422), ("a\0b", 422), ("Launch", 409)])
def test_a_name_that_cannot_be_comes_back_with_what_was_typed(cast, launch, name, status):
    for hx in (False, True):
        answer = console(cast.lena).post(_list(cast.den), {"name": name}, hx=hx)
        assert answer.status_code == status
        assert answer.context["form"].errors.keys() == {"name"}


def test_A01_rooms_of_a_private_workspace_do_not_exist_for_who_is_not_in_it(cast, launch):
    paths = ["", "status/", "milestones/", "members/", "members/add/", "narrow/", "follow/", "archive/", "reopen/"]
    for person in (cast.mika, cast.vera, cast.eve):
        for path in paths:
            for hx in (False, True):
                url = f"/o/{person.org.slug}/rooms/{launch.pk}/{path}"
                assert console(person).get(url, hx=hx).status_code == 404
                if path:
                    assert console(person).post(url, hx=hx).status_code == 404
        assert console(person).get(f"/o/{person.org.slug}/workspaces/{cast.den.pk}/rooms/").status_code == 404


def test_whoever_was_named_for_a_room_sees_it_and_of_its_workspace_the_name(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.mika, level="user")
    browser = console(cast.mika)

    page = browser.get(_url(launch))

    text = page.content.decode().split("<main")[1]
    assert "Den" in text
    assert str(cast.den.pk) not in text
    assert page.context["tabs"] == []
    assert browser.get(_url(launch, "members/")).status_code == 200
    assert str(cast.den.pk) not in browser.get(_url(launch, "members/")).content.decode().split("<main")[1]
    assert _url(launch) in browser.get(f"{ORG}workspaces/").content.decode()
    for path in ("", "members/", "rooms/", "settings/"):
        assert browser.get(f"{ORG}workspaces/{cast.den.pk}/{path}").status_code == 404


def test_a_room_with_people_of_its_own_is_hidden_from_the_others_in_its_workspace(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.gus, level="")

    assert console(cast.gus).get(_url(launch)).status_code == 404
    assert "Launch" not in console(cast.gus).get(_list(cast.den)).content.decode()


def test_status_and_milestones_are_set_through_their_panels(cast, launch):
    page = console(cast.lena)
    stands = {"name": "Launch", "progress": "at_risk", "note": "No venue"}

    assert page.post(_url(launch, "status/"), stands).status_code == 303
    assert (
        page.post(_url(launch, "milestones/"), {"title": "Beta", "due_on": "2020-01-01", "percent": "40"}).status_code
        == 303
    )
    stone = Milestone.objects.get()
    shown = page.get(_url(launch)).content.decode()
    assert "At risk" in shown
    assert "No venue" in shown
    assert "· late" in shown
    assert '<progress class="bar-line" max="100" value="40" aria-label="Beta">' in shown

    one = _url(launch, f"milestones/{stone.pk}/")
    assert 'value="2020-01-01"' in page.get(one, hx=True).content.decode()
    assert page.post(one, {"title": "Beta", "percent": "100"}).status_code == 303
    assert "· late" not in page.get(_url(launch)).content.decode()
    assert "Delete Beta</button>" in page.get(f"{one}delete/", hx=True).content.decode()
    assert page.post(f"{one}delete/").status_code == 303
    assert page.get(one).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        *({"title": ""}, {"title": "x" * 121}, {"title": "\0"}, {"due_on": "soon"}, {"due_on": "9999-99-99"}),
        *({"due_on": "1815-01-01"}, {"percent": "101"}, {"percent": "-1"}, {"percent": "9" * 40}, {"percent": ""}),
    ],
)
def test_what_is_no_milestone_is_answered_422_with_what_was_typed(cast, launch, changed):
    for hx in (False, True):
        typed = {"title": "Beta", "due_on": "2026-12-01", "percent": "5", **changed}
        answer = console(cast.lena).post(_url(launch, "milestones/"), typed, hx=hx)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == changed.keys()
    assert not Milestone.objects.exists()


def test_a_milestone_is_reached_through_its_own_room_alone(cast, launch):
    other = rooms.create(cast.olive, cast.lab, name="Hall")
    stone = rooms.add_milestone(cast.lena, launch, title="Beta")

    assert console(cast.olive).get(_url(other, f"milestones/{stone.pk}/")).status_code == 404
    assert console(cast.olive).post(_url(other, f"milestones/{stone.pk}/delete/")).status_code == 404
    assert Milestone.objects.filter(pk=stone.pk).exists()


def test_people_of_its_own_are_given_and_taken_on_the_rooms_people_page(cast, launch):
    page, people = console(cast.lena), _url(launch, "members/")
    assert "The room follows Den" in page.get(people).content.decode()
    assert page.post(people, {"member": cast.mika.pk, "role": "user"}).status_code == 409

    assert "It begins with the 2 people of Den" in page.get(_url(launch, "narrow/"), hx=True).content.decode()
    assert page.post(_url(launch, "narrow/")).status_code == 303
    added = page.post(_url(launch, "members/add/"), {"emails": cast.mika.user.email, "role": "user"}, hx=True)
    assert f'id="person-{cast.mika.pk}"' in added.content.decode()
    assert page.post(people, {"member": cast.mika.pk, "role": ""}, hx=True).status_code == 200
    assert launch.pk not in grants.levels(cast.mika)

    shown = page.get(_url(launch, "follow/"), hx=True).content.decode()
    assert "Roles that were given in the room alone are gone for good." in shown
    assert page.post(_url(launch, "follow/")).status_code == 303
    assert _fresh(launch).narrowed is False


def test_whoever_takes_themselves_out_of_a_room_is_led_to_their_list(cast, launch):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")
    rooms.narrow(cast.lena, launch)

    answer = console(cast.mika).post(_url(launch, "members/"), {"member": cast.mika.pk, "role": ""})

    assert (answer.status_code, answer["Location"]) == (303, f"{ORG}workspaces/")


def test_who_only_takes_part_sees_no_deed_and_may_none(cast, launch):
    stone = rooms.add_milestone(cast.lena, launch, title="Beta")
    paths = ["status/", "milestones/", f"milestones/{stone.pk}/", f"milestones/{stone.pk}/delete/"]
    for path in (*paths, "narrow/", "follow/", "archive/", "reopen/", "members/add/"):
        for hx in (False, True):
            assert console(cast.gus).get(_url(launch, path), hx=hx).status_code == 403
            assert console(cast.gus).post(_url(launch, path), hx=hx).status_code == 403
    assert console(cast.gus).post(_url(launch, "members/"), {"member": cast.mika.pk, "role": "user"}).status_code == 403
    assert console(cast.gus).post(_list(cast.den), {"name": "Mine"}).status_code == 403


def test_who_could_open_a_room_to_themselves_is_told_why_not_before_they_try(cast, launch):
    rooms.narrow(cast.lena, launch)
    page, panel = (console(cast.adam).get(_url(launch, path)).text for path in ("", "follow/"))

    assert f'href="{_url(launch, "follow/")}"' not in page
    for shown in (page, panel):
        assert "Nobody lets themselves into a room with people of its own. Ask one of the Admins of Launch." in shown
    assert f'href="{_url(launch, "follow/")}"' in console(cast.lena).get(_url(launch)).text


def test_a_name_that_another_room_took_is_told_before_following(cast, launch):
    rooms.narrow(cast.lena, launch)
    Room.objects.create(org=cast.acme, workspace=cast.den, name="Launch")

    assert "Give this one another name first." in console(cast.lena).get(_url(launch, "follow/")).text


def test_an_archived_room_says_so_and_opens_again(cast, launch):
    page = console(cast.lena)
    assert page.post(_url(launch, "archive/")).status_code == 303
    assert "nothing more is written" in page.get(_url(launch)).content.decode()
    assert page.post(_url(launch, "milestones/"), {"title": "Beta", "percent": "0"}).status_code == 409

    assert page.post(_url(launch, "reopen/")).status_code == 303
    assert _fresh(launch).archived_at is None


def test_milestones_come_by_their_day_and_the_list_says_which_is_next(cast, launch):
    for title, day, percent in (("C", None, 0), ("B", date(2027, 1, 1), 50), ("A", date(2026, 1, 1), 100)):
        rooms.add_milestone(cast.lena, launch, title=title, due_on=day, percent=percent)

    row = queries.listed(cast.lena, cast.den).rows[0]
    stones = queries.page(cast.lena, _fresh(launch)).stones

    assert (row.reached, row.stones, row.percent, row.next.title) == (1, 3, 50, "B")
    assert [stone.title for stone in stones] == ["A", "B", "C"]


def test_list_and_page_cost_the_same_queries_at_any_size(cast):
    counts = []
    for size in (2, 60):
        for n in range(size):
            room = rooms.Room.objects.create(
                org=cast.acme, workspace=cast.den, name=f"R{size}-{n:02}", narrowed=n % 2 == 0
            )
            Milestone.objects.create(org=cast.acme, room=room, title="Beta", percent=n)
            grants.give(make_member(cast.acme, f"P{size}-{n}"), "user", room)
        lena = Member.objects.select_related("org", "user").get(pk=cast.lena.pk)
        queries.listed(lena, cast.den)
        room = Room.objects.select_related("org", "workspace__org").get(pk=room.pk)
        with CaptureQueriesContext(connection) as listing:
            queries.listed(lena, cast.den)
        with CaptureQueriesContext(connection) as page:
            queries.page(lena, room)
        counts.append((len(listing), len(page)))

    assert counts == [(4, 2), (4, 2)]
