"""What the demo allows its platform: a policy that fits what is used, once however often it is asked for."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from config.demo import governing
from orgs.models import AuditEntry, Organization
from policies import facts, judging
from policies import people as everybody
from policies.models import CatalogueModel, PolicyInForce, Rollout
from tests.demo.conftest import TODAY, used

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("northwind")]


@pytest.fixture
def governed(northwind):
    company, org = northwind
    governing.settle(org, company, timezone.now())
    return company, Organization.objects.get(pk=org.pk)


def test_northwind_is_governed_and_twice_changes_nothing(governed):
    company, org = governed
    before = AuditEntry.objects.count()

    governing.settle(org, company, timezone.now())

    assert AuditEntry.objects.count() == before
    assert CatalogueModel.objects.filter(org=org).count() == 8
    assert PolicyInForce.objects.get(org=org).version.number == 1
    assert Rollout.objects.get(org=org).started_at is not None


def test_the_policy_refuses_next_to_nothing_of_what_the_demo_uses(governed):
    _, org = governed
    people_here = everybody.everybody(org)
    known = facts.under(org, [one.who for one in people_here])
    by_address = {one.email: known[one.who.id] for one in people_here}
    uses, now = Counter(), timezone.now()
    for event in used(TODAY)[1]:
        if event["kind"] == "response" and event.get("member") in by_address:
            uses[event["member"], event["model"], event.get("use_case", "")] += 1

    refused = sum(
        times
        for (who, model, case), times in uses.items()
        if judging.refusal(by_address[who], {"model": model, "use_case": case}, now)
    )

    assert sum(uses.values()) > 50_000
    assert refused / sum(uses.values()) < 0.01
