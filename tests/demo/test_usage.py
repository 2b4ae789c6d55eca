"""The demo's usage, recounted here from its events alone: what the overview must show for any day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from config.demo import companies, people, usage
from config.demo.catalogue import BY_NAME, GENERAL_STAFF, INTERNS, LEADERSHIP, RESEARCH_TEAM
from config.demo.usage import figures
from tests.demo.conftest import used

ORDINARY = date(2026, 11, 21)
AFTER_CLOCKS_WENT_FORWARD = date(2026, 3, 30)
AFTER_CLOCKS_WENT_BACK = date(2026, 11, 2)
NEW_YEAR = date(2027, 1, 1)
LEAP_YEAR = date(2028, 3, 1)
DAYS = [ORDINARY, AFTER_CLOCKS_WENT_FORWARD, AFTER_CLOCKS_WENT_BACK, NEW_YEAR, LEAP_YEAR]


pytestmark = pytest.mark.xdist_group("northwind")


@pytest.fixture(scope="module", params=DAYS, ids=str)
def northwind(request):
    return *used(request.param), request.param


def as_of(day):
    return pytest.mark.parametrize("northwind", [day], ids=str, indirect=True)


def fabrikam(today=ORDINARY, seed=7):
    company = people.company(companies.FABRIKAM, seed)
    return company, usage.events(company, figures.FABRIKAM, seed, today)


def in_range(company, events, today, *, first=30, last=1):
    """The events of the days from `first` to `last` days ago, each with its local day and hour."""
    zone = ZoneInfo(company.zone)
    for event in events:
        local = datetime.fromisoformat(event["at"]).astimezone(zone)
        if today - timedelta(days=first) <= local.date() <= today - timedelta(days=last):
            yield event, local


def recount(company, events, today):
    """Every figure of the overview of the last 30 full days, by product.md section 6."""
    found = list(in_range(company, events, today))
    kinds = Counter(event["kind"] for event, _ in found)
    messages = [(event, local) for event, local in found if event["kind"] == "message"]
    active = {event["member"] for event, _ in messages}
    member_days = {(event["member"], local.date()) for event, local in messages}
    talks = {event["conversation"] for event, _ in found if event["kind"] in ("message", "response")}
    models = Counter(event["model"] for event, _ in found if event["kind"] == "response")
    return {
        "active_members": len(active),
        "members": sum(not person.removed_days_ago for person in company.people),
        "conversations": len(talks),
        "responses": kinds["response"],
        "files": kinds["file"],
        "integration_calls": kinds["integration_call"],
        "cost": sum(Decimal(event["cost"]) for event, _ in found if "cost" in event),
        "daily_active": Fraction(len(member_days), 30),
        "peak": peak(Counter(local.hour for _, local in messages)),
        "models": {name: per_cent(count, kinds["response"]) for name, count in models.items()},
        "integrations": integration_shares(found, active),
        "use_cases": use_case_shares(found, talks),
    }


def peak(hours):
    """The shortest run of hours, the earliest of equals, that holds at least half of the messages."""
    for length in range(1, 25):
        for start in range(24):
            if 2 * sum(hours[(start + i) % 24] for i in range(length)) >= sum(hours.values()):
                return start, (start + length) % 24
    raise AssertionError("no messages")


def integration_shares(found, active):
    users = defaultdict(set)
    for event, _ in found:
        if event["kind"] == "integration_call":
            users[event["integration"]].add(event["member"])
    return {name: per_cent(len(who & active), len(active)) for name, who in users.items()}


def use_case_shares(found, talks):
    first = {}
    for event, _ in sorted(found, key=lambda pair: pair[1]):
        if event.get("use_case") and event.get("conversation") in talks:
            first.setdefault(event["conversation"], event["use_case"])
    return {name: per_cent(count, len(talks)) for name, count in Counter(first.values()).items()}


def per_cent(part, whole):
    return round(100 * part / whole)


@pytest.mark.slow
def test_northwinds_last_30_full_days_add_up_to_the_published_figures(northwind):
    company, events, today = northwind

    found = recount(company, events, today)

    models, integrations, use_cases = (found.pop(key) for key in ("models", "integrations", "use_cases"))
    assert found == {
        "active_members": 247,
        "members": 280,
        "conversations": 3_847,
        "responses": 28_934,
        "files": 1_205,
        "integration_calls": 15_623,
        "cost": Decimal("8456.00"),
        "daily_active": 128,
        "peak": (10, 14),
    }
    assert (models["advanced-reasoning"], models["standard-creative"]) == (45, 32)
    assert (integrations["team-chat"], integrations["productivity-suite"], integrations["crm"]) == (67, 45, 23)
    assert (use_cases["analysis"], use_cases["content"], use_cases["code"]) == (34, 28, 19)
    assert sorted(models, key=models.get)[-2:] == ["standard-creative", "advanced-reasoning"]
    assert sorted(use_cases, key=use_cases.get)[-3:] == ["code", "content", "analysis"]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_fabrikam_has_small_figures_of_its_own(today):
    company, events = fabrikam(today)

    found = recount(company, events, today)

    models, integrations, use_cases = (found.pop(key) for key in ("models", "integrations", "use_cases"))
    assert found == {
        "active_members": 18,
        "members": 24,
        "conversations": 231,
        "responses": 1_404,
        "files": 66,
        "integration_calls": 538,
        "cost": Decimal("318.50"),
        "daily_active": 7,
        "peak": (8, 12),
    }
    assert (models["standard-creative"], models["advanced-reasoning"]) == (48, 24)
    assert (integrations["team-chat"], integrations["crm"], integrations["productivity-suite"]) == (72, 39, 33)
    assert (use_cases["content"], use_cases["planning"], use_cases["analysis"]) == (41, 22, 17)


def test_the_same_seed_and_day_give_the_same_events_and_every_id_once():
    _, first = fabrikam()
    _, again = fabrikam()
    _, next_day = fabrikam(ORDINARY + timedelta(days=1))

    assert first == again
    assert len({event["id"] for event in first + next_day}) == len(first) + len(next_day)
    assert max(len(event["id"]) for event in first + next_day) <= 64


def test_another_seed_gives_other_people_and_other_events():
    ours, theirs = fabrikam(seed=7), fabrikam(seed=8)

    assert [p.email for p in ours[0].people] != [p.email for p in theirs[0].people]
    assert ours[1][0]["conversation"] != theirs[1][0]["conversation"]


@as_of(AFTER_CLOCKS_WENT_FORWARD)
def test_the_demo_covers_90_full_days_up_to_yesterday_in_the_zone_of_the_organization(northwind):
    company, events, _ = northwind

    days = {datetime.fromisoformat(event["at"]).astimezone(ZoneInfo(company.zone)).date() for event in events}
    assert days == {AFTER_CLOCKS_WENT_FORWARD - timedelta(days=ago) for ago in range(1, 91)}


@as_of(ORDINARY)
def test_use_grew_from_range_to_range(northwind):
    company, events, _ = northwind

    ranges = [
        [event for event, _ in in_range(company, events, ORDINARY, first=last + 29, last=last)] for last in (61, 31, 1)
    ]
    for kind in ("message", "response", "file", "integration_call"):
        counts = [sum(event["kind"] == kind for event in events) for events in ranges]
        assert counts == sorted(counts)
        assert counts[0] > counts[2] / 3
    people_then = [len({e["member"] for e in events if e["kind"] == "message"}) for events in ranges]
    assert people_then == sorted(people_then)


@as_of(ORDINARY)
def test_weekends_are_quiet_and_nobody_works_at_night(northwind):
    company, events, _ = northwind

    messages = [local for event, local in in_range(company, events, ORDINARY) if event["kind"] == "message"]

    by_weekday = Counter(local.weekday() for local in messages)
    assert max(by_weekday[5], by_weekday[6]) * 3 < min(by_weekday[day] for day in range(5))
    assert {local.hour for local in messages} <= set(range(6, 24))


@as_of(ORDINARY)
def test_everybody_keeps_to_their_role_plan_and_workspaces(northwind):
    company, events, _ = northwind
    by_email = {person.email: person for person in company.people}
    inside = defaultdict(set)
    for workspace in company.workspaces:
        for email in (workspace.creator, *workspace.users):
            inside[email].add(workspace.name)

    for event in events:
        person = by_email.get(event["member"])
        if person is None:
            assert event["kind"] == "error"
            continue
        assert person.role != "viewer"
        assert event["kind"] != "file" or person.plan != "essential"
        assert "workspace" not in event or event["workspace"] in inside[person.email]
        assert "workspace" not in event or person.plan in ("advanced", "expert")
        assert not person.guest or "workspace" in event


@as_of(ORDINARY)
def test_suspended_and_removed_people_did_something_before_and_nothing_after(northwind):
    company, events, _ = northwind
    last = defaultdict(lambda: 999)
    for event, local in in_range(company, events, ORDINARY, first=90):
        last[event["member"]] = min(last[event["member"]], (ORDINARY - local.date()).days)

    for person in company.people:
        assert last[person.email] > person.last_day_ago
    gone = [person for person in company.people if 0 < person.last_day_ago < 60]
    assert len(gone) == 5
    assert all(last[person.email] < 91 for person in gone)


@as_of(ORDINARY)
def test_models_fit_the_groups_of_the_usage_policy(northwind):
    company, events, _ = northwind
    by_email = {person.email: person for person in company.people}

    for event in events:
        if event["kind"] != "response":
            continue
        person = by_email[event["member"]]
        allowed = set(INTERNS) if person.intern else set(GENERAL_STAFF)
        if person.leads or person.role == "owner":
            allowed |= set(LEADERSHIP)
        if person.department == "Research" and not person.intern:
            allowed |= set(RESEARCH_TEAM)
        assert event["model"] in allowed


def test_every_event_costs_what_its_model_charges_for_its_tokens():
    _, events = fabrikam()

    for event in events:
        assert ("cost" in event) == (event["kind"] == "response")
        if "cost" in event:
            model = BY_NAME[event["model"]]
            nanos = event["tokens_in"] * model.nanos_in + event["tokens_out"] * model.nanos_out
            assert Decimal(event["cost"]) * 10**9 == nanos


@pytest.mark.parametrize("plot", [companies.NORTHWIND, companies.FABRIKAM], ids=lambda plot: plot.slug)
def test_each_organization_has_people_of_every_role_kind_status_and_plan(plot):
    company = people.company(plot, 7)
    present = [person for person in company.counted if not person.suspended_days_ago]
    users = [person for person in present if person.role == "user" and not person.guest]

    roles = Counter(person.role for person in present if not person.guest)
    assert roles["owner"] >= 2
    assert roles["admin"] >= 2
    assert roles["viewer"] >= 1
    assert {person.plan for person in users} == {"essential", "standard", "advanced", "expert"}
    assert any(person.leads for person in users)
    assert any(person.guest for person in present)
    assert any(person.suspended_days_ago for person in company.counted)
    assert all(person.joined_days_ago > 90 for person in company.people)


def test_the_two_organizations_share_no_name_and_no_address():
    ours = people.company(companies.NORTHWIND, 7).people
    theirs = people.company(companies.FABRIKAM, 7).people

    assert not {person.email for person in ours} & {person.email for person in theirs}
    assert not {person.name for person in ours} & {person.name for person in theirs}
    assert len({person.email for person in ours}) == len(ours)
