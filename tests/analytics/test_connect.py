"""Connecting a platform: what to copy, a test event that goes the whole way, a test decision, what has arrived."""

import re

import pytest
from django.urls import reverse

from analytics import drain
from analytics.models import Event, InboxBatch
from tests.analytics.sending import event, send
from tests.cast import make_key
from tests.doors import console
from tests.governing import make_model, make_policy

pytestmark = pytest.mark.django_db


def page(cast, **posted):
    door, url = console(cast.olive), reverse("connect", args=["acme"])
    return (door.post(url, posted) if posted else door.get(url)).content.decode()


def test_the_configuration_for_litellm_has_this_installations_addresses(cast, settings):
    settings.PUBLIC_BASE_URL = "https://steward.example.org"

    text = page(cast).split('id="litellm">')[1].split("</pre>")[0]

    told = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": " in line)
    assert told["endpoint"] == "https://steward.example.org/api/v1/events/litellm"
    assert (told["api_base"], told["default_on"]) == ("https://steward.example.org", "true")
    assert told["unreachable_fallback"] == "fail_closed"
    assert (told["Authorization"], told["api_key"]) == ("Bearer stw_…", "stw_…")


def test_a_test_event_goes_the_whole_way_and_says_that_it_counts(cast):
    answer = console(cast.olive).post(reverse("connect_event", args=["acme"]), hx=True)

    drain.run()

    assert "It counts as one message of yours." in answer.content.decode()
    assert Event.objects.get().member == cast.olive.pk


def test_a_test_event_is_followed_until_it_is_counted_and_leads_to_its_batch(cast):
    browser = console(cast.olive)
    sent = browser.post(reverse("connect_event", args=["acme"]))["Location"]
    batch = InboxBatch.objects.get().pk

    assert "not yet counted" in browser.get(sent).content.decode()
    assert 'hx-trigger="every 1s"' in browser.get(sent, hx=True).content.decode()
    drain.run()
    shown = browser.get(sent, hx=True).content.decode()

    assert re.search(r"Arrived and counted \d+ s later", shown)
    assert f"#batch-{batch}" in shown
    assert "every 1s" not in shown


def test_what_is_no_test_event_is_not_followed(cast):
    for sent in ("1", "x", "99999999999999999999"):
        assert "see the batch" not in console(cast.olive).get(f"/o/acme/connect/?sent={sent}").content.decode()


def test_a_test_event_is_said_to_count_beforehand_and_is_no_arrival_of_a_platform(cast, client):
    assert "It counts as one message of yours in every figure" in page(cast)
    assert "Test events from this page" not in page(cast)
    console(cast.olive).post(reverse("connect_event", args=["acme"]))

    assert [len(arrivals(cast, name)) > 0 for name in ("Your own product, as JSON", "Test events from this page")] == [
        False,
        True,
    ]
    send(client, make_key(cast.acme)[1], [event("1")])
    assert arrivals(cast, "Your own product, as JSON")


def arrivals(cast, source):
    row = page(cast).split(f">{source}</td>")[1].split("</td>")[0]
    return "" if "Nothing yet" in row else row


def test_the_first_thing_to_do_is_a_key_and_then_the_test_event(cast, client):
    def primary():
        return re.findall(r'btn-primary"[^>]*>(?:<svg.*?</svg>)?([^<]+)', page(cast), re.DOTALL)

    assert primary() == ["Make a service key"]
    _key, secret = make_key(cast.acme, "decisions:read")
    assert primary() == ["Make a service key"]
    _key, secret = make_key(cast.acme)
    assert primary() == ["Send a test event"]
    send(client, secret, [event("1")])
    assert primary() == []


def test_a_test_decision_is_the_answer_that_a_platform_gets(cast):
    make_model(cast.acme, "deep")
    make_policy(cast.acme, {"general_staff": []})

    shown = page(cast, model="deep")

    assert "<strong>No:</strong>" in shown
    assert "&quot;decision&quot;: false" in shown
    assert "does not allow deep to general_staff" in shown


def test_either_group_that_allowed_it_would_be_enough(cast):
    make_model(cast.acme, "deep")
    make_policy(cast.acme, {"general_staff": [], "owners": []}, groups={"owners": {"roles": ["owner"]}})

    shown = page(cast, model="deep")

    assert "An Owner or Admin allows deep to general_staff or owners and publishes the policy." in shown


def test_what_no_source_has_told_yet_is_named(cast, client):
    assert "files processed" in page(cast).split('id="sources-title"')[1].split("</p>")[0]
    send(client, make_key(cast.acme)[1], [event("1", "file", bytes=1)])

    assert "files processed" not in page(cast).split('id="sources-title"')[1].split("</p>")[0]
