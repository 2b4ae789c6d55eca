"""`act`, the discipline of governing: what it reads again, what it raises, what it refuses, one by one and in bulk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import TABLE, Action, Denied, Refused
from orgs.actions import departments, keys, members, organizations, places, teams
from orgs.actors import Support
from orgs.audit import BATCH, act, act_on
from orgs.chain import verify
from orgs.models import AuditEntry, Member, Organization
from orgs.places import Place
from tests.cast import make_member
from tests.undone import undone
from workspaces.actions import workspaces


def version(org):
    return Organization.objects.values_list("access_version", flat=True).get(pk=org.pk)


# One deed of each action that writes.
DEEDS = {
    Action.MEMBER_ROLE: lambda c: members.set_role(c.olive, c.mika, role="viewer"),
    Action.MEMBER_PLAN: lambda c: members.set_plan(c.adam, c.mika, plan="expert"),
    Action.MEMBER_SUSPEND: lambda c: members.suspend(c.adam, c.mika, reason="away"),
    Action.MEMBER_REACTIVATE: lambda c: members.reactivate(c.adam, c.sam),
    Action.MEMBER_REMOVE: lambda c: members.remove(c.adam, c.mika, reason="left"),
    Action.MEMBER_RESTORE: lambda c: members.restore(c.adam, c.rita, fresh=True),
    Action.MEMBER_LEAVE: lambda c: members.leave(c.mika, c.mika),
    Action.MEMBER_PLACE: lambda c: places.place(c.adam, c.mika, to=Place.in_team(c.ranking)),
    Action.ORGANIZATION_EDIT: lambda c: organizations.edit(c.olive, c.acme, changes={"guest_days": 30}),
    Action.ORGANIZATION_TERMS: lambda c: organizations.set_terms(c.support, c.acme, edition="team", seats=50),
    Action.ORGANIZATION_SUSPEND: lambda c: organizations.suspend(c.support, c.acme, reason="unpaid"),
    Action.DEPARTMENT_MANAGE: lambda c: departments.create(c.adam, c.acme, name="Sales"),
    Action.TEAM_MANAGE: lambda c: teams.create_team(c.adam, c.research, name="Indexing"),
    Action.TEAM_LEAD: lambda c: teams.give_lead(c.adam, c.ranking, c.mika),
    Action.KEY_MANAGE: lambda c: keys.make(c.olive, c.acme, name="chat", scopes=["events:write"], ends_at=None),
    Action.WORKSPACE_CREATE: lambda c: workspaces.create(c.olive, name="Attic", visibility="private"),
    Action.WORKSPACE_MANAGE: lambda c: workspaces.give_role(c.lena, c.den, c.mika, level="user"),
}


@pytest.mark.parametrize("action", DEEDS, ids=str)
def test_a_deed_leaves_one_entry_and_raises_the_version_where_the_table_says(cast, action):
    before, elsewhere = version(cast.acme), version(cast.umbrella)

    DEEDS[action](cast)

    assert AuditEntry.objects.get(org=cast.acme).action == action
    assert version(cast.acme) - before == (1 if TABLE[action].raises_version else 0)
    assert version(cast.umbrella) == elsewhere


def test_a_deed_that_changes_nothing_raises_no_version(cast):
    before = version(cast.acme)

    members.set_role(cast.olive, cast.mika, role="user")
    members.reactivate(cast.olive, cast.mika)
    members.in_bulk(cast.olive, [cast.mika], deed="plan", plan=cast.mika.plan)

    assert version(cast.acme) == before
    assert not AuditEntry.objects.exists()


def test_what_is_denied_or_refused_raises_no_version(cast):
    before = version(cast.acme)

    with pytest.raises(Denied):
        members.set_role(cast.adam, cast.mika, role="owner")
    with pytest.raises(Refused):
        members.suspend(cast.olive, cast.mika, reason=" ")

    assert version(cast.acme) == before


def test_acts_do_not_nest(cast):
    with pytest.raises(RuntimeError, match="durable"), act(cast.olive, Action.MEMBER_ROLE, cast.mika):
        members.suspend(cast.olive, cast.vera, reason="inside another")

    cast.vera.refresh_from_db()
    assert cast.vera.suspended_at is None
    assert not AuditEntry.objects.exists()


# ---------------------------------------------------------------- read again under the lock


def test_an_actor_who_was_demoted_meanwhile_is_denied(cast):
    stale = Member.objects.select_related("org", "user").get(pk=cast.adam.pk)
    members.set_role(cast.olive, cast.adam, role="user")

    with pytest.raises(Denied, match="Owners and Admins may"):
        members.suspend(stale, cast.mika, reason="too late")
    with pytest.raises(Denied):
        keys.make(stale, cast.acme, name="late", scopes=["usage:read"], ends_at=None)


@pytest.mark.parametrize("deed", ["suspend", "remove"])
def test_an_actor_who_was_shut_out_meanwhile_is_denied(cast, deed):
    stale = Member.objects.select_related("org", "user").get(pk=cast.adam.pk)
    getattr(members, deed)(cast.olive, cast.adam, reason="out")

    with pytest.raises(Denied, match="Adam"):
        members.suspend(stale, cast.mika, reason="too late")


def test_a_target_who_rose_meanwhile_is_judged_as_they_are_now(cast):
    stale = Member.objects.select_related("org", "user").get(pk=cast.mika.pk)
    members.set_role(cast.olive, cast.mika, role="admin")

    with pytest.raises(Denied, match="this is an Admin"):
        members.suspend(cast.adam, stale, reason="thought they were a User")


def test_the_body_works_on_what_is_true_now(cast):
    stale = Member.objects.select_related("org", "user").get(pk=cast.mika.pk)
    members.set_plan(cast.olive, cast.mika, plan="essential")

    members.set_plan(cast.olive, stale, plan="expert")

    last = AuditEntry.objects.order_by("seq").last()
    assert (last.before, last.after) == ({"plan": "essential"}, {"plan": "expert"})


def test_support_staff_who_left_meanwhile_are_denied(cast):
    type(cast.support.user).objects.filter(pk=cast.support.user.pk).update(is_staff=False)

    with pytest.raises(Denied):
        members.suspend(cast.support, cast.mika, reason="asked by mail")


def test_support_staff_act_with_a_reason_or_not_at_all(cast):
    silent = Support(cast.support.user, "  ")

    with pytest.raises(Refused, match="give a reason"):
        members.suspend(silent, cast.mika, reason="asked by mail")
    with pytest.raises(Refused, match="give a reason"):
        members.in_bulk(silent, [cast.mika], deed="plan", plan="expert")
    members.suspend(cast.support, cast.mika, reason="asked by mail")

    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_name) == ("support", "Hal Helper")
    assert entry.detail == {"support_reason": "asked for by mail"}


# ---------------------------------------------------------------- many at once

KEPT = ("action", "actor_name", "actor_role", "target_name", "before", "after", "detail")
BULK = {
    "role": {"role": "viewer"},
    "plan": {"plan": "expert"},
    "suspend": {"reason": "closing the lab"},
    "reactivate": {},
    "remove": {"reason": "the lab is closed"},
}
TAKING = {"role", "suspend", "remove"}  # what could leave an organization without an Owner
SINGLE = {"role": "set_role", "plan": "set_plan", **{deed: deed for deed in ("suspend", "reactivate", "remove")}}


def one_by_one(actor, people, deed, values):
    """What `in_bulk` promises, said with single deeds."""
    for member in people:
        if deed in TAKING and member.role == "owner" and actor.role == "owner":
            yield member.pk, "refused", "Owners lose role or access one at a time."
            continue
        before = AuditEntry.objects.count()
        try:
            getattr(members, SINGLE[deed])(actor, member, **values)
        except (Denied, Refused) as refusal:
            yield member.pk, "refused", str(refusal)
        else:
            yield member.pk, "done" if AuditEntry.objects.count() > before else "same", ""


def _timeless(value):
    return {k: bool(v) if k.endswith("_at") else v for k, v in value.items()} if isinstance(value, dict) else value


def left_by(cast, deed, who, *, in_bulk):
    """What a deed on eight people leaves: results, entries and rows, as one can compare them."""
    people = [getattr(cast, name) for name in ("oscar", "anna", "lena", "mika", "vera", "gus", "sam", "rita")]
    actor = getattr(cast, who)
    if in_bulk:
        outcomes = members.in_bulk(actor, people, deed=deed, **BULK[deed])
        results = [(outcome.target.pk, outcome.outcome, outcome.reason) for outcome in outcomes]
    else:
        results = list(one_by_one(actor, people, deed, BULK[deed]))
    entries = [{k: _timeless(v) for k, v in row.items()} for row in AuditEntry.objects.order_by("seq").values(*KEPT)]
    rows = [(m.pk, m.role, m.plan, m.status, m.suspension_reason) for m in Member.objects.order_by("pk")]
    assert verify(cast.acme).broken_at is None
    assert len(entries) == [outcome for _, outcome, _ in results].count("done")
    return results, entries, rows


@pytest.mark.parametrize("who", ["olive", "adam", "mika", "sam"])
@pytest.mark.parametrize("deed", BULK)
def test_A09_many_at_once_is_the_same_as_one_by_one(cast, deed, who):
    with undone():
        at_once = left_by(cast, deed, who, in_bulk=True)
    one_after_another = left_by(cast, deed, who, in_bulk=False)

    assert at_once == one_after_another


@pytest.mark.parametrize(("deed", "left"), [("plan", ("expert", "suspended")), ("reactivate", ("essential", "active"))])
def test_A09_owners_among_many_get_what_an_owner_may_give_them_one_by_one(cast, deed, left):
    members.suspend(cast.olive, cast.oscar, reason="away")

    found = members.in_bulk(cast.olive, [cast.oscar, cast.sam], deed=deed, **BULK[deed])

    assert [outcome.outcome for outcome in found] == ["done", "done"]
    oscar = Member.objects.get(pk=cast.oscar.pk)
    assert (oscar.plan, oscar.status) == left


def test_a_batch_has_one_version_and_its_chain_goes_on_from_single_deeds_to_batches_and_back(cast):
    crowd = [make_member(cast.acme, f"Person {number}") for number in range(7)]
    before = version(cast.acme)

    members.set_plan(cast.olive, crowd[0], plan="expert")
    members.in_bulk(cast.olive, crowd, deed="plan", plan="essential")
    members.set_plan(cast.olive, crowd[0], plan="standard")

    assert version(cast.acme) - before == 3
    assert verify(cast.acme).entries == 9
    assert verify(cast.acme).broken_at is None


def test_a_deed_on_more_than_a_batch_is_done_in_batches(cast):
    crowd = [cast.mika, cast.vera, cast.lena] * (BATCH // 3 + 1)
    before, seen = version(cast.acme), []

    def change(entry, member):
        seen.append(member.pk)
        member.plan = "expert" if member.plan == "essential" else "essential"

    outcomes = act_on(cast.olive, Action.MEMBER_PLAN, crowd, change)

    assert len(outcomes) == len(crowd) == len(seen)
    assert version(cast.acme) - before == 2


def test_a_bulk_deed_costs_the_same_queries_for_ten_as_for_forty(cast):
    people = [make_member(cast.acme, f"Person {number}") for number in range(50)]
    members.set_plan(cast.olive, cast.mika, plan="expert")  # what is read once per process is read now

    costs = []
    for crowd in (people[:10], people[10:]):
        with CaptureQueriesContext(connection) as queries:
            members.in_bulk(cast.olive, crowd, deed="suspend", reason="closing the lab")
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_crash_in_a_batch_leaves_nothing_of_it(cast):
    def change(entry, member):
        member.plan = "expert"
        if member == cast.vera:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        act_on(cast.olive, Action.MEMBER_PLAN, [cast.mika, cast.vera], change)

    assert Member.objects.get(pk=cast.mika.pk).plan == "advanced"
    assert not AuditEntry.objects.exists()


def test_time_of_an_entry_is_the_time_of_its_deed(cast):
    before = timezone.now()
    members.suspend(cast.olive, cast.mika, reason="away")

    entry = AuditEntry.objects.get()
    cast.mika.refresh_from_db()
    assert before <= entry.at == cast.mika.suspended_at <= timezone.now()
