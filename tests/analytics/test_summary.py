"""What machines are told of usage: the summary, amounts of money, and how fresh the totals are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.queries import freshness as fresh
from analytics.queries import money
from orgs.models import Scope
from tests.analytics.sending import NOON, event, post, send
from tests.cast import make_key

DAY = NOON.date()
MIKA = "mika@acme.example"


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def test_totals_age_from_when_they_were_written_and_events_wait_until_they_are_counted(client, cast, secret):
    assert (fresh.age(), fresh.waiting()) == (None, timedelta(0))
    send(client, secret, [event(1)])
    assert (fresh.age() < timedelta(minutes=1), fresh.waiting()) == (True, timedelta(0))

    post(client, secret, [event(2)])

    assert timedelta(0) < fresh.waiting() < fresh.age() < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("nanos", "told"), [(0, "0.00"), (8_456 * 10**9, "8456.00"), (618_500, "0.0006185"), (5 * 10**8, "0.50")]
)
def test_money_is_told_exactly(nanos, told):
    assert str(money.usd(nanos)) == told


def test_the_summary_tells_the_figures_to_a_machine(client, cast, secret):
    events = [
        event(1, member=MIKA, conversation="a", use_case="code"),
        event(2, "integration_call", member=MIKA, integration="crm"),
    ]
    send(
        client,
        secret,
        [*events, event(3, "response", member=MIKA, conversation="a", model="deep", cost="1.25", tokens_out=9)],
    )

    answer = summary(client, secret, **{"from": DAY - timedelta(days=1), "to": DAY})

    assert answer.status_code == 200
    told = answer.json()
    assert (
        told
        | {
            "active_members": 1,
            "members": 9,
            "conversations": 1,
            "responses": 1,
            "files": None,
            "integration_calls": 1,
            "tokens_in": 0,
            "tokens_out": 9,
            "cost": "1.25",
            "cost_per_active_day": "0.62",
            "cost_per_response": "1.25",
            "daily_active": 0.5,
            "peak_from": 12,
            "peak_to": 13,
        }
        == told
    )
    assert [row["model"] for row in told["models"]] == ["deep"]
    assert [(row["integration"], row["share"]) for row in told["integrations"]] == [("crm", 1.0)]
    assert [(row["use_case"], row["share"]) for row in told["use_cases"]] == [("code", 1.0)]
    assert [day["day"] for day in told["days"]] == [str(DAY - timedelta(days=1)), str(DAY)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "today", "to": "2026-01-01"}, "from: must be a day such as 2026-11-21."),
        ({"from": "2026-01-01"}, "to: must be a day such as 2026-11-21."),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "The last day must not be before the first."),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "Choose at most 400 days."),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from: must lie between 2000-01-01 and 2199-12-31."),
    ],
)
def test_a_range_that_is_none_is_refused_in_words(client, secret, asked, said):
    answer = summary(client, secret, **asked)

    assert (answer.status_code, answer.json()["error"]) == (422, said)


def test_the_summary_needs_the_scope_and_shows_its_own_organization_alone(client, cast, secret):
    send(client, secret, [event(1, member=MIKA)])
    writer = make_key(cast.acme, Scope.EVENTS_WRITE, name="writer")[1]
    other = make_key(cast.umbrella)[1]

    assert summary(client, writer).status_code == 403
    assert summary(client, other).json()["active_members"] is None
    assert summary(client, secret).json()["to"] == str(timezone.now().date() - timedelta(days=1))


def summary(client, secret, **asked):
    return client.get("/api/v1/usage/summary", asked, headers={"Authorization": f"Bearer {secret}"})
