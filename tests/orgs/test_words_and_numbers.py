"""How people, times and numbers are written: orgs/templatetags/ui.py."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from orgs.templatetags import ui

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THIN = "\u202f"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Keller", "AK"),
        ("Ana Maria von Keller", "AK"),
        ("Łukasz Żółty", "ŁŻ"),
        ("ana.keller@acme.test", "AK"),
        ("Ana", "A"),
        ("<b>", "?"),
        ("", "?"),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name, letters):
    assert ui.initials(name) == letters


def test_the_same_name_has_the_same_colour():
    assert ui.hue("Ana Keller") == ui.hue("Ana Keller")
    assert {ui.hue(str(i)) for i in range(200)} == set(range(ui.HUES))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (28934, 0, f"28{THIN}934"),
        (999, 0, "999"),
        (-1234, 0, f"-1{THIN}234"),
        (-0.4, 2, "-0.40"),
        (0.125, 2, "0.13"),
        (10**9, 0, f"1{THIN}000{THIN}000{THIN}000"),
        (None, 0, "–"),
    ],
)
def test_thousands_stand_apart_by_a_thin_space(value, places, text):
    assert ui.number(value, places) == text


@pytest.mark.parametrize(("share", "text"), [(0.88, "88"), (0.875, "88"), (1, "100"), (0, "0")])
def test_a_share_is_written_in_whole_percent(share, text):
    assert ui.percent(share) == f"{text}{THIN}%"


@pytest.mark.parametrize(
    ("nanos", "people", "machines"),
    [
        (8_456_000_000_000, f"8{THIN}456.00 USD", "8456.00"),
        (1_140_000_000, "1.14 USD", "1.14"),
        (5_000_000, "0.01 USD", "0.01"),
        (4_999_999, f"<{THIN}0.01 USD", "0.00"),
        (0, "0.00 USD", "0.00"),
        (None, "–", ""),
    ],
)
def test_money_has_two_decimals_and_less_than_a_cent_says_so(nanos, people, machines):
    assert (ui.money(nanos), ui.amount(nanos)) == (people, machines)


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=-7), "7 min ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=-47), "1 day ago"),
        (timedelta(days=-30), "30 days ago"),
        (timedelta(days=-49), "3 Oct 2026"),
        (timedelta(hours=3, minutes=1), "in 3 hours"),
        (timedelta(days=7), "in 7 days"),
        (timedelta(days=7, seconds=-1), "in 7 days"),  # a moment after seven were chosen
        (timedelta(hours=25), "in 1 day"),
        (timedelta(hours=37), "in 2 days"),
        (timedelta(hours=36), "in 1 day"),  # midnight: the day before's end
    ],
)
def test_a_time_is_told_from_now_and_after_a_month_by_its_date(ahead, text):
    assert ui.relative(NOW + ahead, NOW) == text


def test_days_to_come_are_those_of_the_zone():
    end = NOW + timedelta(hours=30)  # 18:00 UTC tomorrow, three in the morning of the day after in Tokyo

    assert [ui.to_come(end, NOW, ZoneInfo(zone)) for zone in ("UTC", "Asia/Tokyo")] == ["in 1 day", "in 2 days"]


def test_the_absolute_time_stands_behind_the_relative_one_in_the_readers_zone():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        shown = ui.at(NOW)

    assert shown == (
        '<time datetime="2026-11-21T12:00:00+00:00" title="21 Nov 2026, 13:00:00 CET">21 Nov 2026, 13:00</time>'
    )


def test_a_day_is_the_one_that_it_is_in_the_readers_zone():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert ui.day(NOW.replace(hour=23, minute=30)) == "22 Nov 2026"
        assert ui.day(NOW.date()) == "21 Nov 2026"


def test_somebody_who_was_never_seen_is_told_so():
    assert "never" in ui.ago(None)


def test_an_icon_is_decoration_whatever_its_name():
    assert 'aria-hidden="true"' in ui.icon("users")
    assert "<b>" not in ui.icon("<b>")
