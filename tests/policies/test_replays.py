"""Before a policy counts: past usage replayed under a draft."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import judging
from orgs import jobs
from orgs.access import Action, check
from orgs.models import AuditEntry, Job
from orgs.queries import needs, sentences
from orgs.templatetags.ui import percent
from policies.actions import policies, trials
from policies.actions.rollouts import Planned, Thing
from policies.models import WHOLE, Judged, PolicyDraft, PolicyVersion
from policies.queries import judged
from tests.cast import make_member
from tests.doors import console
from tests.policies.rolling import running
from tests.policies.using import YESTERDAY, used
from tests.policies.writing import LEADERS, catalogue, draft, publish

SOON = timedelta(days=14)


@pytest.fixture(autouse=True)
def _models(cast):
    catalogue(cast.acme)


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


def test_a_result_leads_on_and_says_how_many_of_the_people_it_names(cast, client):
    crowd = [make_member(cast.acme, f"Person {number:02}") for number in range(23)]
    used(cast, client, *((one.user.email, "deep") for one in crowd))
    draft(cast.olive, LEADERS)

    job, page = replayed(cast)
    assert "The first 20 of 23." in page
    for way in ("Publish…", "Run it report-only…", "Edit the draft", "Other days…"):
        assert way in page
    publish(cast.olive, LEADERS | {"monitoring_level": "full"})

    later = console(cast.olive).get(reverse("policies_replayed", args=["acme", WHOLE, job.pk])).text
    assert "Run it report-only…" not in later
    assert "Replay again…" in later


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (0.0001, "< 0.1"), (0.004, "0.4"), (0.88, "88"), (0.9972, "99.7"), (0.99999, "> 99.9"), (1, "100")],
)
def test_what_is_not_quite_all_or_nothing_is_not_rounded_to_it(share, said):
    assert percent(share) == f"{said}\N{NARROW NO-BREAK SPACE}%"


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


def test_whoever_is_refused_everything_already_is_in_no_total_of_a_replay(cast, client):
    make_member(cast.acme, "Reader", role="viewer")
    make_member(cast.acme, "Sid", suspended_at=timezone.now())
    used(cast, client, *((f"{who}@acme.example", "deep") for who in ("reader", "sid", "mika")))
    draft(cast.olive, LEADERS)

    job, _page = replayed(cast)

    result = judged.result(cast.olive, Judged.objects.filter(job=job))
    assert [(line.name, line.refused) for line in result.people] == [("Mika", 1)]
    assert ((result.total.refused, result.people_count), result.half) == ((1, 1), ("Mika",))
    assert [row[1] for row in judged.rows(cast.olive, Judged.objects.filter(job=job))] == ["Mika"]
    assert result.unjudged == 0


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


def test_a_replay_names_the_version_that_its_draft_became(cast, client):
    used(cast, client, ("mika@acme.example", "deep"))
    revision = draft(cast.olive, LEADERS).revision
    job, page = replayed(cast)
    assert "under the draft" in page
    draft(cast.olive, LEADERS | {"restricted_use_cases": ["gossip"]})
    url = reverse("policies_replayed", args=["acme", WHOLE, job.pk])
    assert "under an earlier draft" in console(cast.olive).get(url).content.decode()

    job, _page = replayed(cast)
    policies.publish(cast.olive, cast.acme, WHOLE, revision=revision + 1)

    url = reverse("policies_replayed", args=["acme", WHOLE, job.pk])
    assert "under version 1" in console(cast.olive).get(url).content.decode()


def test_an_export_of_whom_a_policy_touches_is_told_as_what_it_is(cast, client):
    used(cast, client, ("mika@acme.example", "deep"))
    door, revision = console(cast.olive), draft(cast.olive, LEADERS).revision
    job, _page = replayed(cast)
    door.get(reverse("policies_replayed_people", args=["acme", WHOLE, job.pk]))
    door.get(reverse("policies_publish_export", args=["acme", WHOLE]))
    trials.begin(cast.olive, cast.acme, WHOLE, revision=revision, until=timezone.now() + SOON)
    door.get(reverse("policies_trial_people", args=["acme", WHOLE]))

    told = [sentences.sentence(e) for e in AuditEntry.objects.filter(action=Action.MEMBER_EXPORT).order_by("seq")]
    assert told == [
        f"Olive exported the replay of {job.params['first']} – {job.params['last']}.",
        "Olive exported whom the draft of the policy would change.",
        "Olive exported whom version 1, which ran report-only, would have refused.",
    ]


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
    page = console(cast.olive).get(reverse("policies_replayed", args=["acme", WHOLE, job.pk])).content.decode()
    assert "and 10 more" in page


def test_a_replay_that_failed_waits_for_whoever_started_it_and_leads_to_its_page(cast):
    draft(cast.adam, LEADERS)
    door = console(cast.olive)
    page = door.post(reverse("policies_replay", args=["acme", WHOLE]), {"days": "30"})["Location"]
    Job.objects.update(state=Job.State.PARKED, ended_at=timezone.now(), attempts=3)

    (told,) = needs.needs(cast.olive, timezone.now()).groups
    (need,) = told.needs

    assert (told.title, need.url) == ("Failed tasks", page)
    assert "Replay past usage under the draft" in need.more
    assert f'href="{page}"' in door.get("/o/acme/needs/").text
    assert door.get(page).status_code == 200
    assert needs.count(cast.adam, timezone.now()) == 0


def test_what_a_rollout_keeps_from_somebody_today_already_is_no_refusal_of_the_draft(cast, client):
    used(cast, client, *((f"{name}@acme.example", "deep") for name in ("olive", "adam", "lena", "mika")))
    running(cast.adam, stages=[Planned("Owners", {"roles": ["owner"]}), Planned("Leads", {"leads": True})])
    draft(cast.olive, LEADERS | {"allowed_models": {"general_staff": ["basic"]}})

    job, _page = replayed(cast)

    told = judged.result(cast.olive, Judged.objects.filter(job=job))
    assert [(line.name, line.refused) for line in told.people] == [("Olive", 1)]


def test_what_a_version_that_reached_somebody_refuses_them_is_no_news_when_all_get_it(cast, client):
    publish(cast.olive, LEADERS | {"allowed_models": {"general_staff": ["basic", "deep"]}})
    used(cast, client, *((f"{name}@acme.example", "deep") for name in ("olive", "mika")))
    narrow = LEADERS | {"allowed_models": {"general_staff": ["basic"]}}
    second = PolicyVersion.objects.create(org=cast.acme, number=2, document=narrow)
    running(cast.adam, Thing("policy", "2", "version 2", second), stages=[Planned("Owners", {"roles": ["owner"]})])
    draft(cast.olive, narrow)

    job, _page = replayed(cast)

    told = judged.result(cast.olive, Judged.objects.filter(job=job))
    assert [(line.name, line.refused) for line in told.people] == [("Mika", 1)]
