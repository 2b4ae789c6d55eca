"""The demo on later days: the days since are added, and what it keeps of itself is made anew when it is broken."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from analytics.models import InboxBatch
from config.demo import companies, keeping, load
from config.demo.usage import figures
from config.demo.usage.later import later
from tests.demo.conftest import made, used
from tests.demo.test_load import FABRIKAM, quietly, summary
from tests.demo.test_usage import AFTER_CLOCKS_WENT_FORWARD, ORDINARY, fabrikam, recount


def days_later(company, events, today, days):
    """The events with those of the days since, the figures of the last 30 before the new today, and those of before."""
    new = today + timedelta(days=days)
    since = [event for _, event in later(company, events, 7, today, new - timedelta(days=1))]
    return since, recount(company, [*events, *since], new), recount(company, events, today)


COUNTED = ("active_members", "conversations", "responses", "files", "integration_calls", "cost", "daily_active", "peak")


@pytest.mark.parametrize("today", [ORDINARY, AFTER_CLOCKS_WENT_FORWARD], ids=str)
@pytest.mark.parametrize("days", [1, 8, 29, 30, 61, 100])
def test_the_days_since_leave_the_figures_as_they_were(today, days):
    company, events = fabrikam(today)

    since, after, before = days_later(company, events, today, days)

    assert {name: after[name] for name in COUNTED} == {name: before[name] for name in COUNTED}
    assert after["models"] == before["models"]
    assert len({event["id"] for event in (*events, *since)}) == len(events) + len(since)


@pytest.mark.slow
@pytest.mark.xdist_group("northwind")
def test_northwind_shows_the_published_figures_on_every_later_day():
    company, events = used(ORDINARY)

    for days in (1, 17, 45):
        _since, after, before = days_later(company, events, ORDINARY, days)
        assert {name: after[name] for name in COUNTED} == {name: before[name] for name in COUNTED}


def test_nobody_acts_who_is_suspended_removed_or_a_guest_past_their_end():
    company, events = fabrikam()
    since, _after, _before = days_later(company, events, ORDINARY, 100)

    last = {}
    for person in company.people:
        if person.last_day_ago:
            last[person.email] = ORDINARY - timedelta(days=person.last_day_ago)
        elif person.guest:
            last[person.email] = ORDINARY + timedelta(days=person.ends_in_days - 1)
    late = [event for event in since if event["at"][:10] > str(last.get(event["member"], date.max))]
    assert not late


def test_a_later_start_adds_the_days_since_and_the_overview_shows_the_same_figures(data_dir, settings):
    settings.DEMO = True
    _, org = made(day=timezone.localdate(timezone=ZoneInfo(companies.FABRIKAM.zone)) - timedelta(days=5))
    keeping.write(keeping.Kept(loaded=["fabrikam"]))
    behind = load.is_behind()
    kept = keeping.read()
    kept.loaded.clear()
    keeping.write(kept)

    told = load.load(7, quietly, FABRIKAM)

    shown, wanted = summary(org, told["organizations"][0]["key"]), figures.FABRIKAM
    assert (behind, load.is_behind()) == (True, False)
    assert (shown["active_members"], shown["conversations"]) == (wanted.active, wanted.conversations)
    assert (shown["responses"], shown["files"]) == (wanted.responses, wanted.files)
    assert (str(shown["cost"]), float(shown["daily_active"])) == ("318.50", 7)
    assert (shown["peak_from"], shown["peak_to"]) == (8, 12)
    batches = InboxBatch.objects.count()
    load.load(7, quietly, FABRIKAM)
    assert InboxBatch.objects.count() == batches


def test_an_installation_without_demo_is_never_behind(data_dir, settings):
    settings.DEMO = False
    made()
    keeping.write(keeping.Kept(loaded=["fabrikam"]))

    assert not load.is_behind()


BROKEN = {
    "empty": "",
    "half of it": '{"passwords": {"a@b.example": "x"',
    "something else": "[]",
    "a list where a table was": '{"passwords": []}',
    "no text": b"\xff\xfe",
    "a field of nobody": '{"other": 1}',
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_of_secrets_is_put_aside_with_a_word_and_made_anew(data_dir, settings, what):
    settings.DEMO = True
    made()
    file, content = data_dir / "demo.json", BROKEN[what]
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(keeping.Broken):
        keeping.read()

    said = keeping.mend()

    assert said.startswith(f"{file} could not be read (")
    assert "It lies in demo.broken now" in said
    assert (data_dir / "demo.broken").exists()
    assert load.is_wanted()
    assert keeping.mend() == ""
