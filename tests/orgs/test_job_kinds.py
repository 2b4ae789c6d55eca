"""Kinds of jobs: one line in settings says what a batch of it does; the machinery is the same for all."""

from django.conf import settings as real
from django.urls import resolve
from django.utils.module_loading import import_string

from orgs import jobs
from orgs.models import Job, JobRow, Organization

HERE = "tests.orgs.test_job_kinds"


def _count_letters(job, rows, note):
    """Words of the letter that is asked for are done, other ones refused; what is no word is passed over."""
    for row in rows:
        if row.data:
            fits = row.data["word"].startswith(job.params["letter"])
            note([jobs.Result(row.target_id, "done" if fits else "refused", "" if fits else "Another letter.")])


def _learn(job, rows, note):
    note([jobs.Result(row.target_id, "done", data={"before": row.data}) for row in rows])


PAGE = jobs.kinds.page_named("members_job")
WORDS = jobs.Kind(_count_letters, lambda job: "Count words", PAGE, missed="No word.", size=2)
LATER = jobs.Kind(_count_letters, lambda job: "Count words", PAGE, size=2, at_once=0)
LEARNS = jobs.Kind(_learn, lambda job: "Learn words", PAGE)


def _targets(*words):
    return (jobs.Target(n, f"line {n}", {"word": word} if word else {}) for n, word in enumerate(words, 1))


def test_every_kind_in_settings_can_be_done_and_named_and_has_a_page():
    for kind, path in real.JOBS.items():
        found = import_string(path)
        assert isinstance(found, jobs.Kind)
        page = found.page(Job(pk=7, org=Organization(slug="acme"), kind=kind, params={"scope": "3"}))
        assert resolve(page).kwargs | {"slug": "acme", "job_id": 7} == resolve(page).kwargs
        assert len(kind) <= Job._meta.get_field("kind").max_length


def test_a_kind_is_one_line_in_settings_and_its_targets_need_be_no_rows(cast, settings):
    settings.JOBS = {"words": f"{HERE}.WORDS"}

    job = jobs.start(cast.olive, "words", _targets("ant", "bee", "", "ape", "asp"), params={"letter": "a"})

    results = JobRow.objects.filter(job=job).order_by("target_id").values_list("target_name", "outcome", "reason")
    assert (job.state, job.total, job.done, job.failed) == ("done", 5, 5, 2)
    assert list(results) == [
        ("line 1", "done", ""),
        ("line 2", "refused", "Another letter."),
        ("line 3", "refused", "No word."),
        ("line 4", "done", ""),
        ("line 5", "done", ""),
    ]


def test_a_kind_may_leave_even_little_to_a_worker(cast, settings, django_capture_on_commit_callbacks):
    settings.JOBS = {"words": f"{HERE}.LATER"}

    with django_capture_on_commit_callbacks() as kicked:
        job = jobs.start(cast.olive, "words", _targets("ant"), params={"letter": "a"})
    waiting = job.state, jobs.due()
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (len(kicked), waiting, job.state) == (1, ("waiting", [job.pk]), "done")


def test_what_a_batch_learned_of_a_target_is_kept_with_its_result(cast, settings):
    settings.JOBS = {"words": f"{HERE}.LEARNS"}

    job = jobs.start(cast.olive, "words", _targets("ant", "bee"))

    kept = JobRow.objects.filter(job=job).order_by("target_id").values_list("data", flat=True)
    assert list(kept) == [{"before": {"word": "ant"}}, {"before": {"word": "bee"}}]


def test_jobs_of_a_kind_that_settings_no_longer_name_wait_for_its_return(cast, settings):
    settings.JOBS = {"words": f"{HERE}.LATER"}
    jobs.start(cast.olive, "words", _targets("ant"), params={"letter": "a"})

    settings.JOBS = {}

    assert jobs.due() == []
