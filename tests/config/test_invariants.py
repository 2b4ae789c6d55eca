"""`check_invariants` says of each promise whether it holds, and names the rows that break it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from analytics.models import Event, Ledger, UsageTotal
from config.invariants import INVARIANTS
from orgs import grants
from orgs.actions import members
from orgs.models import AuditEntry, Invitation, Member, Organization, PlanPrice, User
from tests.cast import make_user
from tests.tampering import sql, triggers_off
from workspaces.models import Workspace

pytestmark = pytest.mark.both


def _check():
    out = StringIO()
    try:
        call_command("check_invariants", stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def _broken(promise):
    """The rows under the line of one promise; every other line is ok."""
    code, text = _check()
    lines = text.splitlines()
    wrong = [line for line in lines if " BROKEN " in line]
    assert code == 1, text
    assert len(wrong) == 1, text
    assert wrong[0].endswith(promise)
    return "\n".join(line for line in lines if line.startswith("       "))


def test_a_sound_organization_breaks_no_promise(cast):
    members.suspend(cast.olive, cast.mika, reason="x")
    members.remove(cast.olive, cast.lena, reason="x", successor=cast.anna)

    code, text = _check()

    assert code == 0, text
    assert text.count(" ok ") == len(INVARIANTS)


def test_an_organization_that_nobody_joined_yet_is_no_ownerless_one(cast):
    Organization.objects.create(name="New", slug="new")

    assert _check()[0] == 0


def test_I1_an_organization_without_an_owner_who_can_sign_in_is_named(cast):
    User.objects.filter(pk=cast.eve.user_id).update(is_active=False)

    assert _broken("every organization has an active Owner who can sign in") == "       umbrella"


@pytest.mark.postgres
def test_I2_somebody_who_belongs_twice_is_named(cast):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE orgs_member DROP CONSTRAINT one_membership_per_person_and_org")
    Member.objects.create(org=cast.umbrella, user=cast.eve.user, ordinal=9)

    assert "eve@umbrella.example in umbrella" in _broken("nobody belongs to an organization twice")


def test_I5_a_trigger_that_is_gone_is_named(cast):
    of = " ON workspaces_workspace" if connection.vendor == "postgresql" else ""
    sql("SET CONSTRAINTS ALL IMMEDIATE") if of else None
    sql(f"DROP TRIGGER a_workspaces_visibility_is_for_ever{of}")

    assert "a_workspaces_visibility_is_for_ever" in _broken(
        "the triggers that keep log, Owners and visibility are there"
    )


@pytest.mark.parametrize(
    "break_it",
    [
        lambda cast: Member.objects.filter(pk=cast.eve.pk).update(team=cast.search),
        lambda cast: Workspace.objects.filter(pk=cast.lab.pk).update(owner=cast.eve),
        lambda cast: Workspace.objects.filter(pk=cast.lair.pk).update(team=cast.search),
        lambda cast: Member.objects.filter(pk=cast.gus.pk).update(sponsor=cast.eve),
    ],
)
def test_I6_a_row_that_points_into_another_organization_is_named(cast, break_it):
    break_it(cast)

    assert "→" in _broken("no row points into another organization")


def test_I6_a_grant_to_somebody_from_outside_is_named(cast):
    stranger = make_user("stranger@nowhere.example")
    grants.give(Member(org=cast.acme, user=stranger), "user", cast.lab)

    assert "stranger@nowhere.example on WorkspaceGrant" in _broken("whoever holds a grant belongs to its organization")


def test_I7_a_guest_without_an_end_is_named(cast):
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("ALTER TABLE orgs_member DROP CONSTRAINT a_guest_has_an_end_and_nobody_else_has")
    else:
        sql("PRAGMA ignore_check_constraints = ON")
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=None)

    assert f"{cast.gus.pk} of acme" in _broken("guests have an end and administer nothing, nobody else has one")
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = OFF")


def test_I8_two_open_invitations_for_one_address_are_named(cast):
    sql("DROP INDEX one_open_invitation_per_address")
    for n, address in enumerate(("new@acme.example", "New@Acme.example")):
        Invitation.objects.create(
            org=cast.acme, email=address, digest=f"{n}" * 64, expires_at=timezone.now() + timedelta(days=1)
        )

    assert "new@acme.example to acme" in _broken("an address has one open invitation to an organization")


def test_I11_a_broken_chain_is_named_with_its_place(cast):
    members.suspend(cast.olive, cast.mika, reason="x")
    with triggers_off():
        AuditEntry.objects.update(actor_name="Nobody")

    assert "acme: entry 1 is not as it was written" in _broken("the chain of every audit log is whole")


def test_I11_entries_without_a_head_are_a_broken_chain(cast):
    members.suspend(cast.olive, cast.mika, reason="x")
    sql("DELETE FROM orgs_audithead")

    assert "acme: entry 1 was added past the end" in _broken("the chain of every audit log is whole")


def _event(cast, **fields):
    now = timezone.now()
    return Event.objects.create(
        org=cast.acme, id="e-1", at=now, day=now.date(), hour=now.hour, kind="message", fingerprint=1, **fields
    )


@pytest.mark.postgres
def test_I12_an_event_that_is_kept_twice_is_named(cast):
    Ledger.objects.create(org=cast.acme, timezone="UTC")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE analytics_event DROP CONSTRAINT analytics_event_pkey")
    _event(cast)
    sql("INSERT INTO analytics_event SELECT * FROM analytics_event")

    assert "kept once" in next(line for line in _check()[1].splitlines() if "BROKEN" in line)


def test_I13_a_total_that_no_event_gives_is_named(cast):
    Ledger.objects.create(org=cast.acme, timezone="UTC")
    UsageTotal.objects.create(org=cast.acme, subject="", dimension="", day=timezone.now().date(), messages=3)

    assert "UsageTotal" in _broken("totals are what counting the events again gives")


def test_I16_more_seats_held_than_there_are_is_named(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(seats=2)

    assert "acme: 9 of 2" in _broken("no organization holds more seats than it has")


def test_I16_more_of_a_plan_held_than_were_bought_is_named(cast):
    PlanPrice.objects.create(org=cast.acme, plan="expert", price_nanos=1, seats=2)

    assert "Acme: expert: 3 of 2" in _broken("no plan holds more seats than were bought for it")


def test_I20_a_permission_beside_the_grants_is_named(cast):
    from django.contrib.auth.models import Permission

    permission = Permission.objects.get(codename="change_workspace")
    cast.mika.user.user_permissions.add(permission)

    assert "permissions over everything: Mika" in _broken("no permission lies beside the grants")


def test_I20_a_grant_of_no_known_level_is_named(cast):
    from django.contrib.auth.models import Permission

    permission = Permission.objects.get(codename="change_workspace")
    grants.table_of(Workspace)._default_manager.filter(content_object=cast.den).update(permission=permission)

    assert "WorkspaceGrant" in _broken("no permission lies beside the grants")
