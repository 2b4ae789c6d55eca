"""Versions of a policy take turns: what is refused to come into force, while what, and how it is said before."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orgs.access import Refused
from policies.actions import rollouts, trials
from policies.actions.rollouts import Thing
from policies.models import WHOLE, CatalogueModel, PolicyDraft, PolicyInForce
from tests.doors import console
from tests.policies.rolling import planned
from tests.policies.writing import LEADERS, OPEN, catalogue, draft, publish

NARROW = OPEN | {"allowed_models": {"general_staff": ["basic"]}}


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


def tried(cast, document, scope=WHOLE):
    """A version that runs report-only."""
    until = timezone.now() + timedelta(days=9)
    return trials.begin(cast.olive, cast.acme, scope, revision=draft(cast.olive, document, scope).revision, until=until)


def rolling_out(cast, version):
    thing = Thing("policy", str(version.number), f"version {version.number} of the policy", version)
    rollout = planned(cast.adam, thing, name="Leaders first")
    rollouts.start(cast.adam, rollout)
    return rollout


def force(cast, scope=WHOLE):
    return PolicyInForce.objects.get(org=cast.acme, scope=scope)


def test_nothing_is_published_while_a_version_is_being_rolled_out(cast):
    publish(cast.olive, OPEN)
    rollout = rolling_out(cast, tried(cast, LEADERS))

    with pytest.raises(Refused, match=r"“Leaders first” is rolling out version 2 of the policy\. Finish") as refused:
        publish(cast.olive, NARROW)
    assert refused.value.page == "rollouts"
    assert PolicyDraft.objects.exists()
    rollouts.discard(cast.adam, rollout)

    assert publish(cast.olive, NARROW).number == 3
    assert force(cast).version.number == 3


def test_nothing_is_enforced_while_a_version_is_being_rolled_out(cast):
    publish(cast.olive, OPEN)
    first = tried(cast, LEADERS)
    trials.discard(cast.olive, force(cast))
    tried(cast, NARROW)
    rollout = rolling_out(cast, first)

    with pytest.raises(Refused, match="Finish or discard it first"):
        trials.enforce(cast.olive, force(cast))
    rollouts.discard(cast.adam, rollout)

    assert trials.enforce(cast.olive, force(cast)).number == 3


def test_a_paused_rollout_is_in_the_way_and_a_department_goes_its_own(cast):
    publish(cast.olive, OPEN)
    rollouts.pause(cast.adam, rolling_out(cast, tried(cast, LEADERS)))

    assert publish(cast.olive, NARROW, cast.research.pk).number == 1
    with pytest.raises(Refused, match="Leaders first"):
        publish(cast.olive, LEADERS)


@pytest.mark.parametrize("name", ["policies_publish", "policies_trial_enforce"])
def test_the_panel_says_before_what_is_in_the_way(cast, name):
    publish(cast.olive, OPEN)
    rollout = rolling_out(cast, tried(cast, LEADERS))
    tried(cast, NARROW)
    draft(cast.olive, OPEN | {"restricted_use_cases": ["gossip"]})
    door, url = console(cast.olive), reverse(name, args=["acme", WHOLE])

    assert "“Leaders first” is rolling out" in door.get(url).content.decode()
    rollouts.discard(cast.adam, rollout)

    assert "Leaders first" not in door.get(url).content.decode()


def test_a_version_that_is_rolled_out_no_longer_runs_report_only(cast):
    publish(cast.olive, OPEN)
    rollout = planned(cast.adam, Thing("policy", "2", "version 2 of the policy", tried(cast, LEADERS)))
    page = console(cast.adam).get(reverse("rollouts_deed", args=["acme", rollout.pk, "start"])).content.decode()
    assert "It no longer runs report-only." in page

    rollouts.start(cast.adam, rollout)

    assert force(cast).trial is None
    assert "report-only" not in console(cast.adam).get("/o/acme/members/").content.decode()


def test_a_version_that_ran_report_only_does_not_take_the_place_of_a_newer_one(cast):
    publish(cast.olive, OPEN)
    tried(cast, LEADERS)
    publish(cast.olive, NARROW)
    url = reverse("policies_trial_enforce", args=["acme", WHOLE])

    why = "Version 3 was published after it. Restore version 2 as a draft instead."
    assert why in console(cast.olive).get(url).content.decode()
    with pytest.raises(Refused, match=re.escape(why)):
        trials.enforce(cast.olive, force(cast))
    assert (force(cast).version.number, force(cast).trial.number) == (3, 2)


def test_a_version_whose_model_is_gone_does_not_come_into_force(cast):
    publish(cast.olive, OPEN)
    version = tried(cast, LEADERS)
    CatalogueModel.objects.filter(name="deep").delete()

    with pytest.raises(Refused, match="deep"):
        trials.enforce(cast.olive, force(cast))
    rollout = rolling_out(cast, version)
    with pytest.raises(Refused, match="deep"):
        rollouts.finish(cast.adam, rollout)
    assert force(cast).version.number == 1
