"""A private copy: the way out of a workspace that is public for ever."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.access import Denied, Refused
from orgs.models import AuditEntry, Member
from orgs.queries import sentences
from tests.cast import make_member
from tests.doors import console
from workspaces import actions
from workspaces.models import Mate, Milestone, Room, RoomTool, Tool, Workspace

URL = "/o/acme/workspaces/"


def _furnished(cast):
    """The Lab with Mika and Vera in it, two rooms (one with people of its own), a mate and a tool."""
    grants.give(cast.mika, "user", cast.lab)
    grants.give(cast.vera, "viewer", cast.lab)
    grants.give(cast.rita, "user", cast.lab)
    crm = Tool.objects.create(org=cast.acme, name="CRM", owner=cast.olive, integration="crm")
    scout = Mate.objects.create(org=cast.acme, name="Scout", owner=cast.olive, model="m")
    scout.added.create(workspace=cast.lab)
    rooms = [
        Room.objects.create(
            org=cast.acme, workspace=cast.lab, name=name, narrowed=narrowed, progress="at_risk", note=name
        )
        for name, narrowed in (("Q4", True), ("Q3", False))
    ]
    grants.give(cast.mika, "admin", rooms[0])
    RoomTool.objects.create(room=rooms[0], tool=crm)
    Milestone.objects.create(org=cast.acme, room=rooms[1], title="Beta", due_on="2026-12-01", percent=40)
    Workspace.objects.filter(pk=cast.lab.pk).update(files_by="admins", daily_messages=50, stored_bytes=9)
    cast.lab.refresh_from_db()


def test_a_private_copy_has_the_same_people_rooms_mates_and_settings(cast):
    _furnished(cast)

    answer = console(cast.olive).post(f"{URL}{cast.lab.pk}/copy/", {"name": "Lab, private"})

    copy = Workspace.objects.get(name="Lab, private")
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}{copy.pk}/")
    assert (copy.visibility, copy.owner, copy.files_by, copy.daily_messages) == ("private", cast.olive, "admins", 50)
    assert (copy.stored_bytes, copy.messages_today) == (0, 0)
    held = {str(member): level for member, level in grants.holders([copy])[copy.pk]}
    assert held == {"Olive": "admin", "Mika": "user", "Vera": "viewer"}
    rooms = {room.name: room for room in copy.rooms.all()}
    assert [(name, rooms[name].narrowed, rooms[name].progress) for name in ("Q3", "Q4")] == [
        ("Q3", False, "at_risk"),
        ("Q4", True, "at_risk"),
    ]
    assert [(m.title, str(m.due_on), m.percent) for m in rooms["Q3"].milestones.all()] == [("Beta", "2026-12-01", 40)]
    assert grants.levels(cast.mika)[rooms["Q4"].pk] == "admin"
    assert [tool.tool.name for tool in rooms["Q4"].switched_on.all()] == ["CRM"]
    assert [mate.name for mate in copy.mates.all()] == ["Scout"]


def test_the_source_goes_on_as_it_was(cast):
    _furnished(cast)

    actions.settings.copy_privately(cast.olive, cast.lab, name="Lab, private")

    lab = Workspace.objects.get(pk=cast.lab.pk)
    assert (lab.visibility, lab.rooms.count(), lab.stored_bytes) == ("public", 2, 9)
    assert Milestone.objects.count() == 2


def test_whoever_copies_owns_the_copy_and_is_its_admin(cast):
    _furnished(cast)
    actions.workspaces.give_role(cast.olive, cast.lab, cast.lena, level="admin")

    copy = actions.settings.copy_privately(cast.lena, cast.lab, name="Ours")

    assert copy.owner == cast.lena
    assert grants.levels(cast.lena)[copy.pk] == "admin"
    assert grants.levels(cast.olive)[copy.pk] == "admin"
    assert sentences.sentence(AuditEntry.objects.latest("seq")) == "Lena made the private copy Ours of a workspace."


def test_the_log_says_of_what_it_is_a_copy(cast):
    _furnished(cast)

    actions.settings.copy_privately(cast.olive, cast.lab, name="Ours")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("workspace.create", {"copy_of": "Lab", "people": 3, "rooms": 2})
    assert entry.after["visibility"] == "private"


def test_who_was_removed_is_in_no_room_of_a_copy(cast):
    room = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Hall", narrowed=True)
    for member in (cast.rita, cast.mika):
        grants.give(member, "user", room)

    copy = actions.settings.copy_privately(cast.olive, cast.lab, name="Ours")

    assert [grant.user_id for grant in copy.rooms.get().grants.all()] == [cast.mika.user_id]


def test_a_private_workspace_has_no_private_copy(cast):
    with pytest.raises(Refused, match="Den is private already"):
        actions.settings.copy_privately(cast.lena, cast.den, name="Second")
    assert "It is private already." in console(cast.lena).get(f"{URL}{cast.den.pk}/copy/").content.decode()


def test_copying_needs_making_workspaces_and_managing_the_source(cast):
    grants.give(cast.mika, "admin", cast.lab)
    for person in (cast.mika, cast.lena, cast.adam):  # her plan; not hers to manage; his plan
        assert console(person).get(f"{URL}{cast.lab.pk}/copy/").status_code == 403
        assert console(person).post(f"{URL}{cast.lab.pk}/copy/", {"name": "Mine"}).status_code == 403
        with pytest.raises(Denied):
            actions.settings.copy_privately(Member.objects.get(pk=person.pk), cast.lab, name="Mine")
    assert not Workspace.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(("name", "status"), [("", 422), ("x" * 81, 422), ("a\0b", 422), ("Lab", 409)])
def test_a_copy_needs_a_name_of_its_own(cast, name, status):
    for hx in (False, True):
        answer = console(cast.olive).post(f"{URL}{cast.lab.pk}/copy/", {"name": name}, hx=hx)
        assert answer.status_code == status


def test_the_panel_says_that_conversations_stay(cast):
    _furnished(cast)

    page = console(cast.olive).get(f"{URL}{cast.lab.pk}/copy/", hx=True).content.decode()

    assert "Conversations and files stay where they are: Lab goes on, public." in page
    assert "private for ever" in page


def test_a_copy_costs_the_same_queries_at_any_size(cast):
    grants.give(make_member(cast.acme, "Ada"), "admin", cast.lab)
    grants.give(make_member(cast.acme, "Vic"), "viewer", cast.lab)
    actions.settings.copy_privately(cast.olive, cast.lab, name="The first")
    counts = []
    for size in (1, 9):
        for n in range(size):
            grants.give(make_member(cast.acme, f"P{size}-{n}"), ("user", "viewer", "admin")[n % 3], cast.lab)
            room = Room.objects.create(org=cast.acme, workspace=cast.lab, name=f"R{size}-{n}", narrowed=True)
            grants.give(cast.mika, "user", room)
            Milestone.objects.create(org=cast.acme, room=room, title="Beta")
        with CaptureQueriesContext(connection) as copying:
            actions.settings.copy_privately(Member.objects.get(pk=cast.olive.pk), cast.lab, name=f"Copy {size}")
        counts.append(len(copying))

    assert counts[0] == counts[1]
