"""A worker process of its own, through a real broker."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from orgs.models import Mail
from tests.committed import _django_db_helper  # noqa: F401

PATIENCE = 90  # seconds


def database_url() -> str:
    """The test database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@pytest.fixture
def worker(redis_url, tmp_path, settings):
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel", "WARNING", "--concurrency", "1"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "SECRET_KEY": settings.SECRET_KEY,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.redis
@pytest.mark.django_db
def test_a_worker_sends_the_mail_that_waits_and_stops_when_told(cast, worker, redis_url, tmp_path):
    mail = Mail.objects.create(
        org=cast.olive.org, kind="suspended", to="ana@example.org", params={"name": "Ana", "reason": "left"}
    )

    with app.connection_for_write(redis_url) as line:
        app.tasks["orgs.tasks.send_mails"].apply_async(connection=line)
    until = time.monotonic() + PATIENCE
    while mail.state == Mail.State.QUEUED and time.monotonic() < until:
        mail.refresh_from_db()
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=PATIENCE)

    assert (mail.state, mail.error) == (Mail.State.SENT, ""), said
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert worker.returncode == 0, said
