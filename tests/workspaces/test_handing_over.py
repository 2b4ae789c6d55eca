"""What becomes of workspaces, rooms, mates and tools when a member goes or is restored, and when a team ends."""

import pytest

from orgs import grants
from orgs.access import Action, check
from orgs.actions import members, teams
from orgs.models import AuditEntry, Member
from orgs.queries.members import panels
from tests.cast import again, make_member, make_workspace
from workspaces import actions, hooks
from workspaces.actions import rooms
from workspaces.models import Mate, Room, Tool, Workspace


@pytest.fixture
def owned(cast):
    """Lena's: the Den, the room Launch with people of its own, the mate Scout, the tool CRM."""
    room = rooms.create(cast.lena, cast.den, name="Launch")
    rooms.narrow(cast.lena, room)
    crm = Tool.objects.create(org=cast.acme, name="CRM", owner=cast.lena, integration="crm", team=cast.search)
    scout = Mate.objects.create(org=cast.acme, name="Scout", owner=cast.lena, model="m", team=cast.search)
    for thing in (crm, scout):
        grants.give(cast.lena, "owner", thing)
    return room, scout, crm


def _held(member, *things):
    levels = grants.levels(member)
    return [levels.get(thing.pk, "") for thing in things]


def test_a_successor_takes_over_everything_that_a_removed_member_owned(cast, owned):
    room, scout, crm = owned

    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    assert _held(cast.anna, cast.den, room, scout, crm) == ["admin", "admin", "owner", "owner"]
    for kind in (Workspace, Mate, Tool):
        assert not kind.objects.filter(owner=cast.lena).exists()
    entry = AuditEntry.objects.get(action="member.remove")
    assert entry.detail == {"handed_over": ["Den", "Launch", "the mate Scout", "the tool CRM"], "to": "Anna"}
    assert check(again(cast.anna), Action.MATE_DELETE, Mate.objects.get(pk=scout.pk))


def test_the_panel_names_all_of_it_before(cast, owned):
    said = [text for _icon, text in panels.removal(cast.olive, cast.lena).happens]

    assert "4 things change hands: Den, Launch, the mate Scout, the tool CRM." in said


def test_a_place_that_keeps_an_active_admin_stays_with_them(cast, owned):
    room, *_rest = owned
    grants.give(cast.mika, "admin", room)

    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    assert _held(cast.anna, room) == [""]
    assert _held(cast.mika, room) == ["admin"]


@pytest.mark.parametrize("name", ["sam", "vera"])
def test_whoever_is_suspended_or_only_reads_looks_after_nothing(cast, owned, name):
    room, *_rest = owned
    grants.give(getattr(cast, name), "admin", room)

    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    assert _held(cast.anna, room) == ["admin"]


def test_a_workspace_whose_owner_is_suspended_is_looked_after_by_the_successor(cast):
    attic = make_workspace(cast.lena, "Attic")
    grants.give(cast.mika, "admin", attic)
    members.suspend(cast.olive, cast.lena, reason="x")

    members.remove(cast.olive, cast.mika, reason="left", successor=cast.anna)

    assert _held(cast.anna, attic) == ["admin"]
    assert Workspace.objects.get(pk=attic.pk).owner == cast.lena


def test_whoever_leaves_hands_over_to_the_senior_owner(cast, owned):
    room, scout, _crm = owned

    members.leave(cast.lena, cast.lena)

    senior = Workspace.objects.get(pk=cast.den.pk).owner
    assert senior.role == "owner"
    assert _held(senior, cast.den, room, scout) == ["admin", "admin", "owner"]


def test_two_admins_of_a_room_who_go_at_once_leave_it_to_the_successor(cast, owned):
    room, *_rest = owned
    grants.give(cast.mika, "admin", room)
    going = Member.objects.filter(pk__in=[cast.lena.pk, cast.mika.pk])

    assert "Launch" in hooks.owned_among(going)
    members.in_bulk(cast.olive, list(going), deed="remove", reason="left", successor=cast.anna)

    assert _held(cast.anna, room) == ["admin"]


def test_whoever_is_restored_is_what_they_were_without_what_was_handed_over(cast, owned):
    room, scout, crm = owned
    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    members.restore(cast.olive, again(cast.lena), fresh=False)

    assert _held(cast.lena, cast.den, room, scout, crm) == ["admin", "admin", "admin", "admin"]
    assert Workspace.objects.get(pk=cast.den.pk).owner == cast.anna
    assert Mate.objects.get(pk=scout.pk).owner == cast.anna


def test_whoever_starts_fresh_holds_nothing_anywhere(cast, owned):
    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    members.restore(cast.olive, again(cast.lena), fresh=True)

    assert _held(cast.lena, cast.den, *owned) == ["", "", "", ""]


def test_what_a_team_has_goes_along_when_it_is_merged_and_stays_when_it_is_deleted(cast, owned):
    _room, scout, crm = owned

    teams.merge(cast.olive, cast.search, into=cast.ranking)

    for kind, thing in ((Workspace, cast.den), (Mate, scout), (Tool, crm)):
        assert kind.objects.get(pk=thing.pk).team == cast.ranking


def test_handing_over_costs_the_same_for_somebody_who_has_nothing(cast, django_assert_max_num_queries):
    nobody = make_member(cast.acme, "Nora")

    with django_assert_max_num_queries(5):
        assert hooks.hand_over(nobody, cast.olive) == []
    with django_assert_max_num_queries(5):
        assert hooks.owned_by(nobody) == []


def test_archived_places_are_handed_over_too(cast, owned):
    room, *_rest = owned
    rooms.archive(cast.lena, room)
    actions.settings.archive(cast.lena, cast.den)

    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    assert _held(cast.anna, cast.den, room) == ["admin", "admin"]
    assert Room.objects.get(pk=room.pk).narrowed
