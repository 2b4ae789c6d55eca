"""What beat asks for is there, and does not pile up where no worker listens."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from config.celery import app
from orgs import tasks

TIMETABLE = sorted(app.conf.beat_schedule.items())


@pytest.mark.parametrize(("name", "job"), TIMETABLE, ids=[name for name, _ in TIMETABLE])
def test_a_job_names_a_task_that_exists_and_is_dropped_when_the_next_one_is_due(name, job):
    app.loader.import_default_modules()

    assert job["task"] in app.tasks
    assert job["options"]["expires"] <= job["schedule"]


@pytest.mark.django_db
def test_sessions_that_ended_by_themselves_are_forgotten():
    ended, alive = SessionStore(), SessionStore()
    ended.create()
    alive.create()
    Session.objects.filter(pk=ended.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))

    tasks.forget_sessions()

    assert list(Session.objects.values_list("pk", flat=True)) == [alive.session_key]
