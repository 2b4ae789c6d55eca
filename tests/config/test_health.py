"""What machines that watch this installation are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.models import InboxBatch, Ledger, Verification
from config import embedded
from tests.analytics.sending import event, post, send
from tests.cast import make_key
from tests.committed import _django_db_helper  # noqa: F401


def test_healthz_answers_without_asking_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_the_broker_that_is_down(client):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "ok"
    assert answer.json()["broker"] == "down: RuntimeError"


@pytest.mark.django_db
def test_readyz_is_fine_with_a_living_worker(client, settings, tmp_path):
    settings.CELERY_BEAT_SCHEDULE_FILENAME = str(tmp_path / "beat")
    embedded.start()
    try:
        answer = client.get("/readyz")
    finally:
        embedded.stop()

    assert (answer.status_code, answer.json()["broker"]) == (200, "ok")


@pytest.mark.django_db
def test_readyz_tells_since_when_totals_stand_and_how_long_the_oldest_event_waits(client, cast):
    before = client.get("/readyz").json()
    send(client, make_key(cast.acme)[1], [event(1)])
    Ledger.objects.update(rolled_up_at=timezone.now() - timedelta(seconds=500))
    quiet = client.get("/readyz").json()
    post(client, make_key(cast.acme)[1], [event(2)])
    InboxBatch.objects.waiting().update(received_at=timezone.now() - timedelta(seconds=90))
    behind = client.get("/readyz").json()
    said = client.get("/metrics").content.decode()
    Verification.objects.create(org=cast.acme, differences=0)
    proved = client.get("/readyz").json()

    assert (before["rollup_age_seconds"], before["waiting_seconds"]) == (None, 0)
    assert (quiet["rollup_age_seconds"] // 10, quiet["waiting_seconds"]) == (50, 0)
    assert (behind["rollup_age_seconds"] // 10, behind["waiting_seconds"] // 10) == (50, 9)
    assert "steward_rollup_age_seconds 50" in said
    assert "steward_waiting_seconds 9" in said
    assert proved["rollup_age_seconds"] < 10


@pytest.mark.django_db
def test_metrics_are_for_this_machine_where_no_token_is_set(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 401


@pytest.mark.django_db
def test_metrics_are_not_for_whom_an_unknown_proxy_on_this_machine_lets_through(client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401


@pytest.mark.django_db
def test_metrics_are_for_the_bearer_of_the_token_from_anywhere(client, settings):
    settings.METRICS_TOKEN = "only for this test"

    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer something else"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer only for this test"}).status_code == 200


@pytest.mark.django_db
def test_metrics_say_how_the_process_is(client):
    assert b"process_resident_memory_bytes" in client.get("/metrics").content


@pytest.mark.django_db
def test_metrics_say_what_waits_and_what_failed(client):
    said = client.get("/metrics").content.decode()

    assert 'steward_inbox_batches{state="waiting"} 0.0' in said
    assert 'steward_mails{state="failed"} 0.0' in said


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_A16_doors_for_machines_take_no_other_method(client, path):
    assert client.post(path).status_code == 405
