"""Versions of policies reach people in stages: never over a newer one, a department's its own people (product.md 4)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orgs.access import Refused
from orgs.models import Member
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.models import WHOLE, PolicyInForce, PolicyVersion, Rollout
from tests.doors import console
from tests.policies.publishing import put_in_force
from tests.policies.rolling import make_model, may_use, planned, reached
from tests.policies.writing import OPEN

NEWER = "Version 3 was published after it. Restore version 2 as a draft instead."
DEEDS = {
    "draft": ["start"],
    "running": ["advance", "finish"],
    "paused": ["resume", "finish"],
}


def version(cast, number, *, scope=WHOLE, models=("fast", "deep"), **more):
    """A version that nothing has brought into force."""
    name = "Research" if scope else ""
    said = OPEN | {"allowed_models": {"general_staff": list(models)}} | more
    return PolicyVersion.objects.create(org=cast.acme, scope=scope, scope_name=name, number=number, document=said)


def of(version):
    what = f"{version.scope}/{version.number}" if version.scope else str(version.number)
    return Thing("policy", what, f"version {version.number} of the policy", version)


def standing(cast, state, version):
    rollout = planned(cast.adam, of(version))
    if state != "draft":
        rollouts.start(cast.adam, rollout)
    if state == "paused":
        rollouts.pause(cast.adam, rollout)
    return rollout


def deed(rollout, name):
    return reverse("rollouts_deed", args=["acme", rollout.pk, name])


def test_no_rollout_is_planned_of_a_version_before_the_one_in_force(cast):
    put_in_force(cast.acme, "standard")
    older = version(cast, 2)
    put_in_force(cast.acme, "standard")

    with pytest.raises(Refused, match=re.escape(NEWER)):
        planned(cast.adam, of(older))
    with pytest.raises(Refused, match="Version 3 is in force for everybody already"):
        planned(cast.adam, of(PolicyInForce.objects.get().version))

    assert not Rollout.objects.exists()


@pytest.mark.parametrize(("state", "name"), [(state, name) for state, names in DEEDS.items() for name in names])
def test_what_was_planned_before_goes_no_further_over_a_newer_version_and_its_panel_says_so(cast, state, name):
    make_model(cast.acme), make_model(cast.acme, "fast")
    put_in_force(cast.acme, "standard")
    rollout = standing(cast, state, version(cast, 2))
    assert NEWER not in console(cast.adam).get(deed(rollout, name)).content.decode()
    put_in_force(cast.acme, "standard")

    assert NEWER in console(cast.adam).get(deed(rollout, name)).content.decode()
    answer = console(cast.adam).post(deed(rollout, name))

    assert (answer.status_code, NEWER in answer.content.decode()) == (409, True)
    rollout.refresh_from_db()
    assert rollout.state == state
    assert console(cast.adam).post(deed(rollout, "discard")).status_code == 303


def test_a_second_version_waits_for_the_first_and_its_panel_says_so(cast):
    standing(cast, "running", version(cast, 1))
    second = planned(cast.adam, of(version(cast, 2)), name="Second")

    assert "is rolling out version 1" in console(cast.adam).get(deed(second, "start")).content.decode()
    with pytest.raises(Refused, match="Finish or discard it first"):
        rollouts.start(cast.adam, second)


def test_the_form_offers_what_is_newer_than_the_one_in_force_of_every_policy(cast):
    put_in_force(cast.acme, "standard")
    version(cast, 2)
    put_in_force(cast.acme, "standard")
    version(cast, 4)
    research = version(cast, 1, scope=cast.research.pk)
    version(cast, 1, scope=9_999)  # of a department that is gone

    page = console(cast.adam).get(reverse("rollouts_new", args=["acme"])).content.decode()

    assert re.findall(r'value="policy:([^"]*)"', page) == [f"{research.scope}/1", "4"]
    assert "version 1 of the policy of Research" in page


def in_research(cast, **more):
    """A version of Research's policy on its way to its people; the organization's allows two models."""
    for name in ("fast", "deep"):
        make_model(cast.acme, name)
    put_in_force(cast.acme, "standard", allowed_models={"general_staff": ["fast", "deep"]}, use_cases={})
    narrow = version(cast, 1, scope=cast.research.pk, models=["fast"], **more)
    everybody = [Planned("Leads", {"leads": True}), Planned("All", {"everyone": True, "guests": True})]
    rollout = planned(cast.adam, of(narrow), stages=everybody)
    rollouts.start(cast.adam, rollout)
    return rollout


def test_a_departments_version_reaches_its_people_alone_whomever_a_stage_names(cast):
    rollout = in_research(cast)
    assert reached(rollout) == ["Lena"]
    assert not may_use(cast.lena)
    assert may_use(cast.mika)

    rollouts.advance(cast.adam, rollout)

    inside = Member.objects.filter(department=cast.research, removed_at=None)
    assert reached(rollout) == sorted(map(str, inside))
    assert not may_use(cast.mika)
    assert may_use(cast.olive)


def test_finished_a_departments_version_is_in_force_there_and_the_organizations_stays(cast):
    rollout = in_research(cast)

    rollouts.finish(cast.adam, rollout)

    assert PolicyInForce.objects.get(scope=cast.research.pk).version == rollout.version
    assert PolicyInForce.objects.get(scope=WHOLE).version.number == 1
    assert not may_use(cast.mika)
    assert may_use(cast.olive)


def test_versions_of_two_policies_are_on_their_way_together_and_both_count(cast):
    in_research(cast)
    wide = version(cast, 2, models=["deep"])

    whole = planned(cast.adam, of(wide), stages=[Planned("All", {"everyone": True})], name="Deep alone")
    rollouts.start(cast.adam, whole)

    assert (bool(may_use(cast.mika)), bool(may_use(cast.mika, "fast"))) == (True, False)
    assert (bool(may_use(cast.lena)), bool(may_use(cast.lena, "fast"))) == (False, False)
    rollouts.discard(cast.adam, whole)
    assert (bool(may_use(cast.lena)), bool(may_use(cast.lena, "fast"))) == (False, True)


def test_two_of_them_begin_by_the_clock_one_after_the_other(cast):
    make_model(cast.acme), make_model(cast.acme, "fast")
    put_in_force(cast.acme, "standard", allowed_models={"general_staff": ["fast", "deep"]}, use_cases={})
    now = timezone.now()
    starts = {WHOLE: now + timedelta(hours=2), cast.research.pk: now + timedelta(hours=1)}
    for scope, models in ((WHOLE, ["deep"]), (cast.research.pk, ["fast"])):
        stages = [Planned("All", {"everyone": True}, starts_at=starts[scope])]
        made = planned(cast.adam, of(version(cast, 2, scope=scope, models=models)), stages=stages, name=f"R{scope}")
        rollouts.start(cast.adam, made)

    def allowed(hours):
        at = now + timedelta(hours=hours, seconds=1)
        return [name for name in ("fast", "deep") if may_use(cast.mika, name, now=at)]

    assert [allowed(hours) for hours in (0, 1, 2)] == [["fast", "deep"], ["fast"], []]


def test_a_departments_rollout_is_in_the_way_of_its_own_policy_alone(cast):
    rollout = in_research(cast)
    again, whole = version(cast, 2, scope=cast.research.pk), version(cast, 2)

    with pytest.raises(Refused, match=f"“{rollout}” is rolling out"):
        rollouts.start(cast.adam, planned(cast.adam, of(again), name="Again"))
    rollouts.start(cast.adam, planned(cast.adam, of(whole), name="Whole"))

    assert Rollout.objects.running().count() == 2
