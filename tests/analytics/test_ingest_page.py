"""The ingest page: what became of usage that was sent, for those who look after it."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import drain
from analytics.models import InboxBatch
from analytics.queries import ingest as queries
from tests.cast import make_key
from tests.doors import api, console

URL = "/o/acme/ingest/"


def _event(number, **changed):
    return {"id": f"e-{number}", "at": timezone.now().isoformat(), "kind": "message", "conversation": "c", **changed}


def _batch(org, **fields):
    return InboxBatch.objects.create(org=org, source="api", **{"state": "done", **fields})


def test_a_batch_is_told_from_its_arrival_to_its_counting(cast):
    _, secret = make_key(cast.acme, name="gateway")
    again, other = _event(2), _event(1, conversation="another")
    sent = [_event(1), again, again, other, _event(3, tokens_in=-1), _event(4, kind="x")]
    api(secret).post("/api/v1/events", sent)

    waiting = console(cast.adam).get(URL).content.decode()
    drain.run()
    counted = console(cast.adam).get(URL)
    row = counted.context["batches"].rows[0]

    assert "Waiting" in waiting
    assert (row.key, row.source, row.state) == ("gateway", "api", "done")
    assert (row.received, row.rejected, row.new, row.duplicates, row.conflicts) == (4, 2, 2, 1, 1)
    assert "1 times tokens_in: must be 0 or more" in row.reasons
    assert "tokens_in: must be 0 or more" in counted.content.decode()


def test_reasons_are_kept_without_what_was_sent(cast):
    _, secret = make_key(cast.acme)
    api(secret).post("/api/v1/events", [_event(n, kind=f"canary-{n}") for n in range(40)])

    batch = InboxBatch.objects.get()
    assert batch.rejected == 40
    assert batch.reasons == [["kind: must be message, response, file, integration_call, refusal or error", 40]]
    assert "canary" not in console(cast.olive).get(URL).content.decode()


def test_a_parked_batch_shows_its_error(cast):
    _batch(cast.acme, state="parked", error="OperationalError: database is locked")

    page = console(cast.olive).get(URL, {"state": "parked"}).content.decode()

    assert "Stopped after three failures" in page
    assert "database is locked" in page


def test_a_batch_of_which_nothing_was_taken_does_not_look_counted(cast):
    _, secret = make_key(cast.acme)
    api(secret).post("/api/v1/events", [_event(1, kind="x")])

    page = console(cast.olive).get(URL).content.decode()

    assert "Nothing was taken" in page
    assert "tone-green" not in page


def test_the_state_filters_the_list_and_an_unknown_one_is_answered_422(cast):
    for state in ("waiting", "done", "done", "parked"):
        _batch(cast.acme, state=state)
    browser = console(cast.olive)

    found = {state: len(browser.get(URL, {"state": state}).context["batches"].rows) for state in ("", "done", "parked")}

    assert found == {"": 4, "done": 2, "parked": 1}
    assert browser.get(URL, {"state": "lost"}).status_code == 422
    assert browser.get(URL, {"before": "once"}).status_code == 422


def test_older_batches_follow_on_the_next_page(cast):
    now = timezone.now()
    for n in range(60):
        _batch(cast.acme, received_at=now - timedelta(minutes=n), received=n)
    browser = console(cast.olive)

    first = browser.get(URL).context["batches"]
    second = browser.get(URL, {"before": first.older}).context["batches"]

    assert [row.received for row in (*first.rows, *second.rows)] == list(range(60))
    assert second.older == ""


def test_nobody_but_owners_and_admins_sees_what_was_sent(cast):
    for person in (cast.lena, cast.mika, cast.vera, cast.gus):
        assert console(person).get(URL).status_code == 403
    assert console(cast.eve).get(URL).status_code == 404


def test_A01_batches_of_another_organization_are_not_shown(cast):
    _batch(cast.umbrella, error="canary")

    assert not console(cast.olive).get(URL).context["batches"].rows
    assert "canary" not in console(cast.olive).get(URL).content.decode()


def test_the_page_says_how_to_send_to_this_installation(cast, settings):
    settings.PUBLIC_BASE_URL = "https://steward.example.org"

    page = console(cast.olive).get(URL).content.decode()

    assert "curl https://steward.example.org/api/v1/events" in page
    assert "Authorization: Bearer" in page


def test_the_page_costs_the_same_queries_at_any_size(cast):
    counts = []
    for size in (2, 40):
        for n in range(size):
            _batch(cast.acme, key=make_key(cast.acme, name=f"{size}-{n}")[0])
        with CaptureQueriesContext(connection) as found:
            queries.batches(cast.olive)
        counts.append(len(found))

    assert counts == [3, 3]
