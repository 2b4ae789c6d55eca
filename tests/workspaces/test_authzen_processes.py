"""A suspension counts for the very next question, in every process that knew the member a moment before (A5)."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from orgs.actions import members
from tests.cast import make_key
from tests.committed import _django_db_helper  # noqa: F401
from tests.config.test_worker import database_url
from tests.workspaces.deciding import question

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.soak, pytest.mark.slow]
PROCESSES = 3
ASKED = 5  # questions of each process at a time


@pytest.fixture
def platforms(cast, tmp_path):
    """Processes with subjects of their own, each asking whether Mika may use a model."""
    env = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "PUBLIC_BASE_URL": "http://testserver",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    asked = json.dumps(question(cast.mika, "model.use", ("model", "x")))
    command = [sys.executable, "-m", "tests.workspaces.platforms", make_key(cast.acme)[1], asked]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, **pipes) for _ in range(PROCESSES)]
    yield running
    for process in running:
        process.communicate()


def allowed(platforms):
    """How many of the questions that all of them ask at once are answered yes."""
    for process in platforms:
        process.stdin.write("ask\n")
        process.stdin.flush()
    return sum(int(process.stdout.readline()) for process in platforms)


def test_C02_C01_no_process_says_yes_after_a_suspension_returned(cast, platforms, rounds):
    everything, seen, turns = PROCESSES * ASKED, [], rounds(10, soak=1_000)

    for _ in range(turns):
        before = allowed(platforms)
        members.suspend(cast.olive, cast.mika, reason="race")
        seen.append((before, allowed(platforms)))
        members.reactivate(cast.olive, cast.mika)

    assert seen == [(everything, 0)] * turns
