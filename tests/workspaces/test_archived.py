"""An archived workspace: read and not written, until it is reopened."""

import pytest

from orgs import grants
from orgs.access import Action, Refused, check
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console
from tests.workspaces.mates import make_mate, make_tool
from workspaces import actions
from workspaces.models import Room, Workspace

URL = "/o/acme/workspaces/"
LAB = {"name": "Lab", "mates_by": "admins", "files_by": "users", "sharing_by": "admins"}
LAB |= {"storage_limit": None, "daily_messages": None}


def _url(workspace, rest):
    return f"{URL}{workspace.pk}/{rest}"


def _sentences():
    return [sentences.sentence(entry) for entry in AuditEntry.objects.order_by("seq")]


def test_an_archived_workspace_is_read_and_not_written_until_it_is_reopened(cast):
    grants.give(cast.mika, "user", cast.lab)

    assert console(cast.olive).post(_url(cast.lab, "archive/")).status_code == 303

    lab, mika = Workspace.objects.get(pk=cast.lab.pk), again(cast.mika)
    assert check(mika, Action.WORKSPACE_VIEW, lab)
    for action in (Action.MESSAGE_SEND, Action.FILE_UPLOAD, Action.WORKSPACE_JOIN, Action.ROOM_CREATE, Action.MATE_ADD):
        assert not check(again(cast.olive), action, lab)
    assert "Archived" in console(cast.mika).get(f"{URL}{cast.lab.pk}/").content.decode()
    with pytest.raises(Refused, match="Lab is archived"):
        actions.settings.configure(again(cast.olive), lab, team=None, **LAB)

    assert console(cast.olive).post(_url(cast.lab, "reopen/")).status_code == 303
    assert check(again(cast.mika), Action.MESSAGE_SEND, Workspace.objects.get(pk=cast.lab.pk))
    assert _sentences() == ["Olive archived the workspace Lab.", "Olive reopened the workspace Lab."]


def test_archiving_twice_is_archiving_once(cast):
    for _n in range(2):
        console(cast.olive).post(_url(cast.lab, "archive/"))

    assert AuditEntry.objects.filter(action="workspace.archive").count() == 1
    assert "Lab is archived already." in console(cast.olive).get(_url(cast.lab, "archive/")).content.decode()


def test_the_panel_says_who_keeps_reading_before_it_is_archived(cast):
    Room.objects.create(org=cast.acme, workspace=cast.den, name="Launch")

    page = console(cast.lena).get(_url(cast.den, "archive/"), hx=True).content.decode()

    assert "2 people keep reading it." in page
    assert "Its 1 room is closed with it." in page
    assert "Archive Den</button>" in page


def test_an_archived_workspace_keeps_its_mates_and_its_rooms_their_integrations(cast):
    tool = make_tool(cast.lena, "CRM")
    mate = make_mate(cast.lena, "Scout", at=[cast.den], tools=[tool])
    room = actions.rooms.create(cast.lena, cast.den, name="Launch")
    actions.settings.archive(cast.lena, cast.den)
    den = Workspace.objects.get(pk=cast.den.pk)
    room = Room.objects.select_related("org", "workspace").get(pk=room.pk)

    with pytest.raises(Refused, match="Den is archived"):
        actions.mates.take_out(again(cast.lena), den, mate=mate)
    with pytest.raises(Refused, match="Launch is archived"):
        actions.tools.switch(again(cast.lena), room, tool=tool, on=True)
    assert den.added.exists()
    assert not room.switched_on.exists()


def test_an_archived_workspace_still_takes_people_out(cast):
    actions.settings.archive(cast.lena, cast.den)

    actions.workspaces.give_role(cast.lena, cast.den, cast.gus, level="")

    assert cast.den.pk not in grants.levels(cast.gus)
