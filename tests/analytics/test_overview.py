"""Every figure of product.md 6 by its definition, over any range, for any subject, for a fixed number of queries."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.queries import breakdown, overview, periods
from tests.analytics.sending import NOON, event, send
from tests.cast import make_key, make_member

DAY = NOON.date()
MIKA, LENA, OLIVE = "mika@acme.example", "lena@acme.example", "olive@acme.example"


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def over(org, days=1, subject="", last=DAY):
    return overview.overview(org, periods.custom(last - timedelta(days=days - 1), last, org.zone), subject)


def ago(days, hour=12):
    return NOON.replace(hour=hour) - timedelta(days=days)


def test_active_members_are_those_who_sent_a_message(client, cast, secret):
    events = [
        event(1, member=MIKA),
        event(2, member=MIKA),
        event(3, "response", member=LENA),
        event(4, member="who@x.example"),
    ]
    send(client, secret, events)

    found = over(cast.acme).figures

    assert (found.active_members, found.members) == (1, 9)
    assert found.active_share == pytest.approx(1 / 9)


def test_members_are_counted_on_the_last_day_of_the_range(client, cast, secret):
    make_member(cast.acme, "Nora", joined_at=NOON - timedelta(days=1))
    cast.mika.remove(at=NOON - timedelta(days=2), reason="left")
    cast.mika.save()
    send(client, secret, [event(1)])

    days_ago = {days: over(cast.acme, last=DAY - timedelta(days=days)).figures.members for days in (0, 1, 2, 3)}

    # Rita, removed ten days before today, was there until then; the suspended Sam counts on.
    assert days_ago == {0: 9, 1: 9, 2: 8, 3: 9}


def test_distinct_people_and_conversations_do_not_add_up_over_days_and_the_rest_does(client, cast, secret):
    events = [event(number, at=ago(number), member=MIKA, conversation="c") for number in range(4)]
    events += [event(9, "response", at=ago(1), member=LENA, conversation="d", cost="0.30")]
    send(client, secret, events)

    found = over(cast.acme, days=4)

    assert (found.figures.active_members, found.figures.conversations, found.figures.messages) == (1, 2, 4)
    assert [day.active_members for day in found.days] == [1, 1, 1, 1]
    assert [day.conversations for day in found.days] == [1, 1, 2, 1]
    assert sum(day.messages for day in found.days) == found.figures.messages
    assert sum(day.cost for day in found.days) == found.figures.cost


def test_daily_average_counts_the_days_without_anybody(client, cast, secret):
    send(client, secret, [event(1, member=MIKA), event(2, member=LENA), event(3, at=ago(2), member=MIKA)])

    assert over(cast.acme, days=6).figures.daily_active == 0.5


def test_cost_is_told_per_active_member_and_day_and_per_response(client, cast, secret):
    events = [event(1, member=MIKA), event(2, member=LENA)]
    events += [event(number, "response", cost="0.75", tokens_in=7, tokens_out=11) for number in (3, 4, 5, 6)]
    send(client, secret, events)

    found = over(cast.acme, days=2).figures

    assert found.cost == Decimal("3.00")
    assert (found.cost_per_active_day, found.cost_per_response) == (Decimal("0.75"), Decimal("0.75"))
    assert (found.tokens_in, found.tokens_out) == (28, 44)


def test_what_nobody_ever_reported_is_not_zero(client, cast, secret):
    nothing = over(cast.acme).figures
    assert {nothing.active_members, nothing.conversations, nothing.cost, nothing.files, nothing.daily_active} == {None}

    send(client, secret, [event(1, at=ago(5))])
    found = over(cast.acme).figures

    assert (found.messages, found.active_members, found.daily_active) == (0, 0, 0.0)
    assert {
        found.responses,
        found.files,
        found.integration_calls,
        found.cost,
        found.conversations,
        found.tokens_in,
    } == {None}


@pytest.mark.parametrize(
    ("hours", "run"),
    [
        ({10: 1}, (10, 11)),
        ({10: 3, 11: 3, 12: 3, 13: 3, 4: 6, 20: 6}, (10, 14)),
        ({9: 2, 15: 2}, (9, 10)),
        ({23: 3, 0: 3, 12: 2}, (23, 1)),
        ({22: 5, 23: 5}, (22, 23)),
        (dict.fromkeys(range(24), 1), (0, 12)),
        ({}, None),
    ],
)
def test_the_peak_is_the_shortest_run_with_half_of_the_messages_and_the_earliest_of_equals(hours, run):
    assert overview.peak(tuple(hours.get(hour, 0) for hour in range(24))) == run


def test_the_heat_map_is_by_weekday_and_local_hour(client, cast, secret):
    cast.acme.timezone = "America/New_York"
    cast.acme.save(update_fields=["timezone"])
    monday = next(DAY - timedelta(days=back) for back in range(7) if (DAY - timedelta(days=back)).weekday() == 0)
    at = datetime(monday.year, monday.month, monday.day, 2, tzinfo=UTC)
    send(client, secret, [event(1, at=at)])

    found = over(cast.acme, days=14)

    sunday_evening = [(day, hour) for day, row in enumerate(found.heat) for hour, number in enumerate(row) if number]
    assert sunday_evening in ([(6, 21)], [(6, 22)])


def test_models_share_responses_and_what_names_none_comes_last(client, cast, secret):
    models = ["deep"] * 2 + ["fast"] + [None] * 3
    send(client, secret, [event(number, "response", model=model) for number, model in enumerate(models)])

    found = over(cast.acme).models

    assert [(share.value, share.number, round(share.share, 2)) for share in found] == [
        ("deep", 2, 0.33),
        ("fast", 1, 0.17),
        ("", 3, 0.5),
    ]


def test_integrations_share_active_members_and_may_add_up_to_more_than_all(client, cast, secret):
    calls = [(MIKA, "crm"), (MIKA, "crm"), (LENA, "crm"), (MIKA, "wiki"), (OLIVE, "crm")]
    events = [
        event(number, "integration_call", member=who, integration=name) for number, (who, name) in enumerate(calls)
    ]
    send(client, secret, [*events, event("m", member=MIKA), event("l", member=LENA)])

    found = over(cast.acme).integrations

    assert [(share.value, share.number, share.share) for share in found] == [("crm", 2, 1.0), ("wiki", 1, 0.5)]


def test_use_cases_share_conversations_by_the_first_event_that_names_one(client, cast, secret):
    events = [
        event(1, conversation="a", at=ago(0, 9)),
        event(2, conversation="a", at=ago(0, 10), use_case="code"),
        event(3, conversation="a", at=ago(0, 11), use_case="analysis"),
        event(4, conversation="b", at=ago(0, 9), use_case="analysis"),
        event(5, conversation="c", at=ago(0, 9)),
        event(6, "file", conversation="d", at=ago(0, 9), use_case="code"),
    ]
    send(client, secret, events)

    found = over(cast.acme)

    assert found.figures.conversations == 3
    assert [(share.value, share.number) for share in found.use_cases] == [("analysis", 1), ("code", 1), ("", 1)]


def test_the_range_before_is_as_long_and_right_before(client, cast, secret):
    send(client, secret, [event(1), event(2, at=ago(3)), event(3, at=ago(5)), event(4, at=ago(6))])

    found = over(cast.acme, days=3)

    assert (found.figures.messages, found.before.messages) == (1, 2)
    assert (found.period.before.first, found.period.before.last) == (DAY - timedelta(days=5), DAY - timedelta(days=3))


def test_the_default_range_is_the_last_full_days_in_the_organizations_zone():
    zone = periods.ZoneInfo("Pacific/Auckland")
    now = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # already the 22nd there

    found = periods.full_days(30, now=now, zone=zone)

    assert (found.first.isoformat(), found.last.isoformat(), found.length) == ("2026-10-23", "2026-11-21", 30)


def test_departments_and_teams_have_totals_of_their_own_and_rows_add_up(client, cast, secret):
    events = [event(1, member=MIKA), event(2, member=LENA), event(3, member=OLIVE), event(4, member="who@x.example")]
    send(client, secret, events)
    period = periods.custom(DAY, DAY, cast.acme.zone)

    rows = breakdown.departments(cast.acme, period)
    teams = breakdown.teams(cast.acme, period)
    members = breakdown.members(cast.acme, period)

    assert [(row.name, row.active_members, row.messages) for row in rows] == [
        ("Research", 2, 2),
        ("No department", 1, 2),
    ]
    assert [(row.name, row.messages) for row in teams] == [("Search", 2), ("Ranking", 0), ("No team", 2)]
    assert {row.name: row.messages for row in members} == {"Mika": 1, "Lena": 1, "Olive": 1, "Unattributed": 1}
    for table in (rows, teams, members):
        assert sum(row.messages for row in table) == 4
    assert over(cast.acme, subject=f"t:{cast.search.pk}").figures.active_members == 2
    assert over(cast.acme).unattributed.messages == 1


def test_every_split_adds_up_to_the_whole(client, cast, secret):
    events = [
        event(1, member=MIKA, workspace="Lab", model="deep", use_case="code", conversation="a", cost="1"),
        event(2, "response", member=MIKA, workspace="Elsewhere", model="fast", conversation="a", cost="2"),
        event(3, "integration_call", integration="crm", cost="4"),
    ]
    send(client, secret, events)
    period = periods.custom(DAY, DAY, cast.acme.zone)

    for dimension in ("model", "integration", "use_case", "workspace"):
        rows = breakdown.split(cast.acme, period, dimension)
        assert sum(row.cost for row in rows) == 7
        assert sum(row.messages for row in rows) == 1
    names = {row.name for row in breakdown.split(cast.acme, period, "workspace")}
    assert names == {"Lab", "Elsewhere", "No workspace"}


def test_an_overview_takes_the_same_queries_at_any_size(client, cast, secret):
    send(client, secret, [event(1, member=MIKA, model="m")])
    few = queries(cast)
    events = [
        event(
            f"n{number}",
            ["message", "response", "integration_call", "file"][number % 4],
            at=ago(number % 20, number % 24),
            member=[MIKA, LENA, OLIVE, "who@x.example"][number % 3],
            conversation=f"c{number % 50}",
            model=f"m{number % 20}",
            integration=f"i{number % 20}",
            use_case=f"u{number % 20}",
            workspace=["Lab", "Den", f"w{number % 30}"][number % 3],
        )
        for number in range(1_000)
    ]
    send(client, secret, events)

    assert queries(cast) == few
    assert few["overview"] == 16


def queries(cast):
    period = periods.custom(DAY - timedelta(days=29), DAY, cast.acme.zone)
    asked = {
        "overview": lambda: overview.overview(cast.acme, period),
        "team": lambda: overview.overview(cast.acme, period, f"t:{cast.search.pk}"),
        "member": lambda: overview.overview(cast.acme, period, f"p:{cast.mika.pk}"),
        "departments": lambda: breakdown.departments(cast.acme, period),
        "teams": lambda: breakdown.teams(cast.acme, period),
        "members": lambda: breakdown.members(cast.acme, period),
        "models": lambda: breakdown.split(cast.acme, period, "model"),
    }
    found = {}
    for name, ask in asked.items():
        with CaptureQueriesContext(
            connection,
        ) as context:
            ask()
        found[name] = len(context)
    return found
