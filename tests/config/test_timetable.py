"""What beat asks for is there, and does not pile up where no worker listens."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from config.celery import app
from orgs import tasks
from orgs.actions import invitations
from orgs.invitees import Wanted
from orgs.models import Member
from tests.analytics.sending import event, post
from tests.cast import make_key

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


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, _ in TIMETABLE])
def test_I19_a_job_that_is_fired_twice_for_one_time_is_done_once(name, cast, client):
    """Late or doubled, a firing finds what is due in the database, and the second finds nothing left."""
    app.loader.import_default_modules()
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=timezone.now() + timedelta(days=2))
    invitations.invite(cast.olive, cast.acme, [Wanted(email="nora@new.example")])
    post(client, make_key(cast.acme)[1], [event(1), event(2, "response", cost="5")])
    task = app.tasks[dict(TIMETABLE)[name]["task"]]

    task()
    once = _rows()
    task()

    assert _rows() == once


def _rows():
    """How many rows of everything there are, with the mails that went out."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()} | {"sent": len(mail.outbox)}
