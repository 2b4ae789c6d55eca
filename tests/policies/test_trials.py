"""Before a policy counts: versions that run report-only."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import judging
from analytics.models import Event
from orgs.access import Action, Refused, check
from orgs.models import Organization
from policies.actions import trials
from policies.models import WHOLE, Judged, PolicyInForce, PolicyVersion
from policies.queries import trials as queries
from policies.queries import versions
from tests.cast import make_member
from tests.doors import console
from tests.policies.using import YESTERDAY, used
from tests.policies.writing import LEADERS, catalogue, draft, publish

SOON = timedelta(days=14)


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


def tried(cast, client):
    """A trial of LEADERS, which keeps `deep` from Mika, and one answer that Mika had from it since."""
    publish(cast.olive, LEADERS | {"allowed_models": {"general_staff": ["basic", "deep"]}})
    saved = draft(cast.olive, LEADERS)
    door = console(cast.olive)
    day = (timezone.now() + SOON).date().isoformat()
    sent = {"last_day": day, "revision": saved.revision, "note": "Let us see"}
    door.post(reverse("policies_trial_begin", args=["acme", WHOLE]), sent)
    force = PolicyInForce.objects.get(org=cast.acme)
    PolicyInForce.objects.update(trial_from=timezone.now() - timedelta(days=1, hours=12))
    used(cast, client, ("mika@acme.example", "deep"))
    judging.count_trials(timezone.now())
    return force


def test_a_version_that_runs_report_only_refuses_nothing_and_counts_what_it_would_have(cast, client):
    force = tried(cast, client)

    cast.mika.org.refresh_from_db()
    assert (force.version.number, force.trial.number) == (1, 2)
    assert check(cast.mika, Action.MODEL_USE, cast.acme, model="deep")
    assert queries.trial(cast.olive, WHOLE).refused == 1
    page = console(cast.olive).get(reverse("policies", args=["acme"])).content.decode()
    assert "Version 2 runs report-only" in page
    assert "1 response would have been refused so far" in page
    told = console(cast.adam).get("/o/acme/members/").content.decode()
    assert "Version 2 of the policy runs report-only" in told
    assert f'1 refused so far · <a href="{reverse("policies_trial", args=["acme", WHOLE])}">Open' in told
    assert "report-only" not in console(cast.mika).get("/o/acme/workspaces/").content.decode()


def test_counting_again_counts_late_usage_and_nothing_twice(cast, client):
    tried(cast, client)
    used(cast, client, ("mika@acme.example", "deep"), at=YESTERDAY + timedelta(hours=1))

    for _time in range(2):
        judging.count_trials(timezone.now())

    assert queries.trial(cast.olive, WHOLE).refused == 2


def test_it_counts_from_its_first_moment_to_the_end_of_its_last_day(cast, client):
    force = tried(cast, client)
    midnight = YESTERDAY.replace(hour=0)
    force.trial_from, force.trial_until = midnight - timedelta(hours=12), midnight + timedelta(days=1)
    force.save()
    Judged.objects.all().delete()
    for at in (
        midnight - timedelta(hours=12, seconds=1),  # before it began, on its first day
        midnight - timedelta(hours=12),
        midnight + timedelta(days=1, seconds=-1),
        midnight + timedelta(days=1),  # the day after its last
    ):
        used(cast, client, ("mika@acme.example", "deep"), at=at)

    judging.count_trials(midnight + timedelta(days=1, hours=12))

    assert queries.trial(cast.olive, WHOLE).refused == 3  # two of these, and the one of yesterday's noon
    page = console(cast.olive).get(reverse("policies_trial", args=["acme", WHOLE])).content.decode()
    assert "those that are reported up to two days late included" in page


def test_where_nobody_asked_anything_no_day_is_counted_for_ever(cast, client):
    tried(cast, client)
    now = timezone.now()
    Judged.objects.all().delete()
    PolicyInForce.objects.update(trial_from=now - timedelta(days=30), trial_until=now + SOON)
    Event.objects.all().delete()

    assert [judging.count_trials(now) for _time in range(2)] == [31, 3]
    assert queries.trial(cast.olive, WHOLE).refused == 0
    assert "not judged" not in console(cast.olive).get(reverse("policies_trial", args=["acme", WHOLE])).text


def test_usage_that_comes_two_days_late_is_counted_also_after_the_last_day(cast, client):
    force = tried(cast, client)
    midnight = YESTERDAY.replace(hour=0) + timedelta(days=1)
    PolicyInForce.objects.update(trial_until=midnight)
    used(cast, client, ("mika@acme.example", "deep"), at=midnight - timedelta(hours=1))

    judging.count_trials(midnight + timedelta(days=2, seconds=-1))
    assert queries.trial(cast.olive, WHOLE).refused == 2
    used(cast, client, ("mika@acme.example", "deep"), at=midnight - timedelta(hours=2))
    judging.count_trials(midnight + timedelta(days=2))

    assert queries.trial(cast.olive, WHOLE).refused == 2
    assert force.trial_id


def test_a_suspended_organization_waits_and_one_that_fails_stops_no_other(cast, client):
    tried(cast, client)
    now = timezone.now()
    spoiled = PolicyVersion.objects.create(org=cast.eve.org, number=1, document={"allowed_models": 5})
    days = {"trial_from": now - timedelta(days=1), "trial_until": now + SOON}
    PolicyInForce.objects.create(pk=1, org=cast.eve.org, trial=spoiled, **days)
    Judged.objects.all().delete()

    judging.count_trials(now)
    assert queries.trial(cast.olive, WHOLE).refused == 1
    Judged.objects.all().delete()
    Organization.objects.filter(pk=cast.acme.pk).update(suspended_at=now)

    assert judging.count_trials(now) == 0
    assert not Judged.objects.exists()


def test_people_are_read_once_for_all_days_of_a_trial(cast, client, django_assert_max_num_queries):
    tried(cast, client)
    now = timezone.now()
    PolicyInForce.objects.update(trial_from=now - timedelta(days=60), trial_until=now + SOON)

    def cost(days):
        Judged.objects.all().delete()
        PolicyInForce.objects.update(trial_from=now - timedelta(days=days))
        with django_assert_max_num_queries(500) as asked:
            judging.count_trials(now)
        return sum("orgs_member" in one["sql"] for one in asked.captured_queries)

    assert cost(20) == cost(2)


def test_enforcing_lets_it_count_from_the_next_question_on(cast, client):
    for number in range(6):
        make_member(cast.acme, f"P{number}")
    tried(cast, client)

    url = reverse("policies_trial_enforce", args=["acme", WHOLE])
    assert "deep is lost by" in (asked := console(cast.adam).get(url).content.decode())
    assert re.search(r"deep is lost by \d+ people \([^)]+ and \d+ more\)", asked)
    assert ">None" not in asked
    console(cast.adam).post(url, {"typed": "Acme"})

    force = PolicyInForce.objects.get(org=cast.acme)
    cast.mika.org.refresh_from_db()
    assert (force.version.number, force.trial) == (2, None)
    assert not check(cast.mika, Action.MODEL_USE, cast.acme, model="deep")


def test_a_version_that_was_enforced_says_when_it_ran_report_only_and_since_when_it_counts(cast, client):
    tried(cast, client)
    door, two = console(cast.adam), PolicyVersion.objects.get(number=2)
    before = versions.course(cast.adam, two)
    enforced_from = timezone.now()
    door.post(reverse("policies_trial_enforce", args=["acme", WHOLE]))

    found = versions.course(cast.adam, two)
    assert (before.force_at, before.tried_at) == (None, found.tried_at)
    assert found.tried_at < enforced_from < found.force_at
    assert versions.course(cast.adam, PolicyVersion.objects.get(number=1)).tried_at is None
    for name, *more in (("policies",), ("policies_version", WHOLE, 2)):
        page = door.get(reverse(name, args=["acme", *more])).content.decode()
        for said, at in (("Report-only from", found.tried_at), ("In force since", found.force_at)):
            assert at.isoformat() in page.partition(said)[2][:200]


def test_discarding_ends_it_and_the_version_stays_readable(cast, client):
    tried(cast, client)

    console(cast.olive).post(reverse("policies_trial_discard", args=["acme", WHOLE]))

    assert queries.trial(cast.olive, WHOLE) is None
    assert console(cast.olive).get(reverse("policies_version", args=["acme", WHOLE, 2])).status_code == 200


def test_it_is_extended_and_past_its_day_it_waits_for_a_decision(cast, client):
    force = tried(cast, client)
    PolicyInForce.objects.update(trial_until=timezone.now())

    assert "Its last day is past" in console(cast.olive).get(reverse("policies", args=["acme"])).content.decode()
    day = (timezone.now() + 2 * SOON).date().isoformat()
    console(cast.olive).post(reverse("policies_trial_extend", args=["acme", WHOLE]), {"last_day": day})

    force.refresh_from_db()
    assert force.trial_until > timezone.now() + SOON
    assert not queries.trial(cast.olive, WHOLE).over


def test_only_one_version_of_a_policy_runs_report_only(cast, client):
    tried(cast, client)
    saved = draft(cast.olive, LEADERS | {"restricted_use_cases": ["gossip"]})

    with pytest.raises(Refused, match="Version 2 runs report-only already"):
        trials.begin(cast.olive, cast.acme, WHOLE, revision=saved.revision, until=timezone.now() + SOON)
