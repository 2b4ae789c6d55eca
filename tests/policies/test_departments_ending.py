"""A department that ends takes its policy along: nothing of it is in force, on trial or drafted. Versions stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.actions import departments
from orgs.models import Department, Member
from orgs.places import Place
from policies import facts
from policies.actions import rollouts, trials
from policies.actions.rollouts import Thing
from policies.models import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion
from tests.doors import console
from tests.policies.rolling import planned
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


@pytest.mark.parametrize("deed", ["delete", "merge"])
def test_the_panel_says_before_what_ends_and_who_gains_by_it(cast, sales, deed):
    Member.objects.filter(pk__in=[cast.adam.pk, cast.vera.pk]).update(department=sales, team=None)
    rollout = planned(cast.adam, of_version(PolicyVersion.objects.get(scope=sales.pk, number=2)))

    page = console(cast.olive).get(f"/o/acme/departments/{sales.pk}/{deed}/").content.decode()

    assert "The policy of Sales, version 1, ends with it" in page
    assert "1 member gains deep, fast by it" in page  # Vera, a Viewer, uses none
    assert "Version 2 of its policy, which runs report-only, ends with it." in page
    assert "The draft of its policy is thrown away." in page
    assert f"The rollout “{rollout}” of its policy is discarded." in page


def test_a_department_without_a_policy_says_nothing_of_one(cast):
    page = console(cast.olive).get(f"/o/acme/departments/{cast.research.pk}/merge/").content.decode()

    assert "policy" not in page.partition('class="happens"')[2].partition("</ul>")[0]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_of_its_policy_was_on_its_way_is_discarded_with_it(cast, sales, ending):
    rollout = planned(cast.adam, of_version(PolicyVersion.objects.get(scope=sales.pk, number=2)))
    rollouts.start(cast.adam, rollout)

    ENDINGS[ending](cast, sales)

    rollout.refresh_from_db()
    assert rollout.state == "discarded"


def of_version(version):
    return Thing("policy", f"{version.scope}/{version.number}", f"version {version.number}", version)
