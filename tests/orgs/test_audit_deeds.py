"""Every deed leaves one entry in the same transaction, or does not happen (product.md 7, catalogue F07)."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from orgs import chain
from orgs.access import Action, Denied, Refused
from orgs.actions import departments, keys, members, organizations, teams
from orgs.actors import SYSTEM
from orgs.audit import act
from orgs.models import AuditEntry, AuditHead, Member, Organization, Team
from tests.tampering import triggers_off

pytestmark = pytest.mark.both


def test_F07_each_deed_leaves_one_entry_with_its_actor(cast):
    deeds = [
        ("member.suspend", lambda: members.suspend(cast.olive, cast.mika, reason="x")),
        ("member.reactivate", lambda: members.reactivate(cast.olive, cast.mika)),
        ("member.role", lambda: members.set_role(cast.olive, cast.mika, role="viewer")),
        ("member.plan", lambda: members.set_plan(cast.olive, cast.mika, plan="expert")),
        ("member.remove", lambda: members.remove(cast.olive, cast.mika, reason="x")),
        ("member.restore", lambda: members.restore(cast.olive, cast.mika, fresh=True)),
        ("organization.edit", lambda: organizations.edit(cast.olive, cast.acme, changes={"name": "Acme Inc."})),
        ("key.manage", lambda: keys.make(cast.olive, cast.acme, name="k", scopes=["usage:read"], ends_at=None)),
        ("department.manage", lambda: departments.create(cast.olive, cast.acme, name="Legal")),
        ("team.manage", lambda: teams.create_team(cast.olive, cast.research, name="Data")),
        ("team.lead", lambda: teams.give_lead(cast.olive, cast.search, cast.mika)),
    ]
    for place, (action, deed) in enumerate(deeds, start=1):
        deed()
        entry = AuditEntry.objects.get(org=cast.acme, seq=place)
        assert (entry.action, entry.actor_name, entry.actor_role) == (action, "Olive", "owner")
    assert AuditEntry.objects.count() == len(deeds)
    assert chain.verify(cast.acme).broken_at is None


def test_F07_what_is_refused_leaves_no_entry(cast):
    refused = [
        lambda: members.suspend(cast.mika, cast.lena, reason="x"),
        lambda: members.set_role(cast.adam, cast.olive, role="user"),
        lambda: members.suspend(cast.olive, cast.olive, reason="x"),
        lambda: members.suspend(cast.olive, cast.mika, reason=" "),
        lambda: keys.make(cast.vera, cast.acme, name="k", scopes=["usage:read"], ends_at=None),
        lambda: keys.make(cast.olive, cast.acme, name="k", scopes=["everything"], ends_at=None),
        lambda: organizations.edit(cast.adam, cast.acme, changes={"name": "Mine"}),
    ]

    for deed in refused:
        with pytest.raises((Denied, Refused)):
            deed()
    assert not AuditEntry.objects.exists()


def test_F07_a_deed_that_changed_nothing_leaves_no_entry(cast):
    Organization.objects.update(checklist_done_at=timezone.now())  # before that, a first save confirms the settings
    members.set_plan(cast.olive, cast.mika, plan=cast.mika.plan)
    members.reactivate(cast.olive, cast.mika)
    organizations.edit(cast.olive, cast.acme, changes={"name": cast.acme.name})

    assert not AuditEntry.objects.exists()


class Crash(Exception):
    pass


def test_F07_a_crash_inside_a_deed_leaves_neither_the_change_nor_the_entry(cast):
    def crash():
        with act(cast.olive, Action.MEMBER_PLAN, cast.mika):
            cast.mika.plan = "expert"
            cast.mika.save(update_fields=["plan"])
            raise Crash

    with pytest.raises(Crash):
        crash()

    assert Member.objects.get(pk=cast.mika.pk).plan == "advanced"
    assert not AuditEntry.objects.exists()


def test_F07_a_crash_while_the_entry_is_written_leaves_no_change(cast, monkeypatch):
    def fail(row):
        raise Crash

    monkeypatch.setattr("orgs.chain.digest", fail)
    with pytest.raises(Crash):
        members.set_plan(cast.olive, cast.mika, plan="expert")

    assert Member.objects.get(pk=cast.mika.pk).plan == "advanced"
    assert not AuditHead.objects.filter(seq__gt=0).exists()


def test_F07_a_log_that_takes_no_entry_lets_nothing_change(cast):
    members.set_plan(cast.olive, cast.mika, plan="expert")
    with triggers_off():
        AuditEntry.objects.filter(seq=1).update(seq=2)  # somebody sits where the next entry belongs

    with pytest.raises(DatabaseError):
        members.set_plan(cast.olive, cast.mika, plan="essential")
    assert Member.objects.get(pk=cast.mika.pk).plan == "expert"


def test_F07_chains_of_two_organizations_do_not_mix(cast):
    members.suspend(cast.olive, cast.mika, reason="x")
    departments.create(cast.eve, cast.umbrella, name="Lab")
    departments.create(cast.olive, cast.acme, name="Lab")

    seqs = AuditEntry.objects.order_by("org__slug", "seq").values_list("org__slug", "seq")
    assert list(seqs) == [("acme", 1), ("acme", 2), ("umbrella", 1)]
    assert chain.verify(cast.acme).entries == 2
    assert chain.verify(cast.umbrella).entries == 1


def test_the_system_signs_as_itself(cast):
    with act(SYSTEM, Action.TEAM_MANAGE, cast.research) as entry:
        entry.made(Team.objects.create(org=cast.acme, department=cast.research, name="Data"))

    assert AuditEntry.objects.values_list("actor_kind", "actor_name", "actor_role").get() == ("system", "Steward", "")
