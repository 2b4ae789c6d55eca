"""The People tab of a workspace: who sees it, found by name, several added at once, nobody lets themselves in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import grants
from orgs.access import Action, Denied, Refused
from orgs.actions import members, requests
from orgs.chain import append
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.talking import make_conversation, make_mate
from workspaces import actions
from workspaces.models import Workspace, WorkspaceMate
from workspaces.queries import people

URL = "/o/acme/workspaces/"


def _url(workspace, rest=""):
    return f"{URL}{workspace.pk}/members/{rest}"


def _names(person, workspace, **asked):
    return [row.name for row in console(person).get(_url(workspace), asked).context["people"].rows]


def _level(member, workspace):
    return grants.levels(member).get(workspace.pk, "")


def test_everybody_who_sees_a_workspace_sees_who_is_in_it_and_nobody_else_does(cast):
    for person in (cast.olive, cast.adam, cast.lena, cast.gus):
        assert _names(person, cast.den) == ["Gus", "Lena"]
    for person in (cast.mika, cast.vera, cast.eve):
        assert console(person).get(f"/o/{person.org.slug}/workspaces/{cast.den.pk}/members/").status_code == 404
    assert _names(cast.mika, cast.lab) == ["Olive"]


def test_people_are_found_by_name_and_by_the_role_that_counts(cast):
    grants.give(cast.mika, "user", cast.den)
    grants.give(cast.vera, "user", cast.den)  # kept from when she was a User: she only reads

    assert _names(cast.lena, cast.den, q="mi acme") == ["Mika"]
    assert _names(cast.lena, cast.den, level="admin") == ["Lena"]
    assert _names(cast.lena, cast.den, level="user") == ["Gus", "Mika"]
    assert _names(cast.lena, cast.den, level="viewer") == ["Vera"]
    assert "Nobody matches" in console(cast.lena).get(_url(cast.den), {"q": "zz"}).content.decode()


def test_hundreds_come_fifty_a_page(cast):
    for n in range(60):
        grants.give(make_member(cast.acme, f"P{n:02}"), "user", cast.den)

    first, second = _names(cast.lena, cast.den), _names(cast.lena, cast.den, page=2)

    assert (len(first), len(second)) == (50, 12)
    assert first + second == sorted(first + second)
    assert _names(cast.lena, cast.den, page=9) == second


@pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "9" * 30}, {"level": "god"}, {"q": "\0"}])
def test_what_makes_no_sense_in_the_address_is_passed_over(cast, asked):
    assert _names(cast.lena, cast.den, **asked) == ["Gus", "Lena"]


def test_the_list_costs_the_same_queries_at_any_size(cast):
    counts = []
    for size in (2, 70):
        for n in range(size):
            grants.give(make_member(cast.acme, f"D{size}-{n}"), "user", cast.den)
        people.listed(cast.lena, cast.den)
        with CaptureQueriesContext(connection) as listing:
            people.listed(cast.lena, cast.den)
        counts.append(len(listing))

    assert counts == [4, 4]


def test_a_change_keeps_the_filter_and_can_be_undone(cast):
    answer = console(cast.lena).post(f"{_url(cast.den)}?q=gus", {"member": cast.gus.pk, "role": "viewer"}, hx=True)

    page = answer.content.decode()
    assert f'id="person-{cast.gus.pk}"' in page
    assert f'id="person-{cast.lena.pk}"' not in page
    assert 'name="role" value="user"' in page


def test_whoever_takes_themselves_out_of_a_private_workspace_is_led_to_their_list(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="admin")

    answer = console(cast.mika).post(_url(cast.den), {"member": cast.mika.pk, "role": ""})

    assert (answer.status_code, answer["Location"]) == (303, URL)


# ---------------------------------------------------------------- several at once


def test_several_are_added_by_their_addresses_and_those_inside_stay_what_they_are(cast):
    text = f"{cast.mika.user.email.upper()}, Adam <{cast.adam.user.email}>\n{cast.gus.user.email}"

    answer = console(cast.lena).post(_url(cast.den, "add/"), {"emails": text, "role": "viewer"}, hx=True)

    assert answer.status_code == 200
    assert "2 people are in it now. 1 was in it already." in answer.content.decode()
    assert [_level(member, cast.den) for member in (cast.mika, cast.adam, cast.gus)] == ["viewer", "viewer", "user"]
    entry = AuditEntry.objects.get()
    assert sentences.sentence(entry) == "Lena gave 2 members their roles in the workspace Den."


def test_nobody_is_added_where_one_of_them_cannot_be_that(cast):
    text = f"{cast.mika.user.email} {cast.vera.user.email}"

    answer = console(cast.lena).post(_url(cast.den, "add/"), {"emails": text, "role": "user"})

    assert answer.status_code == 409
    assert "Vera is a Viewer in Acme and can only read here." in answer.content.decode()
    assert _level(cast.mika, cast.den) == ""


def test_addresses_of_nobody_here_are_named_with_the_way_out_and_nobody_is_added(cast):
    text = f"{cast.mika.user.email} eve@umbrella.example {cast.rita.user.email}"

    lead, admin = (
        console(person).post(_url(cast.den, "add/"), {"emails": text, "role": "user"})
        for person in (cast.lena, cast.adam)
    )

    assert (lead.status_code, admin.status_code) == (422, 422)
    assert lead.context["outside"].emails == ("eve@umbrella.example", "rita@acme.example")
    assert "Owners and Admins invite people from outside." in lead.content.decode()
    assert "/o/acme/invitations/new/" in admin.content.decode()
    assert cast.mika.user.email in lead.content.decode()
    assert _level(cast.mika, cast.den) == ""


@pytest.mark.parametrize("fields", [{"emails": ""}, {"emails": "no address"}, {"emails": "\0"}, {"role": "god"}])
def test_what_names_nobody_is_answered_422_with_what_was_typed(cast, fields):
    for hx in (False, True):
        answer = console(cast.lena).post(
            _url(cast.den, "add/"), {"emails": cast.mika.user.email, "role": "user", **fields}, hx=hx
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == fields.keys()


def test_who_only_takes_part_adds_nobody(cast):
    for hx in (False, True):
        assert console(cast.gus).get(_url(cast.den, "add/"), hx=hx).status_code == 403
        answer = console(cast.gus).post(_url(cast.den, "add/"), {"emails": "x@acme.example", "role": "user"}, hx=hx)
        assert answer.status_code == 403
    with pytest.raises(Denied):
        actions.workspaces.add(cast.gus, cast.den, [cast.mika], level="user")


# ---------------------------------------------------------------- nobody lets themselves in


@pytest.mark.parametrize("level", ["admin", "user", "viewer"])
def test_owners_and_admins_let_others_into_a_private_workspace_and_never_themselves(cast, level):
    for person in (cast.olive, cast.anna):
        with pytest.raises(Refused, match=r"into a private workspace\. Ask one of the Admins of Den"):
            actions.workspaces.give_role(person, cast.den, person, level=level)
        with pytest.raises(Refused, match="Nobody lets themselves"):
            actions.workspaces.add(person, cast.den, [cast.mika, person], level=level)
    assert console(cast.olive).post(_url(cast.den), {"member": cast.olive.pk, "role": level}).status_code == 409
    assert not any(_level(person, cast.den) for person in (cast.olive, cast.anna, cast.mika))

    actions.workspaces.give_role(cast.olive, cast.den, cast.mika, level=level)

    assert _level(cast.mika, cast.den) == level


def test_an_admin_who_reads_there_does_not_raise_themselves_but_may_go_down_and_out(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.anna, level="user")
    with pytest.raises(Refused, match="Nobody lets themselves"):
        actions.workspaces.give_role(cast.anna, cast.den, cast.anna, level="admin")

    actions.workspaces.give_role(cast.anna, cast.den, cast.anna, level="viewer")
    actions.workspaces.give_role(cast.anna, cast.den, cast.anna, level="")

    assert _level(cast.anna, cast.den) == ""


def test_nobody_grants_their_own_request_for_a_private_workspace(cast):
    asked = requests.ask(cast.anna, cast.anna, kind="workspace", wanted="user", target_id=cast.den.pk, reason="x")

    with pytest.raises(Refused, match="Nobody lets themselves"):
        requests.grant(cast.anna, asked)

    requests.grant(cast.olive, asked)
    assert _level(cast.anna, cast.den) == "user"


def test_a_public_workspace_may_be_administered_by_whoever_administers_it_all(cast):
    actions.workspaces.give_role(cast.anna, cast.lab, cast.anna, level="admin")

    assert _level(cast.anna, cast.lab) == "admin"


def test_a_lead_reads_what_their_team_has_and_may_take_part_in_it(cast):
    rank = make_workspace(cast.anna, "Rank", team=cast.search)

    actions.workspaces.give_role(cast.lena, rank, cast.lena, level="user")

    assert _level(cast.lena, rank) == "user"


def test_handing_over_lets_the_successor_in(cast):
    members.remove(cast.olive, cast.lena, reason="left", successor=cast.anna)

    assert _level(cast.anna, cast.den) == "admin"
    assert Workspace.objects.get(pk=cast.den.pk).owner == cast.anna


# ---------------------------------------------------------------- taken out, and back


def _undo(person, workspace, member, role):
    return console(person).post(_url(workspace), {"member": member.pk, "role": role, "again": "1"})


def test_undoing_that_somebody_was_taken_out_gives_their_rooms_back(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    hall, attic = (actions.rooms.create(cast.lena, cast.den, name=name) for name in ("Hall", "Attic"))
    for room in (hall, attic):
        actions.rooms.narrow(cast.lena, room)
    actions.rooms.set_role(cast.lena, hall, cast.mika, level="admin")
    answer = console(cast.lena).post(_url(cast.den), {"member": cast.mika.pk, "role": ""}, hx=True)
    assert 'name="again" value="1"' in answer.text
    actions.rooms.follow(cast.lena, attic)  # what is not there any more does not come back

    assert _undo(cast.lena, cast.den, cast.mika, "user").status_code == 303

    assert grants.levels(cast.mika) == {cast.den.pk: "user", hall.pk: "admin"}


def test_undoing_gives_a_guest_back_what_was_shared_with_them_and_their_mates(cast):
    talk, scout = make_conversation(cast.lena, cast.den), make_mate(cast.lena, "Scout")
    WorkspaceMate.objects.create(workspace=cast.den, mate=scout)
    grants.give(cast.gus, "viewer", talk)
    grants.give(cast.gus, "user", scout)
    before = grants.levels(cast.gus)
    console(cast.lena).post(_url(cast.den), {"member": cast.gus.pk, "role": ""})
    assert not grants.levels(cast.gus)

    _undo(cast.lena, cast.den, cast.gus, "user")

    assert grants.levels(cast.gus) == before


def test_nobody_else_gets_rooms_back_and_nobody_by_being_added_anew_or_later(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    hall = actions.rooms.create(cast.lena, cast.den, name="Hall")
    actions.rooms.narrow(cast.lena, hall)
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="")

    _undo(cast.adam, cast.den, cast.mika, "user")
    assert hall.pk not in grants.levels(cast.mika)
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="")
    console(cast.lena).post(_url(cast.den), {"member": cast.mika.pk, "role": "user"})
    assert hall.pk not in grants.levels(cast.mika)


def test_an_hour_later_rooms_are_given_by_name_alone(cast):
    actions.workspaces.give_role(cast.lena, cast.den, cast.mika, level="user")
    hall = actions.rooms.create(cast.lena, cast.den, name="Hall")
    actions.rooms.narrow(cast.lena, hall)
    long_ago = timezone.now() - timedelta(minutes=61)
    lost = {"member": cast.mika.pk, "lost_ids": {str(hall.pk): "user"}}
    facts = {"action": Action.WORKSPACE_MANAGE, "target_kind": "workspace", "target_id": cast.den.pk, "detail": lost}
    grants.take_all(cast.mika)
    signed = {"actor_kind": "member", "actor_id": cast.lena.pk, "actor_name": "Lena", "at": long_ago}
    append(cast.acme, [AuditEntry(org=cast.acme, target_name="Den", **facts, **signed)])

    _undo(cast.lena, cast.den, cast.mika, "user")

    assert grants.levels(cast.mika) == {cast.den.pk: "user"}
