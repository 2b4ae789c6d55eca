"""Rollouts: a model, a feature, a tool or a version of the policy reaches people in stages (product.md 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.access import Action, Denied, Refused, check
from orgs.actions import places
from orgs.models import AuditEntry, Member
from orgs.places import Place
from policies.actions import catalogue, rollouts
from policies.actions.rollouts import Planned, Thing
from policies.describing import Described
from policies.models import PolicyInForce, PolicyVersion
from policies.rollouts.measuring import names_of
from tests.policies.rolling import STAGES, make_model, may_use, of_model, planned, reached, running

DAY = timedelta(days=1)


def test_a_plan_changes_nothing_for_anybody(cast):
    planned(cast.adam)

    assert may_use(cast.mika)
    assert AuditEntry.objects.filter(action="rollout.manage").count() == 1


def test_a_started_one_reaches_its_first_stage_and_is_refused_to_everybody_else(cast):
    rollout = running(cast.adam)

    assert reached(rollout) == ["Adam", "Anna", "Olive", "Oscar"]
    assert may_use(cast.olive)
    refused = may_use(cast.mika)
    assert refused.deciding.rule == "rollout/model/deep"
    assert refused.reason == (
        "The rollout “Deep for all” of deep has not reached Mika yet. "
        "The stage “Everybody else” reaches them; it is begun by hand."
    )
    assert may_use(cast.mika, "another-model")


def test_an_alias_of_the_model_is_the_model(cast):
    make_model(cast.acme, aliases=["deeper"])
    running(cast.adam)

    assert may_use(cast.mika, "deeper").deciding.layer == "rollout"


def test_a_model_that_is_renamed_goes_on_being_rolled_out(cast):
    model = make_model(cast.acme)
    rollout = running(cast.adam)

    catalogue.change(cast.adam, model, Described("profound", "", None, None, None, aliases=()))

    assert may_use(cast.mika, "profound").deciding.layer == "rollout"
    assert may_use(cast.mika, "deep").deciding.layer == "rollout"
    assert may_use(cast.olive, "profound")
    assert names_of(rollout) == {"deep", "profound"}
    with pytest.raises(Refused, match="is a rollout of profound already"):
        planned(cast.adam, of_model("profound"))


def test_it_goes_from_stage_to_stage_and_finished_everybody_has_it(cast):
    rollout = running(cast.adam)

    rollouts.advance(cast.adam, rollout)
    assert may_use(cast.lena)
    assert not may_use(cast.mika)
    rollouts.finish(cast.adam, rollout)

    assert may_use(cast.mika)


def test_whom_no_stage_names_is_told_so(cast):
    running(cast.adam, stages=STAGES[:1])

    assert "No stage of it names them." in may_use(cast.mika).reason


def test_reached_members_stay_reached_wherever_they_are_moved(cast):
    rollout = running(cast.adam, stages=[Planned("Research", {"departments": [cast.research.pk]})])
    assert may_use(cast.mika)

    move(cast.adam, cast.mika, None)

    assert may_use(cast.mika)
    assert "Mika" in reached(rollout)


def test_whoever_comes_to_a_team_that_was_reached_has_it_at_once(cast):
    running(cast.adam, stages=[Planned("Ranking", {"teams": [cast.ranking.pk]})])
    assert not may_use(cast.mika)

    move(cast.adam, cast.mika, cast.ranking)

    assert may_use(cast.mika)


def test_a_stage_begins_at_its_date_by_the_clock_of_the_question(cast):
    soon = timezone.now() + DAY
    stages = [STAGES[0], Planned("Everybody else", {"everyone": True}, starts_at=soon)]
    running(cast.adam, stages=stages)

    assert f"it begins on {soon:%Y-%m-%d}" in may_use(cast.mika, now=soon - timedelta(seconds=1)).reason
    assert may_use(cast.mika, now=soon)


def test_a_date_waits_for_the_gates_before_it(cast):
    soon = timezone.now() + DAY
    gated = Planned("Admins", {"roles": ["owner", "admin"]}, least_people=3)
    running(cast.adam, stages=[gated, Planned("Everybody else", {"everyone": True}, starts_at=soon)])

    assert not may_use(cast.mika, now=soon + DAY)


def test_a_pause_keeps_who_was_reached_and_lets_nobody_new_in(cast):
    stages = [STAGES[0], Planned("All", {"everyone": True}, starts_at=timezone.now() + DAY)]
    rollout = running(cast.adam, stages=stages)

    rollouts.pause(cast.adam, rollout, reason="Holidays")

    assert may_use(cast.olive)
    refused = may_use(cast.mika, now=timezone.now() + 2 * DAY)
    assert refused.reason.endswith("It is paused.")
    rollouts.resume(cast.adam, rollout)
    assert may_use(cast.mika, now=timezone.now() + 2 * DAY)


def test_going_back_takes_the_last_stage_and_keeps_those_before_it(cast):
    rollout = running(cast.adam)
    rollouts.advance(cast.adam, rollout)
    assert may_use(cast.lena)

    rollouts.go_back(cast.adam, rollout)

    assert not may_use(cast.lena)
    assert may_use(cast.adam)
    assert reached(rollout) == ["Adam", "Anna", "Olive", "Oscar"]
    rollouts.advance(cast.adam, rollout)
    assert may_use(cast.lena)


def test_a_discarded_one_leaves_it_to_nobody_until_another_starts(cast):
    rollout = running(cast.adam)

    rollouts.discard(cast.adam, rollout)

    assert may_use(cast.olive).reason == "The rollout “Deep for all” of deep was discarded: nobody has it."
    again = running(cast.adam)
    assert may_use(cast.olive)
    rollouts.finish(cast.adam, again)
    assert may_use(cast.mika)


def test_a_feature_is_kept_from_those_who_were_not_reached(cast):
    running(cast.adam, Thing("feature", "file_uploads", "File uploads"))

    assert check(cast.olive, Action.FILE_UPLOAD)
    fresh = Member.objects.select_related("org", "user").get(pk=cast.mika.pk)
    assert check(fresh, Action.FILE_UPLOAD).deciding.rule == "rollout/feature/file_uploads"
    assert check(fresh, Action.MESSAGE_SEND)


def test_reached_members_get_the_new_version_of_the_policy_and_the_others_the_one_before(cast):
    make_model(cast.acme), make_model(cast.acme, "fast")
    first, second = (_version(cast.acme, n, models) for n, models in ((1, ["fast"]), (2, ["fast", "deep"])))
    PolicyInForce.objects.create(org=cast.acme, version=first)

    rollout = running(cast.adam, Thing("policy", "2", "Version 2", second))

    assert may_use(cast.olive)
    assert may_use(cast.mika).deciding.layer == "model"
    rollouts.finish(cast.adam, rollout)
    assert may_use(cast.mika)
    assert PolicyInForce.objects.get(org=cast.acme).version == second


def move(actor, member, team):
    places.place(actor, member, to=Place.in_team(team) if team else Place())


def _version(org, number, models):
    document = {
        "allowed_models": {"general_staff": models},
        "restricted_use_cases": [],
        "monitoring_level": "standard",
    }
    return PolicyVersion.objects.create(org=org, number=number, document=document, author_name="Olive")


def test_two_rollouts_of_one_thing_never_run_beside_each_other(cast):
    planned(cast.adam)

    with pytest.raises(Refused, match="Finish or discard it first"):
        rollouts.create(cast.olive, cast.acme, of_model(), name="Again", stages=STAGES)


def test_only_stages_that_have_not_begun_are_planned_anew(cast):
    rollout = running(cast.adam)

    rollouts.revise(cast.adam, rollout, name="Deep", stages=[Planned("Mika's team", {"teams": [cast.search.pk]})])
    rollouts.advance(cast.adam, rollout)

    assert may_use(cast.mika)
    assert [stage.name for stage in rollout.stages.all()] == ["Admins", "Mika's team"]
    with pytest.raises(Refused, match="Every stage"):
        rollouts.advance(cast.adam, rollout)


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus", "eve"])
def test_nobody_but_owners_and_admins_rolls_anything_out(cast, name):
    rollout = planned(cast.adam)

    with pytest.raises(Denied):
        rollouts.start(getattr(cast, name), rollout)
