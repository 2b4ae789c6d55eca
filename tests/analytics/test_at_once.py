"""Many at once, and workers that die in the middle: counted once all the same (security.md 4.4, performance.md D1)."""

import os
import random
import select
import signal
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from analytics import counted, drain, ledgers, recount, zones
from analytics.models import Event, InboxBatch, UsageTotal
from analytics.queries import overview, periods
from orgs.models import Organization
from tests.analytics.sending import NOON, event, post, reference
from tests.cast import make_key
from tests.committed import _django_db_helper  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = NOON.date()


def whole(org):
    return periods.custom(DAY - timedelta(days=20), DAY + timedelta(days=1), org.zone)


def work(events, cut):
    """Clients' batches: pieces of `events` that overlap by a quarter."""
    return [events[max(0, start - cut // 4) : start + cut] for start in range(0, len(events), cut)]


def some_events(number, seed):
    rng = random.Random(seed)
    people = ["mika@acme.example", "lena@acme.example", "vera@acme.example", "olive@acme.example"]
    return [
        event(
            place,
            rng.choice(["message", "message", "response", "integration_call", "file"]),
            at=NOON - timedelta(minutes=rng.randrange(60 * 24 * 9)),
            member=rng.choice(people),
            conversation=f"c{rng.randrange(number // 8 + 1)}",
            workspace=rng.choice(["Lab", "Den"]),
            model=rng.choice(["fast", "deep"]),
            integration=rng.choice(["crm", "wiki"]),
            use_case=rng.choice(["", "analysis", "code"]),
            cost=rng.choice(["0.25", "1"]),
        )
        for place in range(number)
    ]


def assert_exact(org, events, zone="UTC"):
    found = overview.overview(org, whole(org))
    counted = reference(events, zone, whole(org).first, whole(org).last)
    assert Event.objects.filter(org=org).count() == len(events)
    assert found.figures.active_members == counted["active"]
    assert found.figures.conversations == counted["conversations"]
    assert (found.figures.messages, found.figures.responses) == (counted["messages"], counted["responses"])
    assert int(found.figures.cost * 100) == counted["cents"]
    assert {share.value: share.number for share in found.use_cases} == counted["cases"]
    assert recount.reconcile(org) == []


@pytest.mark.both
def test_F01_eight_clients_at_once_with_overlaps_are_counted_once(cast):
    secret = make_key(cast.acme)[1]
    events = some_events(800, seed=1)
    barrier, answers = Barrier(10), []

    def client(number):
        rng = random.Random(number)
        pieces = work(events, 100)
        rng.shuffle(pieces)
        barrier.wait()
        answers.extend(post(Client(), secret, piece).status_code for piece in pieces)
        connections.close_all()

    def worker():
        barrier.wait()
        for _ in range(5):
            drain.run()
        connections.close_all()

    threads = [Thread(target=client, args=[number]) for number in range(8)] + [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain.run()

    assert set(answers) == {202}
    assert_exact(cast.acme, events)
    batches = InboxBatch.objects.all()
    assert {batch.state for batch in batches} == {"done"}
    assert sum(batch.new for batch in batches) == len(events)
    assert not any(batch.conflicts for batch in batches)


@pytest.mark.postgres
def test_whoever_drains_one_organization_holds_no_other_up(cast):
    keys = [make_key(org)[1] for org in (cast.acme, cast.umbrella)]
    for secret in keys:
        post(Client(), secret, [event(1)])
    ledgers.open_missing()

    with transaction.atomic():
        ledgers.lock(cast.acme)
        worker = Thread(target=lambda: (drain.run(), connections.close_all()))
        worker.start()
        worker.join(20)
        waiting = set(InboxBatch.objects.waiting().values_list("org", flat=True))

    assert not worker.is_alive()
    assert waiting == {cast.acme.pk}
    assert drain.run() == 1


@pytest.mark.both
def test_proving_the_totals_holds_no_writer_up_and_heals_what_differs(cast):
    secret = make_key(cast.acme)[1]
    post(Client(), secret, [event(1, conversation="a")])
    drain.run()
    UsageTotal.objects.filter(subject="").update(messages=5)

    with recount._one_moment():
        assert UsageTotal.objects.filter(messages=5).exists()
        others = Thread(target=lambda: (post(Client(), secret, [event(2)]), drain.run(), connections.close_all()))
        others.start()
        others.join(15)
        assert not others.is_alive()
        assert Event.objects.count() == 1

    assert Event.objects.count() == 2
    assert len(recount.reconcile(cast.acme, heal=True)) == 5
    assert recount.reconcile(cast.acme) == []


@pytest.mark.both
def test_a_recount_in_another_zone_holds_no_writer_up_while_it_counts(cast, monkeypatch):
    secret = make_key(cast.acme)[1]
    events = some_events(120, seed=3)
    post(Client(), secret, events[:60])
    drain.run()
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Asia/Kolkata")
    monkeypatch.setattr(zones, "AT_ONCE", {"postgresql": 25, "sqlite": 25})
    rest, facts = iter(range(60, 120, 10)), counted.facts

    def meanwhile(*args):
        assert not connection.in_atomic_block
        found = list(facts(*args))
        start = next(rest, None)
        if start is not None:
            piece = events[start : start + 10]
            other = Thread(target=lambda: (post(Client(), secret, piece), drain.run(), connections.close_all()))
            other.start()
            other.join(15)
            assert not other.is_alive()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(zones.counted, "facts", meanwhile)
        zones.rezone(cast.acme)
    assert next(rest, 120) > 90  # several came while it was counted
    post(Client(), secret, events)
    drain.run()

    cast.acme.refresh_from_db()
    assert_exact(cast.acme, events, "Asia/Kolkata")


@pytest.mark.both
@pytest.mark.soak
def test_D1_workers_killed_in_the_middle_leave_totals_exact(cast, rounds, monkeypatch):
    secret = make_key(cast.acme)[1]
    rng, kills, events = random.Random(7), 0, []
    monkeypatch.setattr(drain, "MOST_EVENTS", 300)
    monkeypatch.setattr(drain, "MOST_EVENTS_SQLITE", 300)

    while kills < rounds(20, soak=1_000):
        if not InboxBatch.objects.waiting().exists():
            more = [{**one, "id": f"{len(events)}-{one['id']}"} for one in some_events(1_500, seed=kills)]
            events += more
            for piece in work(more, 150):
                assert post(Client(), secret, piece).status_code == 202
        kills += sum(_killed(rng.uniform(0.002, 0.12)) for _ in range(2))
    while InboxBatch.objects.waiting().exists():  # the server may still be ending the last worker's transaction
        drain.run()

    assert_exact(cast.acme, events)
    assert not InboxBatch.objects.exclude(state="done").exists()


@pytest.mark.both
def test_a_batch_that_ends_its_process_is_parked_and_holds_up_nothing_that_comes_after(cast, monkeypatch):
    monkeypatch.setattr(ledgers, "DEATHS", 3)
    secret = make_key(cast.acme)[1]
    post(Client(), secret, [event(1)])
    bad = post(Client(), secret, [event(3)]).json()["batch"]
    post(Client(), secret, [event(2)])

    died = [_dies_over(int(bad)) for _ in range(5)]
    drain.run()

    assert died == [True] * 4 + [False]  # over both, with the first one counted alone, and twice over it alone
    parked = InboxBatch.objects.exclude(state="done").get()
    assert (str(parked.pk), parked.state) == (bad, "parked")
    assert "ended in the middle, 3 times in a row" in parked.error
    assert set(Event.objects.values_list("id", flat=True)) == {"1", "2"}
    parked.try_again()
    parked.save()
    assert drain.run() == 1


def _dies_over(batch):
    """Whether a worker that ends at once when it reads `batch` to count it ended so."""

    def deadly(execute, sql, params, many, context):
        if batch in (params or ()) and " IN (" in sql:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    _leave_the_database()
    pid = os.fork()
    if pid == 0:
        with connection.execute_wrapper(deadly):
            drain.run()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def _leave_the_database():
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _killed(after):
    """Fork a worker and kill it after some seconds; whether it was still at work then."""
    _leave_the_database()
    done, mine = os.pipe()
    pid = os.fork()
    if pid == 0:
        drain.run()
        os.write(mine, b"!")
        os._exit(0)
    finished, _, _ = select.select([done], [], [], after)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(done)
    os.close(mine)
    return not finished
