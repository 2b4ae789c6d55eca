"""Rooms: who sees them, how a project stands, milestones, people of its own and following the workspace again."""

from datetime import date

import pytest

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console
from workspaces import actions
from workspaces.actions import rooms
from workspaces.models import Milestone, Room, Workspace


@pytest.fixture
def launch(cast):
    return rooms.create(cast.lena, cast.den, name="Launch")


def _fresh(room):
    return Room.objects.select_related("org", "workspace__org", "workspace__team").get(pk=room.pk)


def _reads(member, room):
    return check(again(member), Action.ROOM_VIEW, _fresh(room)).allowed


def _posts(member, room):
    return check(again(member), Action.MESSAGE_SEND, _fresh(room)).allowed


def _told():
    return sentences.sentence(AuditEntry.objects.latest("seq"))


def test_a_room_follows_its_workspace_from_the_start(cast, launch):
    assert _told() == "Lena made the room Launch."
    assert [_reads(member, launch) for member in (cast.lena, cast.gus, cast.olive, cast.mika)] == [
        True,
        True,
        True,
        False,
    ]
    assert [_posts(member, launch) for member in (cast.lena, cast.gus, cast.olive)] == [True, True, False]


def test_whoever_administers_the_workspace_makes_rooms_of_different_names(cast, launch):
    rooms.create(cast.adam, cast.den, name="Afterwards")

    with pytest.raises(Refused, match="Den has a room Launch already"):
        rooms.create(cast.lena, cast.den, name="Launch")
    with pytest.raises(Denied):
        rooms.create(cast.gus, cast.den, name="Mine")
    actions.settings.archive(cast.lena, cast.den)
    with pytest.raises(Denied, match="archived"):
        rooms.create(again(cast.lena), cast.den, name="Late")


def test_how_a_room_stands_is_set_with_a_note(cast, launch):
    rooms.describe(cast.lena, launch, name="Launch day", progress="at_risk", note="The venue fell through.")

    found = _fresh(launch)
    assert (found.name, found.progress, found.note) == ("Launch day", "at_risk", "The venue fell through.")
    assert _told() == "Lena changed the room Launch day: name, note, status."
    with pytest.raises(Denied):
        rooms.describe(cast.gus, launch, name="x", progress="done", note="")


# ---------------------------------------------------------------- milestones


def test_milestones_are_added_changed_and_deleted_with_a_word_in_the_log(cast, launch):
    stone = rooms.add_milestone(cast.lena, launch, title="Beta", due_on=date(2026, 12, 1))
    assert _told() == "Lena added the milestone Beta."

    rooms.change_milestone(cast.lena, stone, title="Beta", due_on=date(2026, 12, 8), percent=40)
    assert _told() == "Lena changed the milestone Beta: due, progress in percent."
    rooms.change_milestone(cast.lena, stone, title="Beta", due_on=date(2026, 12, 8), percent=40)
    assert AuditEntry.objects.count() == 3

    rooms.delete_milestone(cast.lena, stone)
    assert _told() == "Lena deleted the milestone Beta."
    assert AuditEntry.objects.latest("seq").target_id == stone.pk
    with pytest.raises(Refused, match="somebody deleted it meanwhile"):
        rooms.change_milestone(cast.lena, stone, title="Beta", due_on=None, percent=50)


def test_only_whoever_looks_after_a_room_sets_its_milestones(cast, launch):
    stone = rooms.add_milestone(cast.lena, launch, title="Beta")
    for deed in (
        lambda: rooms.add_milestone(cast.gus, launch, title="x"),
        lambda: rooms.change_milestone(cast.gus, stone, title="x", due_on=None, percent=1),
        lambda: rooms.delete_milestone(cast.gus, stone),
    ):
        with pytest.raises(Denied):
            deed()
    assert [str(row) for row in Milestone.objects.all()] == ["Beta"]


def test_an_archived_room_is_read_and_not_written(cast, launch):
    stone = rooms.add_milestone(cast.lena, launch, title="Beta")
    rooms.archive(cast.lena, launch)

    assert _reads(cast.gus, launch)
    assert not _posts(cast.gus, launch)
    for deed in (
        lambda: rooms.describe(cast.lena, launch, name="x", progress="done", note=""),
        lambda: rooms.add_milestone(cast.lena, launch, title="x"),
        lambda: rooms.change_milestone(cast.lena, stone, title="x", due_on=None, percent=1),
        lambda: rooms.delete_milestone(cast.lena, stone),
    ):
        with pytest.raises(Refused, match="Launch is archived"):
            deed()

    rooms.reopen(cast.lena, launch)
    assert _posts(cast.gus, launch)


def test_a_room_of_an_archived_workspace_is_reopened_with_that_alone(cast, launch):
    rooms.archive(cast.lena, launch)
    actions.settings.archive(cast.lena, cast.den)

    with pytest.raises(Refused, match="Den is archived"):
        rooms.reopen(cast.lena, launch)
    actions.settings.reopen(cast.lena, cast.den)
    assert not _posts(cast.gus, launch)  # it was archived by itself


# ---------------------------------------------------------------- people of its own


def test_narrowing_begins_with_the_people_of_the_workspace(cast, launch):
    rooms.narrow(cast.lena, launch)

    assert {str(member): level for member, level in grants.holders([launch])[launch.pk]} == {
        "Lena": "admin",
        "Gus": "user",
    }
    assert _told() == "Lena gave the room Launch people of its own."
    assert _posts(cast.gus, launch)

    rooms.narrow(cast.lena, launch)
    assert AuditEntry.objects.filter(action="room.manage").count() == 1


def test_the_people_of_its_own_alone_decide(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.gus, level="")
    actions.workspaces.give_role(cast.lena, cast.den, cast.vera, level="viewer")

    assert not _reads(cast.gus, launch)
    assert not _reads(cast.vera, launch)
    assert launch not in Room.objects.visible_to(again(cast.gus))
    assert check(again(cast.gus), Action.WORKSPACE_VIEW, cast.den)


def test_somebody_named_for_the_room_alone_sees_it_and_not_its_workspace(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.mika, level="user")
    assert _told() == "Lena gave Mika the role User in the room Launch."

    mika = again(cast.mika)
    assert launch in Room.objects.visible_to(mika)
    assert cast.den not in Workspace.objects.visible_to(mika)
    assert _posts(cast.mika, launch)
    assert not check(mika, Action.WORKSPACE_VIEW, cast.den)


def test_a_room_that_follows_has_nobody_to_name(cast, launch):
    with pytest.raises(Refused, match="Launch follows its workspace"):
        rooms.set_role(cast.lena, launch, cast.mika, level="user")
    with pytest.raises(Refused, match="Launch follows its workspace"):
        rooms.name_people(cast.lena, launch, [cast.mika], level="user")


def test_following_again_takes_what_was_given_in_the_room_alone(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.mika, level="admin")
    rooms.set_role(cast.lena, launch, cast.gus, level="")

    rooms.follow(cast.lena, launch)

    assert not _reads(cast.mika, launch)
    assert _posts(cast.gus, launch)
    assert launch.pk not in grants.levels(cast.mika)
    assert AuditEntry.objects.latest("seq").detail == {"people": 2}


def test_a_room_keeps_at_least_one_active_admin(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.mika, level="user")

    for level in ("", "user"):
        with pytest.raises(Refused, match="A room keeps at least one Admin"):
            rooms.set_role(cast.lena, launch, cast.lena, level=level)
    grants.give(cast.sam, "admin", launch)  # suspended: no active Admin
    with pytest.raises(Refused, match="A room keeps at least one Admin"):
        rooms.set_role(cast.lena, launch, cast.lena, level="")

    rooms.set_role(cast.lena, launch, cast.mika, level="admin")
    rooms.set_role(cast.lena, launch, cast.lena, level="")
    assert launch.pk not in grants.levels(cast.lena)


def test_a_guest_is_named_for_rooms_of_their_workspaces_alone(cast, launch):
    rooms.narrow(cast.lena, launch)
    rooms.set_role(cast.lena, launch, cast.gus, level="viewer")
    hall = rooms.create(cast.olive, cast.lab, name="Hall")
    rooms.narrow(cast.olive, hall)

    with pytest.raises(Refused, match="Gus is a guest and was not named for Lab"):
        rooms.set_role(cast.olive, hall, cast.gus, level="viewer")
    with pytest.raises(Refused, match="Gus is a guest and was not named for Lab"):
        rooms.name_people(cast.olive, hall, [cast.mika, cast.gus], level="viewer")
    assert hall.pk not in grants.levels(cast.mika)


def test_a_guest_who_is_taken_out_of_a_workspace_is_out_of_its_rooms(cast, launch):
    rooms.narrow(cast.lena, launch)

    actions.workspaces.give_role(cast.lena, cast.den, cast.gus, level="")

    assert launch.pk not in grants.levels(cast.gus)
    assert not _reads(cast.gus, launch)


def test_an_organization_viewer_only_reads_in_a_room(cast, launch):
    rooms.narrow(cast.lena, launch)
    with pytest.raises(Refused, match="Vera is a Viewer in Acme"):
        rooms.set_role(cast.lena, launch, cast.vera, level="user")


def test_A05_nobody_of_another_organization_or_removed_is_named(cast, launch):
    rooms.narrow(cast.lena, launch)
    for member in (cast.eve, cast.rita):
        with pytest.raises(Refused, match="does not belong to Acme"):
            rooms.set_role(cast.lena, launch, member, level="viewer")


def test_nobody_lets_themselves_into_a_room_with_people_of_its_own(cast, launch):
    hall = rooms.create(cast.olive, cast.lab, name="Hall")
    for room in (launch, hall):
        rooms.narrow(cast.olive, room)
        for member in (cast.anna, cast.adam):
            with pytest.raises(Refused, match="Nobody lets themselves into a room"):
                rooms.set_role(member, room, member, level="viewer")
            with pytest.raises(Refused, match="Nobody lets themselves into a room"):
                rooms.name_people(member, room, [member], level="viewer")
        rooms.set_role(cast.anna, room, cast.mika, level="user")


def test_nobody_lets_themselves_into_a_room_by_letting_it_follow(cast):
    hall = rooms.create(cast.olive, cast.lab, name="Hall")
    rooms.narrow(cast.olive, hall)

    for member in (cast.anna, cast.adam):
        with pytest.raises(Refused, match="Nobody lets themselves into a room with people of its own"):
            rooms.follow(member, _fresh(hall))
    assert _fresh(hall).narrowed
    rooms.set_role(cast.olive, hall, cast.anna, level="viewer")
    rooms.follow(again(cast.anna), _fresh(hall))
    assert not _fresh(hall).narrowed


@pytest.mark.both
def test_a_taken_name_tells_nobody_of_a_room_that_they_do_not_see(cast):
    grants.give(cast.mika, "admin", cast.lab)
    hall = rooms.create(cast.olive, cast.lab, name="Hall")
    rooms.narrow(cast.olive, hall)
    rooms.set_role(cast.olive, hall, cast.mika, level="")

    answer = console(again(cast.mika)).post(f"/o/acme/workspaces/{cast.lab.pk}/rooms/", {"name": "Hall"})

    assert answer.status_code == 303
    with pytest.raises(Refused, match="Lab has a room Hall already"):
        rooms.create(cast.olive, cast.lab, name="Hall")
    with pytest.raises(Refused, match="Lab has another room Hall"):
        rooms.follow(again(cast.olive), _fresh(hall))
    rooms.describe(cast.olive, _fresh(hall), name="Hall of old", progress="done", note="")
    rooms.follow(again(cast.olive), _fresh(hall))


def test_a_lead_of_the_team_looks_after_every_room_of_it(cast, launch):
    Workspace.objects.filter(pk=cast.den.pk).update(team=cast.search, owner=cast.olive)
    rooms.narrow(cast.olive, launch)
    grants.take(cast.lena, launch)

    rooms.set_role(again(cast.lena), _fresh(launch), cast.mika, level="admin")

    assert _reads(cast.lena, launch)
