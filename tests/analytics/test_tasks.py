"""What the worker does by itself, and what is done from below and by hand."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics import ingest, tasks
from analytics.models import Event, HourTotal, InboxBatch, Ledger, UsageTotal, Verification
from orgs import hooks
from orgs import tasks as doors
from orgs.actions import organizations
from tests.analytics.sending import NOON, event, post, send
from tests.cast import make_key


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def test_the_task_empties_the_inbox_and_twice_changes_nothing(client, cast, secret):
    post(client, secret, [event(1)])
    post(client, make_key(cast.umbrella)[1], [event(1)])

    tasks.drain()
    tasks.drain()

    assert not InboxBatch.objects.waiting().exists()
    assert UsageTotal.objects.get(org=cast.acme, subject="", dimension="").messages == 1


def test_a_broker_that_is_gone_is_nobodys_error_and_waited_for_once(
    client, cast, secret, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []

    def gone(*args, **kwargs):
        asked.append(args)
        raise OperationalError("nobody listens")

    monkeypatch.setattr(tasks.drain, "apply_async", gone)
    monkeypatch.setattr(doors, "_quiet_until", 0.0)

    answers = []
    for number in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            answers.append(post(client, secret, [event(number)]).status_code)

    assert answers == [202, 202, 202]
    assert len(asked) == 1
    tasks.drain()
    assert Event.objects.count() == 3


def test_what_steward_does_itself_is_counted_when_its_transaction_is(cast):
    at = timezone.now()
    one = {"id": "steward-1", "at": at.isoformat(), "kind": "message", "member": str(cast.mika.pk)}

    hooks.call("usage_happened", cast.acme, [one], at=at)
    tasks.drain()

    assert Event.objects.get().member == cast.mika.pk


def test_what_steward_does_itself_has_the_form_of_any_event(cast):
    with pytest.raises(ValueError, match=r"events\[1\]\.kind: is missing\."):
        ingest.take_in(cast.acme, [event(1), {"id": "2", "at": NOON.isoformat()}], at=timezone.now())

    assert not InboxBatch.objects.exists()


def test_a_changed_time_zone_is_recounted_by_a_task(client, cast, secret):
    late = datetime.combine(NOON.date(), datetime.min.time(), UTC) + timedelta(hours=23, minutes=30)
    send(client, secret, [event(1, at=late)])

    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Asia/Tokyo"})
    assert Ledger.objects.get().timezone == "UTC"
    tasks.rezone()
    tasks.rezone()

    assert Ledger.objects.get().timezone == "Asia/Tokyo"
    told = HourTotal.objects.get(org_id=Ledger.objects.get().book, subject="")
    assert (told.day, told.hour) == (NOON.date() + timedelta(days=1), 8)


def test_the_nightly_task_proves_each_organization_once(client, cast, secret):
    send(client, secret, [event(1)])
    UsageTotal.objects.filter(subject="").update(messages=9)

    tasks.verify()
    tasks.verify()

    proof = Verification.objects.get()
    assert (proof.differences, proof.healed) == (5, True)
    assert UsageTotal.objects.get(subject="", dimension="").messages == 1


def test_what_one_worker_proves_no_other_begins_unless_it_died(client, cast, secret, monkeypatch):
    send(client, secret, [event(1)])
    begun = []

    def prove(org):
        begun.append(org)
        tasks.verify()
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(tasks.recount, "verify", prove)
        with pytest.raises(MemoryError):
            tasks.verify()
    tasks.verify()
    assert (begun, Verification.objects.count()) == ([cast.acme], 0)

    Ledger.objects.update(proof_begun_at=timezone.now() - timedelta(hours=3))
    tasks.verify()

    assert Verification.objects.count() == 1
    assert Ledger.objects.get().proof_begun_at is None


def test_reconcile_says_0_differences_or_the_rows(client, cast, secret):
    send(client, secret, [event(1)])
    assert reconcile() == ("0 differences\n", 0)

    UsageTotal.objects.filter(subject="", dimension="").update(messages=9)
    told, status = reconcile("--org", "acme")
    assert "acme: UsageTotal" in told
    assert "stored (9, 0" in told
    assert told.endswith("1 difference\n")
    assert status == 1

    assert reconcile("--heal")[0].endswith("1 difference, healed\n")
    assert reconcile() == ("0 differences\n", 0)
    with pytest.raises(CommandError, match="There is no organization nowhere"):
        call_command("reconcile", "--org", "nowhere")


def reconcile(*options):
    out = StringIO()
    try:
        call_command("reconcile", *options, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0
