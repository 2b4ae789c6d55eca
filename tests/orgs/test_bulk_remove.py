"""Removing many: what is said before, who takes over what they own, who stays and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.actions import members
from orgs.models import AuditEntry, Job, JobRow, Mail, Member
from tests.cast import make_workspace
from tests.doors import console
from tests.orgs.crowd import make_crowd
from workspaces.models import Workspace

URL = "/o/acme/members/bulk/"


def _remove(cast, *who, by="olive", **more):
    sent = {"deed": "remove", "reason": "the lab is closed", "ids": [m.pk for m in who], **more}
    return console(getattr(cast, by)).post(URL, sent)


def _reasons():
    return dict(JobRow.objects.filter(outcome="refused").values_list("target_name", "reason"))


def _owner(name):
    return Workspace.objects.select_related("owner__user").get(name=name).owner.user.name


def _panel(cast, *who, by="olive"):
    asked = {"deed": "remove", "ids": [m.pk for m in who]}
    return console(getattr(cast, by)).get(URL, asked, hx=True).content.decode()


def test_those_who_are_removed_lose_access_are_told_and_leave_what_they_own_to_whoever_removes(cast):
    make_workspace(cast.lena, "Lenas", visibility="private")
    make_workspace(cast.mika, "Mikas", visibility="private")
    theirs = console(cast.mika)

    _remove(cast, cast.lena, cast.mika, cast.vera)

    gone = Member.objects.filter(removed_at__isnull=False, removal_reason="the lab is closed")
    assert set(gone.values_list("pk", flat=True)) == {cast.lena.pk, cast.mika.pk, cast.vera.pk}
    assert theirs.get("/o/acme/workspaces/").status_code in (302, 404)
    assert (_owner("Lenas"), _owner("Mikas")) == ("Olive", "Olive")
    assert Mail.objects.filter(kind="removed").count() == 3
    entry = AuditEntry.objects.get(action="member.remove", target_id=cast.mika.pk)
    assert entry.detail == {"handed_over": ["Mikas"], "to": "Olive"}


@pytest.mark.parametrize("named", ["address", "id"])
def test_a_successor_takes_over_what_all_of_them_own(cast, named):
    make_workspace(cast.lena, "Lenas", visibility="private")
    make_workspace(cast.mika, "Mikas", visibility="private")

    _remove(cast, cast.lena, cast.mika, successor=cast.anna.user.email if named == "address" else cast.anna.pk)

    assert (_owner("Lenas"), _owner("Mikas")) == ("Anna", "Anna")


def test_an_admin_who_names_nobody_leaves_it_to_the_owner_who_has_been_here_longest(cast):
    make_workspace(cast.mika, "Mikas", visibility="private")
    senior = members.senior_owner(cast.adam)

    _remove(cast, cast.mika, by="adam")

    assert _owner("Mikas") == senior.user.name


def test_owners_the_actor_and_the_successor_stay_with_the_reason(cast):
    _remove(cast, cast.oscar, cast.olive, cast.anna, cast.mika, successor=cast.anna.user.email)

    assert _reasons() == {
        "Oscar": "Owners lose role or access one at a time.",
        "Olive": "Owners lose role or access one at a time.",
        "Anna": "Anna takes over what the others own, and stays.",
    }
    assert list(Member.objects.filter(removal_reason="the lab is closed")) == [cast.mika]


def test_an_admin_removes_users_and_viewers_only(cast):
    _remove(cast, cast.adam, cast.anna, cast.mika, by="adam")

    assert set(_reasons()) == {"Adam", "Anna"}
    assert Member.objects.get(pk=cast.mika.pk).removed_at


def test_a_successor_who_cannot_own_stops_everybody_from_going(cast):
    _remove(cast, cast.lena, cast.mika, successor=cast.vera.user.email)

    assert all("Vera cannot take over" in reason for reason in _reasons().values())
    assert len(_reasons()) == 2
    assert not Member.objects.filter(removal_reason="the lab is closed").exists()


@pytest.mark.parametrize("successor", ["nobody@acme.example", "eve", "9" * 30])
def test_a_successor_who_is_not_here_is_named_beside_the_field_and_nothing_typed_is_lost(cast, successor):
    successor = cast.eve.user.email if successor == "eve" else successor
    answer = _remove(cast, cast.mika, successor=successor)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Nobody here has the address {successor}." in page
    assert "the lab is closed" in page
    assert not Job.objects.exists()


def test_the_panel_names_who_goes_what_changes_hands_and_to_whom(cast):
    make_workspace(cast.lena, "Lenas", visibility="private")
    make_workspace(cast.mika, "Mikas", visibility="private")

    panel = _panel(cast, cast.lena, cast.mika, cast.oscar)

    assert "Remove 2 members?" in panel
    assert "Lena, Mika" in panel
    assert "3 things change hands: Den, Lenas, Mikas." in panel
    assert "They go to you, or to whom you name below." in panel
    assert "1 Owner is left out: Owners lose role or access one at a time." in panel
    assert 'name="successor"' in panel
    assert f'<option value="{cast.anna.user.email}">Anna</option>' in panel
    assert "typed_name" not in panel


def test_the_panel_says_when_nothing_changes_hands_and_whom_an_admin_hands_over_to(cast):
    nothing = _panel(cast, cast.vera)
    make_workspace(cast.mika, "Mikas", visibility="private")

    assert "They own nothing that somebody has to take over." in nothing
    senior = members.senior_owner(cast.adam).user.name
    assert f"They go to {senior}, or to whom you name below." in _panel(cast, cast.mika, by="adam")


def test_the_name_is_typed_where_more_than_ten_go_and_owners_do_not_count(cast):
    crowd = make_crowd(cast.acme, 11)

    assert "Type Acme to remove 11 members" in _panel(cast, *crowd)
    assert "typed_name" not in _panel(cast, *crowd[:10], cast.oscar)
    assert _remove(cast, *crowd, typed_name="acme").status_code == 422
    assert not Job.objects.exists()


def test_the_panel_costs_as_much_for_two_hundred_as_for_twenty(cast):
    crowd, counts = make_crowd(cast.acme, 220), []
    _panel(cast, cast.vera)

    for some in (crowd[:20], crowd[20:]):
        with CaptureQueriesContext(connection) as asked:
            _panel(cast, *some)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_hand_over_that_fails_removes_nobody_of_the_batch(cast):
    make_workspace(cast.mika, "Mikas", visibility="private")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON workspaces_workspace BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )

    with pytest.raises(Exception, match="disk full"):
        _remove(cast, cast.lena, cast.mika)

    assert not Member.objects.filter(removal_reason="the lab is closed").exists()
    assert not Mail.objects.exists()
    assert not AuditEntry.objects.exists()
