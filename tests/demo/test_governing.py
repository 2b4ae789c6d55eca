"""What the demo allows its platform: a policy that fits what is used, once however often it is asked for."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from config.demo import companies, governing, people, rows, usage
from config.demo.usage import figures
from orgs.models import AuditEntry, Organization
from policies import facts, judging
from policies import people as everybody
from policies.models import CatalogueModel, PolicyInForce, Rollout

DAY = date(2026, 11, 21)
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("northwind")]


@pytest.fixture
def northwind():
    company = people.company(companies.NORTHWIND, 7)
    org = rows.make(company, 7, DAY)
    rows.furnish(company, org)
    governing.settle(org, company, timezone.now())
    return company, Organization.objects.get(pk=org.pk)


def test_northwind_is_governed_and_twice_changes_nothing(northwind):
    company, org = northwind
    before = AuditEntry.objects.count()

    governing.settle(org, company, timezone.now())

    assert AuditEntry.objects.count() == before
    assert CatalogueModel.objects.filter(org=org).count() == 8
    assert PolicyInForce.objects.get(org=org).version.number == 1
    assert Rollout.objects.get(org=org).started_at is not None


def test_the_policy_refuses_next_to_nothing_of_what_the_demo_uses(northwind):
    company, org = northwind
    people_here = everybody.everybody(org)
    known = facts.under(org, [one.who for one in people_here])
    by_address = {one.email: known[one.who.id] for one in people_here}
    used, now = Counter(), timezone.now()
    for event in usage.events(company, figures.NORTHWIND, 7, DAY):
        if event["kind"] == "response" and event.get("member") in by_address:
            used[event["member"], event["model"], event.get("use_case", "")] += 1

    refused = sum(
        times
        for (who, model, case), times in used.items()
        if judging.refusal(by_address[who], {"model": model, "use_case": case}, now)
    )

    assert sum(used.values()) > 50_000
    assert refused / sum(used.values()) < 0.01
