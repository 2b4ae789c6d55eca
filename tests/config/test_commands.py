"""What keeps a command from its work is said with the way out, never by a traceback."""

import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError

from config import prepare
from config.demo import keeping
from tests.config.test_serve import environment

ACME = ("createorg", "--name", "Acme", "--owner", "olive@acme.example")


def refused(tmp_path, *command):
    ran = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 1
    return ran.stderr


@pytest.mark.parametrize("command", [ACME, ("demo", "--json")], ids=["createorg", "demo"])
def test_without_tables_it_says_how_they_are_made(tmp_path, command):
    said = refused(tmp_path, *command)

    assert "python manage.py migrate" in said
    assert "Traceback" not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("database is locked", "Another process holds the database. Wait until it is done"),
        ("connection refused", "The database does not answer: connection refused"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_to_be(error, told):
    with pytest.raises(CommandError, match=told), prepare.usable():
        raise OperationalError(error)


def test_who_loads_the_demo_second_says_so_and_waits(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    begun, done, order = threading.Event(), threading.Event(), []

    def first():
        with keeping.alone(lambda: order.append("first waits")):
            begun.set()
            done.wait(10)
            order.append("first")

    other = threading.Thread(target=first)
    other.start()
    begun.wait(10)

    def waits():
        order.append("second waits")
        done.set()

    with keeping.alone(waits):
        order.append("second")
    other.join()

    assert order == ["second waits", "first", "second"]
