"""The lists of those who ask to join and of invoices come fifty at a time, each page at the place of a row."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.ids import LARGEST, written
from orgs.models import Invoice, JoinRequest, User
from orgs.queries import billing, joining
from tests.doors import console

pytestmark = pytest.mark.both
JOINERS, BILLING = "/o/acme/members/joining/", "/o/acme/billing/"
NAMES = [f"p{number:03}" for number in range(120)]


def ask(org, count, *, decided=False):
    """So many ask, a minute apart, in the order of their names; `decided` an hour later each."""
    now = timezone.now() - timedelta(days=2)
    users = User.objects.bulk_create(User(email=f"{name}@acme.example", name=name) for name in NAMES[:count])
    for number, user in enumerate(users):
        at = now + timedelta(minutes=number)
        JoinRequest.objects.create(org=org, user=user, created_at=at, decided_at=at if decided else None)


def bill(org, count):
    """An invoice for each of so many months from January 2020 on."""
    for number in range(count):
        first = date(2020 + number // 12, number % 12 + 1, 1)
        facts = {"number": f"ACM-{first:%Y-%m}", "first_day": first, "last_day": first, "due_day": first}
        Invoice.objects.create(org=org, total_nanos=number, **facts)


def names_in(page):
    return re.findall(r"<strong>(p\d{3})</strong>", page.text)


def numbers_in(page):
    return re.findall(r">(ACM-\d{4}-\d\d)<", page.text)


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page.text)
    return found[1].replace("&amp;", "&") if found else ""


def walk(browser, url, read):
    """What is read on each page, forwards to the end and then backwards to the beginning."""
    forwards = [page := browser.get(url)]
    while following := link(page, "next"):
        forwards.append(page := browser.get(f"{url.partition('?')[0]}{following}"))
    backwards = [page]
    while earlier := link(page, "prev"):
        backwards.append(page := browser.get(f"{url.partition('?')[0]}{earlier}"))
    return [read(page) for page in forwards], [read(page) for page in reversed(backwards)]


@pytest.mark.parametrize("state", ["waiting", "decided"])
def test_those_who_ask_are_paged_through_and_back(cast, state):
    ask(cast.acme, 120, decided=state == "decided")

    there, back = walk(console(cast.adam), f"{JOINERS}?state={state}", names_in)

    order = NAMES if state == "waiting" else NAMES[::-1]
    assert there == [order[:50], order[50:100], order[100:]] == back


def test_who_is_answered_meanwhile_moves_nobody_from_page_to_page(cast):
    ask(cast.acme, 60)
    browser = console(cast.adam)
    first = browser.get(JOINERS)
    JoinRequest.objects.filter(user__name__in=NAMES[:20]).update(decided_at=timezone.now())

    second = browser.get(f"{JOINERS}{link(first, 'next')}")

    assert names_in(second) == NAMES[50:60]


def test_invoices_are_paged_through_and_back_newest_first(cast):
    bill(cast.acme, 110)

    there, back = walk(console(cast.olive), BILLING, numbers_in)

    newest = list(Invoice.objects.order_by("-first_day").values_list("number", flat=True))
    assert there == [newest[:50], newest[50:100], newest[100:]] == back
    assert "110 invoices" in console(cast.olive).get(BILLING).text


def test_a_page_of_invoices_is_swapped_in_alone(cast):
    bill(cast.acme, 60)
    browser = console(cast.olive)

    part = browser.get(f"{BILLING}{link(browser.get(BILLING), 'next')}", hx=True)

    assert len(numbers_in(part)) == 10
    assert 'id="invoices"' in part.text
    assert 'id="billing"' not in part.text


def test_the_file_of_all_invoices_has_all_of_them(cast):
    bill(cast.acme, 60)
    Invoice.objects.update(lines=[{"plan": "x", "text": "x", "quantity": 1, "price_nanos": 1, "amount_nanos": 1}])

    answer = b"".join(console(cast.olive).get(f"{BILLING}invoices/").streaming_content).decode()

    assert len(answer.splitlines()) == 61


@pytest.mark.parametrize("place", ["after=soon", "before=9999999999999999999-1", "after=%00", "before=2020-02-31"])
@pytest.mark.parametrize("url", [JOINERS, BILLING])
def test_a_place_that_is_none_is_said_and_the_first_page_shown(cast, url, place):
    ask(cast.acme, 2)
    bill(cast.acme, 2)

    page = console(cast.olive).get(f"{url}?{place}")

    assert page.status_code == 422
    assert len(names_in(page) + numbers_in(page)) == 2
    assert place.partition("=")[0] + ":" in page.text


def test_a_page_behind_the_last_row_leads_back_to_the_first(cast):
    ask(cast.acme, 1)
    bill(cast.acme, 1)
    browser = console(cast.olive)

    assert "Start from the first" in browser.get(f"{JOINERS}?after=4102444800000000-1").text
    assert "Show the newest" in browser.get(f"{BILLING}?after=2001-01-01").text


def test_a_page_costs_the_same_for_many_as_for_few(cast):
    counts = []
    for more in (1, 120):
        JoinRequest.objects.all().delete()
        User.objects.filter(name__in=NAMES).delete()
        Invoice.objects.all().delete()
        ask(cast.acme, more)
        bill(cast.acme, more)
        for read in (joining.queue, billing.invoices):
            with CaptureQueriesContext(connection) as asked:
                read(cast.olive)
            counts.append(len(asked))

    assert counts == [2, 2, 2, 2]


def test_whoever_closed_their_account_is_shown_so_and_cannot_be_let_in(cast):
    ask(cast.acme, 1)
    User.objects.filter(name=NAMES[0]).update(is_active=False)

    page = console(cast.adam).get(JOINERS).text

    assert "They have closed their account since" in page
    assert "/accept/" not in page
    assert "/decline/" in page


@pytest.mark.parametrize("number", [1, 2**62 - 1, LARGEST])
def test_every_id_that_a_row_can_have_is_read_as_it_is_written(number):
    assert written(str(number)) == number


@pytest.mark.parametrize("text", ["", "0", "-1", "1.0", " 1", "x", "\u0661", str(LARGEST + 1), "9" * 5000])
def test_what_no_row_can_have_is_no_id(text):
    assert written(text) == 0
