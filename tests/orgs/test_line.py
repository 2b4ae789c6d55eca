"""The line of a process to the database sees what others committed, and is made anew where it broke."""

import pytest
from django.db import DatabaseError, connection

from orgs.line import Line
from tests.committed import _django_db_helper  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def line():
    found = Line("SELECT access_version FROM orgs_organization WHERE slug = %s")
    yield found
    found.close()


def raise_to(version):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_organization SET access_version = %s WHERE slug = 'acme'", [version])


def test_a_line_reads_what_was_committed_a_moment_ago(cast, line):
    before = line.numbers({"acme"})["acme"]

    raise_to(before + 7)

    assert line.numbers({"acme"})["acme"] == before + 7


def test_a_line_finds_nothing_under_a_name_that_is_none(cast, line):
    assert line.numbers({"nobody"}) == {}


def test_a_line_that_the_server_cut_is_made_anew(cast, line):
    line.numbers({"acme"})["acme"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [line._open.info.backend_pid])

    raise_to(9)

    assert line.numbers({"acme"})["acme"] == 9


def test_what_breaks_on_a_line_is_an_error_of_the_database(cast):
    broken = Line("SELECT 1 / 0 WHERE %s <> ''")

    with pytest.raises(DatabaseError, match="division by zero"):
        broken.numbers({"acme"})

    broken.close()
