"""What is closed stays closed: no name tells of it, and who is taken out of a workspace is out of what is in it."""

import pytest
from django.utils import timezone

from orgs import grants
from orgs.access import Action, Refused, check
from orgs.models import Member
from tests.cast import again, make_workspace
from tests.doors import console
from tests.talking import make_conversation
from workspaces import actions
from workspaces.models import Mate, Workspace, WorkspaceMate

SETTINGS = {"mates_by": "admins", "files_by": "users", "sharing_by": "admins"}


def test_a_taken_name_tells_an_admin_of_no_private_workspace_of_its_owner(cast):
    make_workspace(cast.lena, "Project Sunset")
    grants.give(cast.mika, "admin", cast.den)
    url = f"/o/acme/workspaces/{cast.den.pk}/settings/"

    answer = console(again(cast.mika)).post(url, {"name": "Project Sunset", **SETTINGS})

    assert answer.status_code == 303
    assert console(cast.lena).post(url, {"name": "Lab", **SETTINGS}).status_code == 409


@pytest.mark.parametrize("leaves", [False, True])
def test_whoever_is_out_of_a_workspace_is_out_of_its_rooms(cast, leaves):
    grants.give(cast.mika, "user", cast.den)
    launch = actions.rooms.create(cast.lena, cast.den, name="Launch")
    actions.rooms.narrow(cast.lena, launch)
    assert check(again(cast.mika), Action.ROOM_VIEW, launch)

    if leaves:
        actions.workspaces.leave(again(cast.mika), cast.den)
    else:
        actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="")

    assert not check(again(cast.mika), Action.ROOM_VIEW, launch)
    actions.rooms.set_role(cast.lena, launch, cast.mika, level="viewer")
    assert check(again(cast.mika), Action.ROOM_VIEW, launch)


def test_a_guest_who_is_out_of_a_workspace_loses_its_shares_and_mates_but_none_met_elsewhere(cast):
    grants.give(cast.gus, "user", cast.lab)
    here, both = (Mate.objects.create(org=cast.acme, name=name, owner=cast.lena, model="m") for name in ("A", "B"))
    for mate, workspace in ((here, cast.den), (both, cast.den), (both, cast.lab)):
        WorkspaceMate.objects.create(mate=mate, workspace=workspace)
        grants.give(cast.gus, "user", mate)
    talk, other = make_conversation(cast.lena, cast.den), make_conversation(cast.olive, cast.lab)
    for conversation in (talk, other):
        grants.give(cast.gus, "viewer", conversation)

    actions.workspaces.give_role(cast.lena, cast.den, cast.gus, level="")

    assert grants.levels(cast.gus).keys() == {cast.lab.pk, both.pk, other.pk}


def test_a_guest_whose_stay_is_over_is_not_the_admin_that_stays(cast):
    launch = actions.rooms.create(cast.lena, cast.den, name="Launch")
    actions.rooms.narrow(cast.lena, launch)
    for place in (launch, cast.den):
        grants.give(cast.gus, "admin", place)
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=timezone.now())
    Workspace.objects.filter(pk=cast.den.pk).update(owner=cast.gus)  # whoever owns one does not leave it

    with pytest.raises(Refused, match="A room keeps at least one Admin"):
        actions.rooms.set_role(cast.lena, launch, cast.lena, level="")
    with pytest.raises(Refused, match="A workspace keeps at least one Admin"):
        actions.workspaces.leave(again(cast.lena), Workspace.objects.get(pk=cast.den.pk))
