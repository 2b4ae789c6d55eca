"""What nobody can use as its rollout stands: found, named, and led to the rollout."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Member
from policies import people
from policies.actions import rollouts as deeds
from policies.actions.rollouts import Planned, Thing
from policies.models import PolicyVersion, Reached, Rollout
from tests.cast import make_member
from tests.doors import console
from tests.governing import make_policy
from tests.policies.rolling import may_use, of_model, planned, running
from tests.workspaces.linting import LINTER, MODELS, assert_leads_to_its_repair, found, now
from workspaces.queries.access import linter

pytestmark = pytest.mark.django_db


def shut(cast):
    deeds.go_back(cast.olive, running(cast.olive, of_model("dear")))
    running(cast.olive, of_model("calm"))
    return "1 thing can be used by nobody, as its rollout stands.", ["dear"]


def discarded(cast):
    deeds.discard(cast.olive, running(cast.olive, of_model("dear")))
    deeds.discard(cast.olive, planned(cast.olive, of_model("calm")))
    return "1 thing can be used by nobody, as its rollout stands.", ["dear"]


def refused(cast):
    """The policy leaves `deep` to leads; the rollout has reached Owners and Admins."""
    make_policy(cast.acme, MODELS, groups={"leads": {"leads": True}})
    running(cast.olive, of_model("deep"))
    return "1 thing can be used by nobody, as its rollout stands.", ["deep"]


@pytest.mark.both
def test_what_reached_only_people_whom_the_policy_refuses_it_can_be_used_by_nobody(cast):
    refused(cast)

    (finding,) = linter.linted(cast.adam, now()).findings

    assert finding.first[0].beside == "“Deep for all” has reached only people who are refused it"
    assert not any(may_use(member).allowed for member in (cast.olive, cast.adam, cast.lena, cast.mika))


def test_one_who_may_and_is_reached_is_enough(cast):
    refused(cast)
    deeds.advance(cast.olive, Rollout.objects.get())  # leads

    assert may_use(cast.lena).allowed
    assert found(cast) == []


def test_a_viewer_who_is_reached_uses_nothing(cast):
    refused(cast)
    deeds.advance(cast.olive, Rollout.objects.get())
    Member.objects.filter(pk=cast.lena.pk).update(role="viewer")

    assert [title for title, _names in found(cast)] == ["1 thing can be used by nobody, as its rollout stands."]


def test_whom_a_version_lets_that_is_being_rolled_out_may_have_been_reached(cast):
    refused(cast)
    document = {"allowed_models": {"general_staff": ["deep"]}, "restricted_use_cases": []}
    document["monitoring_level"] = "standard"
    version = PolicyVersion.objects.create(org=cast.acme, number=2, document=document)
    running(cast.olive, Thing("policy", "", "Version 2", version))

    assert may_use(cast.adam).allowed
    assert found(cast) == []


def test_what_nobody_can_use_while_its_rollout_stands_at_nobody_leads_to_the_rollout(cast):
    shut(cast)

    (finding,) = linter.linted(cast.adam, now()).findings

    rollout = Rollout.objects.get(what="dear")
    assert finding.url == finding.first[0].url == f"/o/acme/rollouts/{rollout.pk}/"
    assert not any(may_use(member, "dear").allowed for member in (cast.olive, cast.adam, cast.lena))
    assert may_use(cast.olive, "calm").allowed


@pytest.mark.parametrize("wrong", [shut, refused, discarded])
def test_it_is_found_and_leads_to_its_repair(cast, wrong):
    title, names = wrong(cast)

    assert found(cast) == [(title, names)]
    assert_leads_to_its_repair(cast, title)


def test_the_findings_cost_and_read_the_same_however_many_members_there_are(cast):
    def asked():
        console(cast.adam).get(LINTER)
        cast.acme.refresh_from_db()
        with CaptureQueriesContext(connection) as counted:
            linter.linted(cast.adam, now())
        with connection.cursor() as cursor:
            return [len(cursor.execute(one["sql"]).fetchall()) for one in counted.captured_queries]

    make_policy(cast.acme, {"general_staff": []})
    running(cast.olive, of_model("calm"), stages=[Planned("Everybody", {"everyone": True})])

    def join(number):
        rollout = Rollout.objects.get()
        for n in range(number):
            member = make_member(cast.acme, f"Somebody {number}-{n}")
            Reached.objects.create(rollout=rollout, member=member, position=0, at=now())

    join(5)
    few = asked()
    join(25)
    people._kept.clear()

    assert asked() == few
