"""A department that ends takes its policy along: nothing of it is in force, on trial or drafted. Versions stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.actions import departments
from orgs.models import Department
from orgs.places import Place
from policies import facts
from policies.actions import trials
from policies.models import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion
from tests.doors import console
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish

ENDINGS = {
    "deleted": lambda cast, sales: departments.delete(cast.adam, sales, members_to=Place(cast.research)),
    "merged": lambda cast, sales: departments.merge(cast.adam, sales, into=cast.research),
}


@pytest.fixture
def sales(cast):
    """A department with a version in force, one on trial and a draft; the organization has a policy as well."""
    catalogue(cast.acme)
    made = Department.objects.create(org=cast.acme, name="Sales")
    publish(cast.olive, OPEN)
    publish(cast.olive, LEADERS, made.pk)
    until, saved = timezone.now() + timedelta(days=9), draft(cast.olive, OPEN, made.pk)
    trials.begin(cast.olive, cast.acme, made.pk, revision=saved.revision, until=until)
    draft(cast.olive, OPEN | {"restricted_use_cases": ["gossip"]}, made.pk)
    return made


@pytest.mark.parametrize("ending", ENDINGS)
def test_its_policy_ends_with_it(cast, sales, ending):
    assert "runs report-only" in console(cast.adam).get("/o/acme/members/").content.decode()

    ENDINGS[ending](cast, sales)

    assert list(PolicyInForce.objects.values_list("scope", flat=True)) == [WHOLE]
    assert not PolicyDraft.objects.exists()
    assert PolicyVersion.objects.filter(scope=sales.pk).count() == 2
    cast.acme.refresh_from_db()
    assert list(facts.policies_of(cast.acme)) == [WHOLE]
    assert "runs report-only" not in console(cast.adam).get("/o/acme/members/").content.decode()
