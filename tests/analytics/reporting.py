"""A month of usage in two teams, and what a dashboard, a report's page, its CSV and its PDF say of it."""

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from pypdf import PdfReader

from tests.analytics.sending import event

TODAY = timezone.now().astimezone(UTC).date()
LAST = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)  # the last month that is over, by its first day
MONTH = f"{LAST:%Y-%m}"
MIKA, LENA, VERA, OLIVE = (f"{name}@acme.example" for name in ("mika", "lena", "vera", "olive"))


def at(day, hour=10, month=LAST):
    return datetime.combine(month.replace(day=day), time(hour), UTC)


def a_month(month=LAST):
    """Mika and Lena of Search, Vera of Ranking, Olive of no team; the month before, and today, for contrast."""

    def on(day, hour=10):
        return at(day, hour, month)

    events = [event(f"m{n}", at=on(3 + n % 20, 9 + n % 5), member=MIKA, conversation=f"c{n % 4}") for n in range(12)]
    events += [event(f"l{n}", at=on(4 + n), member=LENA, conversation="l", workspace="Den") for n in range(5)]
    events += [event(f"v{n}", at=on(6), member=VERA, conversation="v", workspace="Lab") for n in range(3)]
    events += [event("o", at=on(9), member=OLIVE, conversation="o"), event("x", at=on(9))]
    for n, who in enumerate((MIKA, MIKA, LENA, VERA, OLIVE)):
        more = {"model": f"model-{n % 2}", "cost": f"{n + 1}.25", "conversation": f"c{n}", "use_case": "analysis"}
        events.append(event(f"r{n}", "response", at=on(10, 11), member=who, **more))
    events += [event(f"i{n}", "integration_call", at=on(11), member=MIKA, integration="crm") for n in range(2)]
    before = (month - timedelta(days=1)).replace(day=1)
    return events + [event(f"b{n}", at=at(5, month=before), member=MIKA, conversation="b") for n in range(6)]


def and_today():
    """A month, and one message of now."""
    return [*a_month(), event("late", at=datetime.now(UTC), member=MIKA)]


def of(events, *people):
    """The events of these people."""
    return [one for one in events if one.get("member") in people]


def last_day(month=LAST):
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def figures(answer):
    return dict(re.findall(r'data-figure="(\w+)" data-value="([^"]*)"', answer.content.decode()))


def table(answer, name):
    """Key of a line → its figures by name, as machines read them."""
    rows = re.findall(rf'<tr data-line="{name}:([^"]+)">(.*?)</tr>', answer.content.decode(), re.DOTALL)
    return {key: dict(re.findall(r'data-cell="(\w+)" value="([^"]*)"', row)) for key, row in rows}


def lines(answer):
    """The rows of a CSV, each by its columns."""
    assert answer.streaming
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def pages(answer):
    """The pages of a PDF."""
    return PdfReader(io.BytesIO(answer.content)).pages


def said(answer):
    """What a PDF says, without the foot of its pages."""
    return "\n".join(page.extract_text() for page in pages(answer))
