"""Before a policy counts: past usage replayed under a draft, and versions that run report-only."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import drain, judging
from analytics.models import Event
from orgs import jobs
from orgs.access import Action, Refused, check
from orgs.models import Job, Organization
from policies.actions import trials
from policies.models import WHOLE, Judged, PolicyDraft, PolicyInForce, PolicyVersion
from policies.queries import judged
from policies.queries import trials as queries
from tests.analytics.sending import event, send
from tests.cast import make_key, make_member
from tests.doors import console
from tests.policies.writing import LEADERS, catalogue, draft, publish

YESTERDAY = datetime.combine(timezone.now().astimezone(UTC).date() - timedelta(days=1), time(12), UTC)
SOON = timedelta(days=14)


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


def used(cast, client, *responses, at=YESTERDAY):
    """Responses as (member, model) or (member, model, use case), each at a cost of one USD."""
    _key, secret = make_key(cast.acme)
    sent = []
    for number, (who, model, *case) in enumerate(responses):
        said = {"member": who, "model": model, "cost": "1", "use_case": case[0] if case else None}
        sent.append(event(f"{at.isoformat()}-{number}", "response", at=at, **said))
    send(client, secret, sent)
    drain.run()


def replayed(cast, days="7", by=None):
    """The finished replay of the draft, and its page."""
    door = console(by or cast.olive)
    answer = door.post(reverse("policies_replay", args=["acme", WHOLE]), {"days": days})
    job = Job.objects.latest("created_at")
    while jobs.run(job.pk):
        pass
    return job, door.get(answer["Location"]).content.decode()


def test_a_replay_names_what_the_draft_would_have_refused_to_whom_and_at_what_cost(cast, client):
    used(
        cast, client, ("mika@acme.example", "deep"), ("mika@acme.example", "deep"), ("mika@acme.example", "basic"),
        ("lena@acme.example", "deep"), ("stranger@x.example", "deep"),
    )  # fmt: skip
    draft(cast.olive, LEADERS)

    job, page = replayed(cast)

    result = judged.result(cast.olive, Judged.objects.filter(job=job))
    assert (result.total.asked, result.total.refused, result.total.spent) == (5, 2, 2 * 10**9)
    assert [(line.name, line.asked, line.refused) for line in result.people] == [("Mika", 3, 2)]
    assert [(line.name, line.refused) for line in result.models] == [("deep", 2)]
    assert (result.half, result.unjudged) == (("Mika",), 1)
    assert 'data-refused value="2"' in page
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


def test_a_replay_judges_use_cases_and_aliases_as_decisions_do(cast, client):
    used(cast, client, ("mika@acme.example", "basic", "gossip"), ("mika@acme.example", "basic", "work"))
    draft(cast.olive, LEADERS | {"restricted_use_cases": ["gossip"]})

    job, _page = replayed(cast)

    assert [
        (line.name, line.refused) for line in judged.result(cast.olive, Judged.objects.filter(job=job)).use_cases
    ] == [("gossip", 1)]


def test_where_phrases_tell_a_use_case_both_pages_say_that_past_usage_holds_no_texts(cast, client):
    told = LEADERS | {"use_cases": {"private": {"effect": "block", "phrases": ["my holiday"]}}}
    for document, said in ((LEADERS, False), (told, True)):
        draft(cast.olive, document)
        assert ("Past usage holds no texts" in replayed(cast)[1]) is said

    revision = PolicyDraft.objects.get().revision
    trials.begin(cast.olive, cast.acme, WHOLE, revision=revision, until=timezone.now() + SOON)
    page = console(cast.olive).get(reverse("policies_trial", args=["acme", WHOLE])).content.decode()
    assert "Past usage holds no texts" in page


def test_what_is_refused_today_already_is_no_news_of_the_draft(cast, client):
    used(cast, client, ("mika@acme.example", "deep"), ("mika@acme.example", "basic"))
    publish(cast.olive, LEADERS)
    draft(cast.olive, LEADERS | {"allowed_models": {"general_staff": [], "leaders": ["deep"]}})

    job, _page = replayed(cast)

    result = judged.result(cast.olive, Judged.objects.filter(job=job))
    assert [(line.name, line.refused) for line in result.models] == [("basic", 1)]


def test_a_replay_changes_nothing_and_reads_its_days_alone(cast, client):
    used(cast, client, ("mika@acme.example", "deep"), at=YESTERDAY - timedelta(days=20))
    draft(cast.olive, LEADERS)

    assert replayed(cast, "7")[0].rows.count() == 1
    assert not Judged.objects.exists()
    thirty, _page = replayed(cast, "30")

    assert thirty.rows.count() == 5
    assert judged.refused(Judged.objects.filter(job=thirty)) == 1
    cast.mika.org.refresh_from_db()
    assert check(cast.mika, Action.MODEL_USE, cast.acme, model="deep")
    assert not PolicyVersion.objects.exists()


def test_a_batch_that_is_done_twice_counts_once(cast, client):
    used(cast, client, ("mika@acme.example", "deep"))
    draft(cast.olive, LEADERS)
    job, _page = replayed(cast)

    judging.REPLAY.batch(job, list(job.rows.all()), lambda results: None)

    assert judged.refused(Judged.objects.filter(job=job)) == 1


def test_an_admin_sees_no_cost_where_only_owners_do(cast, client):
    used(cast, client, ("mika@acme.example", "deep"))
    draft(cast.olive, LEADERS)

    assert "USD" in replayed(cast)[1]
    assert "USD" not in replayed(cast, by=cast.adam)[1]


def test_what_is_judged_adds_up_in_as_many_queries_at_any_size(cast, client, django_assert_max_num_queries):
    people = [make_member(cast.acme, f"P{number}") for number in range(30)]
    used(cast, client, *((f"p{number}@acme.example", "deep") for number in range(30)))
    draft(cast.olive, LEADERS)
    job, _page = replayed(cast)

    with django_assert_max_num_queries(9):
        result = judged.result(cast.olive, Judged.objects.filter(job=job))

    assert (result.people_count, len(result.people)) == (len(people), judged.SHOWN)


# ---------------------------------------------------------------- report-only


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
    assert "Version 2 of the policy runs report-only" in console(cast.adam).get("/o/acme/members/").content.decode()
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
    tried(cast, client)

    url = reverse("policies_trial_enforce", args=["acme", WHOLE])
    assert "deep is lost by" in (asked := console(cast.adam).get(url).content.decode())
    assert ">None" not in asked
    console(cast.adam).post(url)

    force = PolicyInForce.objects.get(org=cast.acme)
    cast.mika.org.refresh_from_db()
    assert (force.version.number, force.trial) == (2, None)
    assert not check(cast.mika, Action.MODEL_USE, cast.acme, model="deep")


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
