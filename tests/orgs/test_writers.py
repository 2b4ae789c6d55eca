"""SQLite with eight writers at once: nobody is told that the database is locked, and every row is exact."""

from threading import Thread

import pytest
from django.db import connection, connections

from orgs.actions import members
from orgs.chain import verify
from orgs.models import AuditEntry, Member
from tests.cast import make_cast, make_member
from tests.committed import _django_db_helper  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.soak, pytest.mark.slow]


def at_once(*jobs):
    """Run each in a thread with a connection of its own; what went wrong."""
    wrong = []

    def run(job):
        try:
            job()
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_eight_writers_and_a_reader_share_sqlite(db, rounds):
    cast, turns, read = make_cast(), rounds(6, soak=100), []
    crowd = [make_member(cast.acme, f"Person {number}").pk for number in range(8)]

    def writing(pk):
        def write():
            for _ in range(turns):
                actor, member = (Member.objects.select_related("org", "user").get(pk=p) for p in (cast.olive.pk, pk))
                members.suspend(actor, member, reason="turn")
                members.reactivate(actor, member)

        return write

    def reading():
        for _ in range(20 * turns):
            read.append(Member.objects.filter(org=cast.acme).count())

    wrong = at_once(*map(writing, crowd), reading)

    assert connection.vendor == "sqlite"
    assert wrong == []
    assert AuditEntry.objects.filter(org=cast.acme).count() == 8 * 2 * turns
    assert verify(cast.acme).broken_at is None
    assert not Member.objects.filter(pk__in=crowd, suspended_at__isnull=False).exists()
    assert set(read) == {18}
