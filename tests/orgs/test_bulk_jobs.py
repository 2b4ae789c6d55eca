"""Deeds on more than two hundred: a job that ends with a result for each, whatever happens to its worker."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from orgs import jobs
from orgs.jobs import members as on_members
from orgs.jobs import work
from orgs.models import AuditEntry, Job, JobRow, Member
from orgs.tasks import resume_jobs, run_job
from tests.doors import console
from tests.orgs.crowd import make_crowd

URL = "/o/acme/members/bulk/"


def _start(cast, deed="plan", **values):
    values = values or {"plan": "expert"}
    crowd = Member.objects.visible_to(cast.olive).filter(listed_as__startswith="bea")
    return on_members.start(cast.olive, crowd, deed=deed, values=values)


def _tried(job):
    return JobRow.objects.filter(job=job).exclude(outcome="").count()


@pytest.mark.both
def test_more_than_two_hundred_are_left_to_a_worker_and_end_with_a_result_each(
    cast, django_capture_on_commit_callbacks
):
    make_crowd(cast.acme, 1_201)
    Member.objects.filter(listed_as__startswith="bea 00000").update(plan="expert")

    with django_capture_on_commit_callbacks() as kicked:
        answer = console(cast.olive).post(f"{URL}?q=bea", {"deed": "plan", "plan": "expert", "all_matching": "1"})
    job = Job.objects.get()
    waiting = console(cast.olive).get(answer["Location"], hx=True).content.decode()
    run_job(job.pk)
    over = console(cast.olive).get(answer["Location"], hx=True).content.decode()
    job.refresh_from_db()

    assert len(kicked) == 1
    assert 'hx-trigger="every 1s"' in waiting
    assert 'value="0" max="1201"' in waiting
    assert "every 1s" not in over
    assert '<data data-result="done" value="1200">' in over
    assert '<data data-result="same" value="1">' in over
    assert (job.state, job.done, job.failed, job.total) == ("done", 1_201, 0, 1_201)
    assert AuditEntry.objects.filter(action="member.plan").count() == 1_200


def test_who_is_meant_is_fixed_when_the_job_starts(cast):
    make_crowd(cast.acme, 201)
    job = _start(cast)

    late = make_crowd(cast.acme, 1)[0]
    jobs.run(job.pk)

    assert JobRow.objects.filter(job=job).count() == 201
    assert Member.objects.get(pk=late.pk).plan == "advanced"


def test_a_job_acts_in_the_name_of_who_started_it_with_the_rights_they_have_then(cast):
    make_crowd(cast.acme, 700)
    job = _start(cast)
    Member.objects.filter(pk=cast.olive.pk).update(suspended_at=timezone.now(), suspension_reason="left")
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(access_version=50)

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == ("done", 700, 700)
    assert set(JobRow.objects.filter(job=job).values_list("reason", flat=True)) == {"Olive is suspended in Acme."}
    assert not AuditEntry.objects.exists()


def _dies(job, *, ago):
    """A worker takes the job and is killed, `ago`: the row stays as it left it."""
    assert work._claim(job.pk) is not None
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - ago)


def _breaks(table):
    """From now on the database refuses every change of `table`, as a full disk does."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER full BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END")


@pytest.mark.both
def test_after_a_crash_another_worker_goes_on_and_tries_nobody_twice(cast):
    make_crowd(cast.acme, 1_300)
    job = _start(cast)
    jobs.run(job.pk, batches=1)
    _dies(job, ago=timedelta(seconds=5))
    job.refresh_from_db()
    crashed = (job.state, job.done, _tried(job), AuditEntry.objects.count())
    Member.objects.filter(pk=JobRow.objects.filter(job=job, outcome="done").first().target_id).update(plan="standard")

    too_early = jobs.run(job.pk), jobs.due()
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - timedelta(minutes=5))
    due = jobs.due()
    jobs.run(job.pk)

    job.refresh_from_db()
    assert crashed == ("running", 500, 500, 500)
    assert too_early == (False, [])
    assert due == [job.pk]
    assert (job.state, job.done, _tried(job)) == ("done", 1_300, 1_300)
    assert AuditEntry.objects.count() == 1_300
    assert Member.objects.filter(listed_as__startswith="bea", plan="standard").count() == 1


def test_a_batch_whose_results_are_not_kept_did_not_happen(cast):
    make_crowd(cast.acme, 300)
    job = _start(cast)
    _breaks("orgs_jobrow")

    with pytest.raises(IntegrityError):
        jobs.run(job.pk)

    assert _tried(job) == 0
    assert not AuditEntry.objects.exists()
    assert not Member.objects.filter(listed_as__startswith="bea", plan="expert").exists()


def test_a_job_that_fails_three_times_is_parked_and_says_how_many_were_not_tried(cast):
    make_crowd(cast.acme, 600)
    job = _start(cast)
    _breaks("orgs_member")

    for _round in range(3):
        with pytest.raises(IntegrityError):
            jobs.run(job.pk)
    page = console(cast.olive).get(f"/o/acme/members/jobs/{job.pk}/").content.decode()

    job.refresh_from_db()
    assert (job.state, job.error) == ("parked", "IntegrityError: disk full")
    assert jobs.due() == []
    assert jobs.run(job.pk) is False
    assert "Stopped after three failures: 600 of 600 were not tried." in page
    assert "every 1s" not in page


def test_a_worker_that_dies_three_times_in_the_same_place_parks_the_job(cast):
    make_crowd(cast.acme, 201)
    job = _start(cast)

    for _round in range(3):
        _dies(job, ago=timedelta(minutes=5))
    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == "parked"
    assert _tried(job) == 0


def test_deaths_in_between_do_not_add_up_while_the_job_goes_on(cast):
    make_crowd(cast.acme, 2_100)
    job = _start(cast)

    for _round in range(4):
        jobs.run(job.pk, batches=1)
        _dies(job, ago=timedelta(minutes=5))
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 2_100)


def test_two_workers_at_the_same_job_do_it_once(cast):
    make_crowd(cast.acme, 400)
    job = _start(cast)
    rows = list(JobRow.objects.filter(job=job))
    one, two = (Job.objects.select_related("org", "started_by").get(pk=job.pk) for _ in range(2))

    work._do(one, rows)
    work._do(two, rows)

    job.refresh_from_db()
    assert job.done == 400
    assert set(JobRow.objects.filter(job=job).values_list("outcome", flat=True)) == {"done"}
    assert AuditEntry.objects.count() == 400


def test_a_long_job_hands_on_between_tasks(cast):
    make_crowd(cast.acme, 1_100)
    job = _start(cast)

    turns = [jobs.run(job.pk, batches=1) for _ in range(4)]

    job.refresh_from_db()
    assert turns == [True, True, True, False]
    assert (job.state, job.done) == ("done", 1_100)


def test_the_timetable_finds_what_no_message_tells_of(cast):
    make_crowd(cast.acme, 250)
    _start(cast)

    assert resume_jobs() == 1


def test_a_member_who_is_gone_is_reported_and_stops_nothing(cast):
    make_crowd(cast.acme, 201)
    job = _start(cast)
    row = JobRow.objects.filter(job=job).first()
    JobRow.objects.filter(pk=row.pk).update(target_id=1)

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == ("done", 201, 1)
    assert JobRow.objects.get(target_id=1).reason == "No longer a member."
