"""A log that is too long for one request is walked by a worker, and says the same as the walk in one go."""

import pytest

from orgs import chain, jobs
from orgs.actions import members
from orgs.jobs import verification
from orgs.models import AuditEntry, AuditHead, Job
from tests.doors import console
from tests.tampering import sql, triggers_off

pytestmark = pytest.mark.both


@pytest.fixture
def history(cast, monkeypatch):
    """Eleven entries of Acme's, in a house where three are many and are walked two by two."""
    monkeypatch.setattr(verification, "AT_ONCE", 3)
    monkeypatch.setattr(verification, "STRETCH", 2)
    for n in range(11):
        members.set_plan(cast.olive, cast.mika, plan=("expert", "standard")[n % 2])
    return cast


def _ask(cast, who="olive"):
    return console(getattr(cast, who)).post("/o/acme/audit/verify/", hx=True).content.decode()


def _outcome(cast):
    """What the page of a finished walk says."""
    job = verification.start(cast.olive)
    jobs.run(job.pk)
    return console(cast.adam).get(f"/o/acme/audit/verify/{job.pk}/", hx=True).content.decode()


def test_a_long_log_is_walked_by_a_worker_with_progress_and_its_checkpoint_at_the_end(history):
    asked = _ask(history)
    job = Job.objects.get(kind="audit.verify")
    jobs.run(job.pk, batches=1)
    halfway = console(history.olive).get(f"/o/acme/audit/verify/{job.pk}/?in=log", hx=True).content.decode()
    jobs.run(job.pk)
    over = console(history.olive).get(f"/o/acme/audit/verify/{job.pk}/").content.decode()

    assert 'value="0" max="11"' in asked
    assert 'value="10" max="11"' in halfway
    assert 'hx-trigger="every 1s"' in halfway
    assert "All 11 entries are as they were written" in over
    assert AuditHead.objects.get(org=history.acme).hash in over
    assert "Asked for by Olive" in over
    assert "every 1s" not in over


def test_a_short_log_is_walked_at_once(history, monkeypatch):
    monkeypatch.setattr(verification, "AT_ONCE", 11)

    assert "The chain is whole." in _ask(history)
    assert not Job.objects.exists()


def test_without_javascript_the_walk_has_a_page_of_its_own(history):
    answer = console(history.olive).post("/o/acme/audit/verify/")

    assert answer.status_code == 303
    assert answer["Location"] == f"/o/acme/audit/verify/{Job.objects.get().pk}/"


def test_nobody_starts_a_second_walk_while_one_is_under_way(history):
    _ask(history)
    _ask(history, "adam")

    assert Job.objects.count() == 1


def test_entries_that_are_written_while_a_worker_walks_are_no_break(history):
    job = verification.start(history.olive)

    members.suspend(history.olive, history.mika, reason="meanwhile")
    jobs.run(job.pk)

    page = console(history.olive).get(f"/o/acme/audit/verify/{job.pk}/").content.decode()
    assert "All 11 entries are as they were written" in page


BREAKS = {
    "a changed entry": "UPDATE orgs_auditentry SET actor_name = 'Nobody' WHERE seq = 5",
    "a changed link": "UPDATE orgs_auditentry SET previous_hash = hash WHERE seq = 6",
    "the last of a stretch is gone": "DELETE FROM orgs_auditentry WHERE seq = 4",
    "the first of a stretch is gone": "DELETE FROM orgs_auditentry WHERE seq = 7",
    "a whole stretch is gone": "DELETE FROM orgs_auditentry WHERE seq IN (5, 6)",
    "more than the last stretch is cut off": "DELETE FROM orgs_auditentry WHERE seq >= 8",
    "everything is gone": "DELETE FROM orgs_auditentry",
    "one stands before the first": "UPDATE orgs_auditentry SET seq = 0 WHERE seq = 11",
}


@pytest.mark.parametrize("what", BREAKS)
def test_F06_a_walk_in_stretches_finds_the_break_that_a_walk_in_one_go_finds(history, what):
    with triggers_off():
        sql(BREAKS[what])

    found, page = chain.verify(history.acme), _outcome(history)

    assert found.broken_at
    assert "The chain is broken." in page
    assert f"then: {found.problem}." in page
    assert f"The first {found.entries} entries" in page


def test_F06_a_walk_in_stretches_finds_what_was_added_behind_the_end(history):
    entry = AuditEntry.objects.get(org=history.acme, seq=11)
    entry.pk, entry.seq, entry.previous_hash = 7, 12, entry.hash
    entry.hash = chain.digest(entry)
    entry.save(force_insert=True)

    assert "entry 12 was added past the end of the chain" in _outcome(history)


def test_F06_a_forged_last_entry_fits_no_stretch(history):
    entry = AuditEntry.objects.get(org=history.acme, seq=11)
    entry.actor_name = "Nobody"

    with triggers_off():
        AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Nobody", hash=chain.digest(entry))

    assert "entry 11 is not the one that the chain ended with" in _outcome(history)


def test_a_walk_that_was_stopped_does_not_say_that_all_is_well(history):
    job = verification.start(history.olive)
    jobs.run(job.pk, batches=1)
    Job.objects.filter(pk=job.pk).update(state="parked", error="OSError: disk gone")

    page = console(history.olive).get(f"/o/acme/audit/verify/{job.pk}/").content.decode()

    assert "The log was not read to its end." in page
    assert "10 of 11 entries in." in page
    assert "The chain is whole." not in page
