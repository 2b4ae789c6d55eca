"""A level that rises while no mail reaches somebody rises for them when they were told (product.md 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.actions import delegation, guests, members
from orgs.models import Member, User
from policies import levels
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.models import HeardConversation, PolicyVersion
from policies.tasks import tell_levels
from tests.cast import again
from tests.doors import console
from tests.policies.publishing import put_in_force
from tests.policies.rolling import make_model, planned
from tests.policies.test_monitoring_moments import kept, stands
from tests.policies.test_monitoring_rolled_out import told


def away(cast):
    """Members who may do nothing now, each with the deed that lets them again."""
    now = timezone.now()
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=now - timedelta(hours=1))
    User.objects.filter(pk=cast.vera.user_id).update(is_active=False)
    members.remove(cast.olive, cast.anna, reason="left")
    return {
        "sam": lambda: members.reactivate(cast.olive, again(cast.sam)),
        "gus": lambda: guests.extend(cast.olive, again(cast.gus), ends_at=now + timedelta(days=5)),
        "vera": lambda: User.objects.filter(pk=cast.vera.user_id).update(is_active=True),
        "anna": lambda: members.restore(cast.olive, again(cast.anna), fresh=False),
    }


def brought(cast, how):
    """`full` where `minimal` was, and everybody told who could be: by a publication, or by a rollout that goes on."""
    make_model(cast.acme, "fast-iteration")
    first = put_in_force(cast.acme, "minimal")
    second = PolicyVersion.objects.create(
        org=cast.acme, number=2, document=first.document | {"monitoring_level": "full"}
    )
    stages = [Planned("All", {"everyone": True, "guests": True})]
    rollouts.start(cast.adam, rollout := planned(cast.adam, Thing("policy", "2", "version 2", second), stages=stages))
    if how == "published":
        rollouts.finish(cast.adam, rollout)
    cast.acme.refresh_from_db()
    return rollout


@pytest.mark.parametrize("how", ["rolled out", "published"])
@pytest.mark.parametrize("name", ["sam", "gus", "vera", "anna"])
def test_a_level_that_rose_while_somebody_was_away_holds_for_them_once_they_were_told(cast, how, name):
    member, back = getattr(cast, name), away(cast)[name]
    rollout = brought(cast, how)
    assert name not in dict(told())
    back()
    told()
    since = timezone.now()
    if how == "rolled out":
        rollouts.revise(cast.adam, rollout, name="On", stages=[])

    if (name, "Full") not in told():  # whom no stage reached before it reaches now, and is told by it
        assert (kept(cast, name, "mika"), stands(member)) == (["mika"], "Minimal")
        assert tell_levels() == 1
        assert told() == [(name, "Full")]
    assert kept(cast, name, at=since) == []
    assert (kept(cast, name), stands(member)) == ([name], "Full")
    assert tell_levels() == 0


def test_who_is_away_stays_under_what_they_were_told_until_they_are_active_again(cast):
    brought(cast, "published")

    assert tell_levels() == 0
    assert stands(cast.sam) == "Minimal"
    put_in_force(cast.acme, "standard")
    levels.published(PolicyVersion.objects.latest("number"), level_before="full", at=timezone.now())
    assert stands(cast.sam) == "Minimal"
    put_in_force(cast.acme, "minimal")
    levels.published(PolicyVersion.objects.latest("number"), level_before="standard", at=timezone.now())
    members.reactivate(cast.olive, cast.sam)
    assert tell_levels() == 0


def test_whom_a_rollout_told_of_nothing_is_told_once_it_is_finished_and_they_are_back(cast):
    rollout = brought(cast, "rolled out")
    members.reactivate(cast.olive, cast.sam)
    told()

    rollouts.finish(cast.adam, rollout)

    assert ("sam", "Full") in told()
    assert kept(cast, "sam") == ["sam"]


def test_a_level_taken_back_is_lowered_at_once_for_whom_no_mail_reaches(cast):
    rollout = brought(cast, "rolled out")
    members.suspend(cast.olive, cast.mika, reason="away")
    rollouts.discard(cast.adam, rollout)

    assert stands(cast.mika) == "Minimal"
    assert "mika" not in dict(told()[-1:])
    members.reactivate(cast.olive, cast.mika)
    assert (tell_levels(), kept(cast, "mika")) == (0, [])


def test_no_title_is_found_of_whom_nobody_told_of_the_level_that_shows_it(cast):
    brought(cast, "published")
    delegation.delegate(cast.olive, cast.adam, permissions=["compliance"])
    for member in (cast.sam, cast.mika):
        said = {"member": member, "member_name": str(member), "last_at": timezone.now()}
        HeardConversation.objects.create(
            org=cast.acme, conversation=str(member), title="Zebediah", source="api", **said
        )

    page = console(again(cast.adam)).get("/o/acme/monitoring/conversations/", {"q": "Zebediah"}).text

    assert "Mika" in page
    assert "Sam" not in page
