"""What may be done to a member, and by whom (product.md 1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from orgs import grants
from orgs.access import Denied, Refused
from orgs.actions import account, keys, members
from orgs.actors import SYSTEM, Directory
from orgs.models import AuditEntry, Invitation, Member, Organization, User
from tests.cast import make_workspace
from workspaces.models import Workspace

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def test_an_owner_suspends_an_admin_and_the_log_says_so(cast):
    members.suspend(cast.olive, cast.adam, reason="asked for it")

    cast.adam.refresh_from_db()
    entry = AuditEntry.objects.get(org=cast.acme)
    assert cast.adam.status == "suspended"
    assert (entry.action, entry.actor_name, entry.target_name) == ("member.suspend", "Olive", "Adam")
    assert entry.before == {"suspended_at": None, "suspension_reason": ""}
    assert entry.after["suspension_reason"] == "asked for it"


def test_an_admin_cannot_suspend_an_owner_or_an_admin(cast):
    for target in (cast.olive, cast.anna):
        with pytest.raises(Denied, match="only for Users and Viewers"):
            members.suspend(cast.adam, target, reason="because")

    assert not AuditEntry.objects.exists()


def test_the_last_active_owner_cannot_be_suspended(cast):
    members.suspend(cast.olive, cast.oscar, reason="leaves")

    with pytest.raises(Refused, match="Olive is the only active Owner of Acme"):
        members.suspend(cast.support, cast.olive, reason="asked for by mail")


def test_nobody_changes_their_own_role(cast):
    for actor in (cast.olive, cast.adam, cast.mika):
        with pytest.raises(Denied):
            members.set_role(actor, type(actor).objects.get(pk=actor.pk), role="viewer")


def test_suspending_twice_leaves_one_entry(cast):
    members.suspend(cast.olive, cast.mika, reason="first")
    members.suspend(cast.olive, cast.mika, reason="second")

    assert AuditEntry.objects.count() == 1
    cast.mika.refresh_from_db()
    assert cast.mika.suspension_reason == "first"


# ---------------------------------------------------------------- the last Owner


@pytest.mark.parametrize("gone", ["suspended", "removed", "demoted", "closed", "invited"])
def test_B02_an_owner_who_cannot_sign_in_keeps_no_organization(cast, gone):
    match gone:
        case "suspended":
            members.suspend(cast.olive, cast.oscar, reason="away")
        case "removed":
            members.remove(cast.olive, cast.oscar, reason="left")
        case "demoted":
            members.set_role(cast.olive, cast.oscar, role="admin")
        case "closed":
            User.objects.filter(pk=cast.oscar.user_id).update(is_active=False)
        case "invited":
            Member.objects.filter(pk=cast.oscar.pk).update(role="user")
            Invitation.objects.create(org=cast.acme, email="o@acme.example", role="owner", digest="x", expires_at=LATER)

    for deed in (
        lambda: members.leave(cast.olive, cast.olive),
        lambda: members.suspend(cast.support, cast.olive, reason="asked by mail"),
        lambda: members.remove(cast.support, cast.olive, reason="asked by mail"),
        lambda: members.set_role(cast.support, cast.olive, role="user"),
    ):
        with pytest.raises(Refused, match="Olive is the only active Owner of Acme"):
            deed()


def test_B03_the_last_owner_cannot_go_by_any_door(cast):
    members.set_role(cast.olive, cast.oscar, role="user")
    directory = Directory(cast.acme, "Acme's directory")

    for deed in (
        lambda: members.leave(cast.olive, cast.olive),
        lambda: account.close(cast.olive.user),
        lambda: members.remove(directory, cast.olive, reason="left the directory"),
        lambda: members.suspend(directory, cast.olive, reason="left the directory"),
        lambda: members.set_role(SYSTEM, cast.olive, role="user"),
    ):
        with pytest.raises(Refused, match="only active Owner"):
            deed()

    assert Member.objects.get(pk=cast.olive.pk).status == "active"
    assert User.objects.get(pk=cast.olive.user_id).is_active


def test_anybody_but_the_last_owner_may_leave(cast):
    for member in (cast.oscar, cast.adam, cast.lena, cast.vera, cast.gus):
        members.leave(member, member)

    assert not Member.objects.filter(pk=cast.oscar.pk, removed_at=None).exists()


# ---------------------------------------------------------------- roles


def test_A08_an_admin_has_no_way_to_touch_or_make_an_owner_or_an_admin(cast):
    members.suspend(cast.olive, cast.oscar, reason="away")
    attempts = [
        lambda: members.set_role(cast.adam, cast.olive, role="user"),
        lambda: members.set_role(cast.adam, cast.mika, role="admin"),
        lambda: members.set_role(cast.adam, cast.adam, role="owner"),
        lambda: members.set_plan(cast.adam, cast.olive, plan="essential"),
        lambda: members.set_plan(cast.adam, cast.adam, plan="expert"),
        lambda: members.suspend(cast.adam, cast.anna, reason="because"),
        lambda: members.reactivate(cast.adam, cast.oscar),
        lambda: members.remove(cast.adam, cast.olive, reason="because"),
        lambda: members.end_sessions(cast.adam, cast.olive),
    ]
    before = list(Member.objects.order_by("pk").values())

    for attempt in attempts:
        with pytest.raises(Denied):
            attempt()

    assert list(Member.objects.order_by("pk").values()) == before


def test_A07_nobody_makes_a_key_that_may_more_than_they(cast):
    with pytest.raises(Denied, match="cost is shown to Owners only"):
        keys.make(cast.adam, cast.acme, name="reports", scopes=["usage:read"], ends_at=None)

    key, _ = keys.make(cast.adam, cast.acme, name="feed", scopes=["events:write"], ends_at=None)
    members.set_role(cast.olive, cast.adam, role="user")
    assert key.scopes == ["events:write"]
    with pytest.raises(Denied):
        keys.make(cast.adam, cast.acme, name="feed", scopes=["events:write"], ends_at=None)


def test_C06_a_suspended_admin_makes_no_key_and_the_organizations_keys_live_on(cast):
    key, _ = keys.make(cast.adam, cast.acme, name="feed", scopes=["events:write"], ends_at=None)
    members.suspend(cast.olive, cast.adam, reason="away")

    with pytest.raises(Denied, match="Adam is suspended"):
        keys.make(cast.adam, cast.acme, name="late", scopes=["events:write"], ends_at=None)

    key.refresh_from_db()
    assert key.is_alive(timezone.now())
    assert key.made_by == cast.adam


# ---------------------------------------------------------------- going and coming back


def test_reactivation_brings_back_exactly_what_was(cast):
    held = grants.levels(cast.lena)
    members.suspend(cast.adam, cast.lena, reason="away")
    members.reactivate(cast.adam, cast.lena)

    lena = Member.objects.get(pk=cast.lena.pk)
    assert (lena.role, lena.plan, lena.team, lena.suspension_reason) == ("user", "expert", cast.search, "")
    assert grants.levels(lena) == held


def test_a_member_who_was_suspended_when_removed_comes_back_suspended(cast):
    members.remove(cast.olive, cast.sam, reason="gone")
    members.restore(cast.adam, cast.sam, fresh=False)

    assert Member.objects.get(pk=cast.sam.pk).status == "suspended"


def test_a_member_who_starts_fresh_is_a_user_on_essential_without_grants(cast):
    members.remove(cast.olive, cast.anna, reason="gone")
    members.restore(cast.olive, cast.anna, fresh=True)

    anna = Member.objects.get(pk=cast.anna.pk)
    assert (anna.role, anna.plan, anna.status, grants.levels(anna)) == ("user", "essential", "active", {})


def test_after_90_days_nobody_is_restored(cast):
    Member.objects.filter(pk=cast.rita.pk).update(removed_at=timezone.now() - timedelta(days=90, seconds=1))

    with pytest.raises(Refused, match="more than 90 days ago"):
        members.restore(cast.olive, cast.rita, fresh=False)


def test_what_a_removed_member_owned_goes_to_the_owner_who_removed_them_or_whom_they_name(cast):
    kitchen = make_workspace(cast.mika, "Kitchen")

    members.remove(cast.olive, cast.mika, reason="left", successor=cast.lena)
    members.remove(cast.olive, cast.lena, reason="left")

    owners = dict(Workspace.objects.filter(org=cast.acme).values_list("name", "owner"))
    assert owners[kitchen.name] == owners["Den"] == cast.olive.pk
    assert grants.levels(cast.olive)[kitchen.pk] == "admin"


@pytest.mark.parametrize("heir", ["vera", "gus", "sam", "rita", "mika", "eve"])
def test_who_cannot_own_cannot_take_over(cast, heir):
    with pytest.raises(Refused, match="cannot take over"):
        members.remove(cast.olive, cast.mika, reason="left", successor=getattr(cast, heir))


def test_B11_a_restored_member_needs_a_free_seat(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(seats=cast.acme.members.holding_a_seat().count())

    with pytest.raises(Refused, match="All 9 seats of Acme are held"):
        members.restore(cast.olive, cast.rita, fresh=False)


def test_a_guest_stays_a_user_or_a_viewer(cast):
    with pytest.raises(Refused, match="Gus is a guest"):
        members.set_role(cast.olive, cast.gus, role="admin")


def test_A05_an_heir_of_another_organization_is_refused_and_nothing_is_written(cast):
    with pytest.raises(Refused):
        members.remove(cast.olive, cast.mika, reason="left", successor=cast.eve)

    assert Member.objects.get(pk=cast.mika.pk).removed_at is None
