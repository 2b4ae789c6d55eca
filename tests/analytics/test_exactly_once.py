"""Counted once, whatever is resent; and one bad batch is nobody else's trouble (security.md F1)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError

from analytics import drain, incoming, recount
from analytics.models import InboxBatch
from analytics.queries import overview, periods
from tests.analytics.sending import NOON, event, outcome, post, send
from tests.cast import make_key

pytestmark = [pytest.mark.both]
DAY = NOON.date()


def whole(org):
    return periods.custom(DAY - timedelta(days=20), DAY + timedelta(days=1), org.zone)


def figures(org):
    return overview.overview(org, whole(org)).figures


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def test_F01_the_same_id_twice_in_one_batch_is_counted_once(client, cast, secret):
    found = send(client, secret, [event(1), event(2), event(1)])

    assert (found["new"], found["duplicates"], found["conflicts"]) == (2, 1, 0)
    assert figures(cast.acme).messages == 2


def test_F01_the_same_id_in_two_batches_is_counted_once(client, cast, secret):
    send(client, secret, [event(1), event(2)])
    found = send(client, secret, [event(2), event(3)])

    assert (found["new"], found["duplicates"]) == (1, 1)
    assert figures(cast.acme).messages == 3


def test_F01_an_id_in_two_batches_of_one_drain_is_counted_for_the_first(client, cast, secret):
    first = post(client, secret, [event(1, cost="1")]).json()["batch"]
    second = post(client, secret, [event(1, cost="2")]).json()["batch"]
    drain.run()

    assert outcome(client, secret, first)["new"] == 1
    assert outcome(client, secret, second)["conflicts"] == 1
    assert str(figures(cast.acme).cost) == "1.00"


def test_F01_the_same_id_with_another_amount_is_a_conflict_and_the_first_stands(client, cast, secret):
    send(client, secret, [event(1, "response", cost="0.50", tokens_in=5)])
    found = send(client, secret, [event(1, "response", cost="0.75", tokens_in=5)])

    assert (found["new"], found["duplicates"], found["conflicts"]) == (0, 0, 1)
    assert str(figures(cast.acme).cost) == "0.50"


def test_F01_the_same_event_spelled_otherwise_is_a_duplicate(client, secret):
    send(client, secret, [event(1, cost="0.50", member="a@b.example")])
    again = {**event(1, cost="0.5", member="a@b.example", model=None), "at": NOON.isoformat().replace("+00:00", "Z")}

    assert send(client, secret, [again])["duplicates"] == 1


def test_F01_ids_and_names_with_control_characters_are_like_any_other(client, cast, secret):
    ids = ["a", "b", "a\x1fb", "\x1f", "a,b", '"{}\\']
    events = [event(id, conversation=f"c{id}", workspace=f"w{id}", member=f"m{id}") for id in ids]
    assert send(client, secret, events)["new"] == len(ids)
    found = send(client, secret, [*events, event("a\x1f", conversation="ca\x1fb")])

    assert (found["new"], found["duplicates"], found["conflicts"]) == (1, len(ids), 0)
    assert send(client, secret, events[2:3])["duplicates"] == 1
    assert figures(cast.acme).conversations == len(ids)
    assert recount.reconcile(cast.acme) == []


def test_F01_events_are_counted_alike_in_whatever_pieces_they_are_read(client, cast, secret, monkeypatch):
    monkeypatch.setattr(drain.events, "PIECE", 3)
    talk = [event(n, ["message", "response"][n % 2], conversation=f"c{n % 3}", model="fast") for n in range(10)]
    assert send(client, secret, [*talk, event(3), event(11, "integration_call", integration="crm")])["new"] == 11

    assert (figures(cast.acme).messages, figures(cast.acme).responses, figures(cast.acme).conversations) == (5, 5, 3)
    assert recount.reconcile(cast.acme) == []


def test_F01_the_same_id_in_another_organization_is_another_event(client, cast, secret):
    send(client, secret, [event(1)])
    found = send(client, make_key(cast.umbrella)[1], [event(1)])

    assert found["new"] == 1
    assert (figures(cast.acme).messages, figures(cast.umbrella).messages) == (1, 1)


def test_a_batch_that_cannot_be_counted_holds_nobody_back_and_is_parked_at_the_third_failure(client, cast, secret):
    post(client, secret, [event(1)])
    bad = InboxBatch.objects.get(pk=post(client, secret, [event(2)]).json()["batch"])
    InboxBatch.objects.filter(pk=bad.pk).update(body=b"\xc1 no MessagePack")
    post(client, secret, [event(3)])
    other = post(client, make_key(cast.umbrella)[1], [event(4)])

    for attempts, state in ((1, "waiting"), (2, "waiting"), (3, "parked")):
        drain.run()
        bad.refresh_from_db()
        assert (bad.attempts, bad.state) == (attempts, state)
    drain.run()

    assert figures(cast.acme).messages == 2
    assert figures(cast.umbrella).messages == 1
    assert other.status_code == 202
    assert "DecodeError" in bad.error
    assert recount.reconcile(cast.acme) == []


def spoiled(client, secret, pk, places, kind="dance"):
    """Make events of a waiting batch such that counting them raises."""
    batch = InboxBatch.objects.get(pk=pk)
    taken = incoming.unpack(bytes(batch.body))
    body = incoming.pack([one._replace(kind=kind) if at in places else one for at, one in enumerate(taken)])
    InboxBatch.objects.filter(pk=pk).update(body=body)


@pytest.mark.both
def test_events_that_cannot_be_counted_hold_no_other_of_their_batch_back(client, cast, secret):
    send(client, secret, [event(3)])
    sent = post(client, secret, [event(number % 20) for number in range(25)]).json()["batch"]
    spoiled(client, secret, sent, {5, 17})

    for _ in range(3):
        drain.run()
    drain.run()

    batch, aside = InboxBatch.objects.get(pk=sent), InboxBatch.objects.get(state="parked")
    assert (batch.state, batch.received, batch.new, batch.duplicates) == ("done", 23, 17, 6)
    assert batch.reasons == [[f"stopped after three failures, kept in batch {aside.pk}", 2]]
    assert (aside.received, aside.key_id, aside.received_at) == (2, batch.key_id, batch.received_at)
    assert "KeyError" in aside.error or "an_event_is_of_a_known_kind" in aside.error
    assert figures(cast.acme).messages == 18
    assert recount.reconcile(cast.acme) == []

    spoiled(client, secret, aside.pk, {0, 1}, "message")
    aside.refresh_from_db()
    aside.try_again()
    aside.save()
    drain.run()

    assert figures(cast.acme).messages == 20
    assert recount.reconcile(cast.acme) == []


def test_a_batch_of_which_no_event_can_be_counted_is_parked_as_it_is(client, cast, secret):
    sent = post(client, secret, [event(1), event(2)]).json()["batch"]
    spoiled(client, secret, sent, {0, 1})

    for _ in range(4):
        drain.run()

    assert [(batch.state, batch.received) for batch in InboxBatch.objects.all()] == [("parked", 2)]


def test_a_database_that_is_busy_is_no_failure_of_a_batch(client, cast, secret, monkeypatch):
    post(client, secret, [event(1)])

    def locked(*args):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(drain.events, "record", locked)
        for _ in range(4):
            drain.run()

    assert (InboxBatch.objects.get().attempts, InboxBatch.objects.get().state) == (0, "waiting")
    assert drain.run() == 1


def test_a_parked_batch_is_counted_when_it_is_tried_again(client, cast, secret):
    batch = InboxBatch.objects.get(pk=post(client, secret, [event(1)]).json()["batch"])
    body = bytes(batch.body)
    InboxBatch.objects.filter(pk=batch.pk).update(body=b"\xc1", attempts=2)
    drain.run()
    batch.refresh_from_db()
    assert batch.state == "parked"

    batch.body = body
    batch.try_again()
    batch.save()
    drain.run()

    batch.refresh_from_db()
    assert (batch.state, batch.new, batch.error) == ("done", 1, "")


def test_a_deadlock_is_tried_again(client, cast, secret, monkeypatch):
    post(client, secret, [event(1)])
    falls = iter(["40P01", "40001", "40P01"])
    record = drain.events.record

    def fall(*args):
        if (state := next(falls, None)) is not None:
            cause = Exception()
            cause.sqlstate = state
            raise DatabaseError from cause
        return record(*args)

    monkeypatch.setattr(drain.events, "record", fall)

    assert drain.run() == 1
    assert InboxBatch.objects.get().attempts == 0
