"""Charts say in words what they show, hold no style of their own, and draw what they were given."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from analytics.templatetags import charts

FIRST = date(2026, 11, 2)  # a Monday


def days(count):
    return [FIRST + timedelta(i) for i in range(count)]


def drawn(tag, **context):
    return Template("{% load charts %}{% " + tag + " %}").render(Context(context))


def titles(html):
    return [" ".join(part.split("</title>")[0].split()) for part in html.split("<title>")[1:]]


def test_a_trend_tells_its_range_its_least_and_its_most():
    html = drawn("trend days series label", days=days(3), series=[("Messages", [4, 1200, 7])], label="Messages")

    assert 'aria-label="Messages by day, 2 Nov 2026 to 4 Nov 2026: least 4 on 2 Nov, most 1\u202f200 on 3 Nov."' in html


def test_every_day_of_a_trend_can_be_read_by_pointing_and_in_a_table():
    html = drawn("trend days series label", days=days(30), series=[("In", range(30)), ("Out", range(30))], label="x")

    assert titles(html)[0] == "Mon 2 Nov 2026 In: 0 Out: 0"
    assert len(titles(html)) == html.count('<th scope="row">') == 30


def test_weekends_are_shaded():
    html = drawn("trend days series label", days=days(14), series=[("x", [1] * 14)], label="x")

    assert html.count('class="weekend"') == 4


def test_a_stack_is_as_high_as_its_sum():
    parts = charts.stack([10, 0, 30], top=40)

    assert [(part.colour, part.height) for part in parts] == [(1, "45.0"), (3, "135.0")]
    assert float(parts[-1].y) == charts.TOP


@pytest.mark.parametrize("stacked", [True, False])
@pytest.mark.parametrize("values", [[0], [0, 0], [1], [5, 0, 7] * 130])
def test_a_trend_of_any_length_and_of_nothing_is_drawn(values, stacked):
    html = drawn(
        "trend days series label stacked=stacked",
        days=days(len(values)),
        series=[("x", values)],
        label="x",
        stacked=stacked,
    )

    assert "nan" not in html
    assert len(titles(html)) == len(values)


def test_a_trend_without_days_says_that_nothing_happened():
    assert "Nothing happened" in drawn("trend days series label", days=[], series=[], label="x")


@given(st.integers(0, 10**12))
def test_the_scale_ends_on_a_round_number_above_everything(largest):
    top = charts.ceiling(largest)

    assert top >= largest
    assert (top / charts.LINES).is_integer()


@given(st.floats(0.001, 10**9))
def test_the_scale_fits_amounts_of_money_too(largest):
    assert largest <= charts.ceiling(largest) <= max(charts.LINES, largest * 2)


def test_names_are_text_in_every_chart():
    evil = "<script>alert(1)</script>"
    row = SimpleNamespace(key=evil, label=evil, share=0.5, count=1)
    html = drawn("trend days series label", days=days(1), series=[(evil, [1]), (evil, [1])], label=evil)
    html += drawn("share_bars rows kind note=note", rows=[row], kind="model", note=evil)
    html += drawn("heat_map grid label", grid=[[1] * 24] * 7, label=evil)

    assert "<script" not in html


def test_no_chart_needs_a_style():
    html = drawn("trend days series label", days=days(9), series=[("x", range(9))], label="x")
    html += drawn("heat_map grid label", grid=[[1] * 24] * 7, label="x") + charts.sparkline([1, 2]) + charts.bar(0.5)

    assert "style" not in html


def test_shares_can_be_read_by_scripts_and_people():
    row = SimpleNamespace(key="advanced-reasoning", label="Advanced Reasoning", share=0.45, count=13020)

    html = drawn("share_bars rows 'model'", rows=[row])

    assert 'data-share="model:advanced-reasoning" data-value="0.45"' in html
    assert "45\u202f%" in html
    assert 'width="45.000%"' in html


def test_no_shares_are_not_reported_rather_than_nothing():
    assert "Not reported" in drawn("share_bars rows 'model'", rows=[])


def test_the_busiest_hour_is_the_darkest_and_named():
    grid = [[0] * 24 for _ in range(7)]
    grid[2][11], grid[3][9] = 90, 1

    html = drawn("heat_map grid 'Messages'", grid=grid)

    assert "the busiest hour is Wednesday 11:00." in html
    assert (html.count('class="q9"'), html.count('class="q1"'), html.count('class="q0"')) == (1, 1, 166)
    assert "Wednesday 11:00 · 90" in titles(html)


@pytest.mark.parametrize(("run", "boxes"), [((10, 14), 1), ((22, 3), 2), ((20, 0), 1), ((None, None), 0)])
def test_the_peak_run_is_outlined_also_past_midnight(run, boxes):
    html = drawn("heat_map grid 'Messages' start end", grid=[[1] * 24] * 7, start=run[0], end=run[1])

    assert html.count('class="peak"') == boxes
    assert ("Peak hours" in html) == bool(boxes)


def test_a_sparkline_needs_two_values():
    assert charts.sparkline([7]) == ""
    assert ET.fromstring(charts.sparkline([3, 3, 3])).get("aria-hidden") == "true"


@pytest.mark.parametrize(("share", "width"), [(-1, "0.000%"), (0.5, "50.000%"), (7, "100.000%")])
def test_a_bar_stays_in_its_cell(share, width):
    assert ET.fromstring(charts.bar(share))[1].get("width") == width


def test_a_single_day_is_a_point_for_each_series():
    one = drawn("trend days series label", days=days(1), series=[("In", [4]), ("Out", [2])], label="x")
    two = drawn("trend days series label", days=days(2), series=[("In", [4, 4]), ("Out", [2, 2])], label="x")

    assert one.count("<circle") == 2
    assert f'cy="{charts.TOP:.1f}"' in one
    assert "<circle" not in two
