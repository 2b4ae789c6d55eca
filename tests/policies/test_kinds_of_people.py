"""People whom policies cannot tell apart are counted by the database, and counted anew after any deed on them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import actions
from orgs.audit import raise_version
from orgs.models import Member
from policies import people
from policies.engine import Policy
from policies.models import WHOLE
from policies.queries import impact
from policies.queries import policy as queries
from tests.cast import make_member
from tests.policies.writing import LEADERS, catalogue, draft

NOTHING = LEADERS | {"allowed_models": {"general_staff": [], "leaders": ["deep"]}}


@pytest.mark.both
def test_kinds_of_people_are_those_that_looking_at_everybody_finds(cast):
    alone = [cast.sam.pk, cast.gus.pk]
    rules = {"leaders": {"roles": ["owner"], "leads": True}, "some": {"teams": [cast.search.pk], "members": alone}}
    policy = Policy.of(LEADERS | {"groups": rules})
    for number in range(12):
        make_member(cast.acme, f"Person {number:02}", department=cast.research if number % 2 else None)

    for department in (WHOLE, cast.research.pk):
        everybody, looked_at = people.everybody(cast.acme, department=department), {}
        for one in everybody:
            who = one.who if one.who.id in alone else replace(one.who, id=0)
            looked_at.setdefault(who, {"active": [], "suspended": []})[one.status].append(str(one))
        found = people.kinds(cast.acme, [policy], department=department)
        assert {who: (some.count, some.names, some.suspended) for who, some in found.items()} == {
            who: (len(of["active"]), tuple(of["active"][:5]), len(of["suspended"])) for who, of in looked_at.items()
        }
        active = [str(one) for one in everybody if one.status == "active"]
        assert people.together(found.values()).names == tuple(active[:5])


def test_a_guest_is_counted_until_the_end_and_no_longer(cast, monkeypatch):
    now = timezone.now()
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=now + timedelta(days=1))
    raise_version(cast.acme)
    cast.acme.refresh_from_db()
    before = people.together(people.kinds(cast.acme, []).values())

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=2))

    after = people.together(people.kinds(cast.acme, []).values())
    assert (before.count - after.count, before.suspended, after.suspended) == (1, 1, 1)


def test_who_left_who_leads_now_and_who_is_called_otherwise_is_counted_at_once(cast):
    catalogue(cast.acme)
    draft(cast.adam, NOTHING)
    before = impact.impact(queries.writing(cast.adam, None))

    actions.members.remove(cast.olive, cast.gus, reason="the project ended")
    actions.teams.give_lead(cast.olive, cast.search, cast.mika)
    actions.account.rename(cast.anna.user, name="Zoe")
    cast.adam.org.refresh_from_db()
    after = impact.impact(queries.writing(cast.adam, None))

    assert (before.judged, before.none.names) == (7, ("Adam", "Anna", "Gus", "Mika"))
    assert (after.judged, after.none.names) == (6, ("Adam", "Zoe"))
