"""Invoices come once a month, say what stood at its end by the organization's clock, and are paid once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import months, tasks
from orgs.access import Denied, Refused
from orgs.actions import billing, members, organizations, seats
from orgs.actors import SYSTEM
from orgs.models import AuditEntry, FreeMonth, Invoice, Mail, Member, Organization
from orgs.queries import billing as queries
from orgs.rewind import held_at, terms_at
from tests.cast import make_member, make_org
from tests.doors import console, staff
from tests.orgs.test_billing import URL, USD, price
from tests.orgs.test_seats import sell

pytestmark = pytest.mark.both


def test_an_invoice_holds_what_stood_at_the_end_of_the_month_and_comes_once(cast):
    price(cast.acme)

    first = billing.issue(SYSTEM, cast.acme, month=last_month())
    second = billing.issue(SYSTEM, cast.acme, month=last_month())

    assert second is None
    assert Invoice.objects.get() == first
    assert first.number == f"ACM-{last_month():%Y-%m}"
    assert [line["quantity"] for line in first.lines] == [2, 1, 4, 3]  # Rita was there still
    assert first.total_nanos == (2 * 9 + 19 + 4 * 39 + 3 * 69) * USD
    assert AuditEntry.objects.filter(action="invoice.issue").count() == 1
    assert set(Mail.objects.filter(kind="invoice").values_list("to", flat=True)) == {
        "olive@acme.example",
        "oscar@acme.example",
    }


def last_month():
    return (timezone.now().date().replace(day=1) - timedelta(days=40)).replace(day=1)


def test_an_invoice_names_who_issues_it_who_receives_it_its_lines_and_the_sum(cast, settings):
    price(cast.acme)
    settings.INVOICE_ISSUER = "Example <Software> Ltd| 1 High Street |London"
    made = billing.issue(SYSTEM, cast.acme, month=last_month())

    page = console(cast.olive).get(f"/o/acme/billing/invoices/{made.pk}/").text

    assert "<strong>Example &lt;Software&gt; Ltd</strong><br>1 High Street<br>London</address>" in page
    assert "<strong>Acme</strong>" in page
    assert "Advanced seats" in page
    assert "400.00" in page


def test_an_old_invoice_names_the_issuer_of_its_day(cast, settings):
    price(cast.acme)
    made = billing.issue(SYSTEM, cast.acme, month=last_month())
    settings.INVOICE_ISSUER = "Another Ltd"

    page = console(cast.olive).get(f"/o/acme/billing/invoices/{made.pk}/").text

    assert "<strong>Steward</strong>" in page
    assert "Another Ltd" not in page


def test_a_month_that_is_not_over_has_no_invoice(cast):
    price(cast.acme)

    with pytest.raises(Refused, match="is not over"):
        billing.issue(SYSTEM, cast.acme, month=timezone.now().date().replace(day=1))
    with pytest.raises(Denied):
        billing.issue(cast.olive, cast.acme, month=last_month())


def test_an_organization_without_prices_gets_none(cast):
    assert billing.issue(SYSTEM, cast.acme, month=last_month()) is None
    assert not AuditEntry.objects.exists()


def test_months_end_by_the_organizations_clock():
    kiritimati = Organization(timezone="Pacific/Kiritimati")  # 14 hours ahead
    samoa = Organization(timezone="Pacific/Pago_Pago")  # 11 hours behind
    moment = datetime(2026, 10, 31, 11, 0, tzinfo=UTC)

    assert months.month_of(kiritimati, moment) == date(2026, 11, 1)
    assert months.month_of(samoa, moment) == date(2026, 10, 1)
    assert months.end_of(kiritimati, date(2026, 10, 1)) == datetime(2026, 10, 31, 10, 0, tzinfo=UTC)
    assert months.end_of(samoa, date(2026, 12, 1)) == datetime(2027, 1, 1, 11, 0, tzinfo=UTC)


def test_missed_months_are_made_up_and_twice_makes_one_of_each(cast):
    price(cast.acme)
    Organization.objects.filter(pk=cast.acme.pk).update(created_at=timezone.now() - timedelta(days=100))

    issued = tasks.issue_invoices()
    again = tasks.issue_invoices()

    assert issued in (3, 4)
    assert again == 0
    issued_for = list(Invoice.objects.order_by("first_day").values_list("first_day", flat=True))
    assert issued_for == sorted(set(issued_for))
    assert issued_for[-1] == (timezone.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)


def test_a_month_that_cost_nothing_is_looked_at_once(cast):
    price(cast.acme, expert=69 * USD)
    Member.objects.filter(org=cast.acme, plan="expert").update(plan="standard")
    Organization.objects.filter(pk=cast.acme.pk).update(created_at=timezone.now() - timedelta(days=100))
    due = [month for org, month in queries.due(timezone.now())]

    tasks.issue_invoices()

    assert len(due) in (3, 4)
    assert not list(queries.due(timezone.now()))
    assert not Invoice.objects.exists()
    assert not AuditEntry.objects.exists()
    FreeMonth.objects.all().delete()
    assert [month for org, month in queries.due(timezone.now())] == due  # it can be worked out again
    tasks.issue_invoices()
    this = months.month_of(cast.acme, timezone.now())
    assert [month for org, month in queries.due(months.end_of(cast.acme, this))] == [this]


def test_a_year_is_made_up_for_at_most(cast):
    price(cast.acme)
    Organization.objects.filter(pk=cast.acme.pk).update(created_at=timezone.now() - timedelta(days=2000))
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    due = [month for org, month in queries.due(now) if org == cast.acme]

    assert (due[0], due[-1], len(due)) == (date(2025, 11, 1), date(2026, 10, 1), 12)


def test_no_two_organizations_have_the_same_number(cast):
    other = make_org("Acme Labs", slug="acme-labs")
    make_member(other, "Otis", role="owner")
    for org in (cast.acme, other):
        price(org)

    numbers = {billing.issue(SYSTEM, org, month=last_month()).number[:-8] for org in (cast.acme, other)}

    assert numbers == {"ACM", "ACM2"}


def test_the_past_is_rebuilt_from_the_log(cast):
    sell(cast.acme, 30, expert=8)
    price(cast.acme)
    Member.objects.filter(pk=cast.rita.pk).update(joined_at=timezone.now() - timedelta(days=500))
    then = timezone.now()
    before = (held_at(cast.acme, then), terms_at(cast.acme, then))

    members.set_plan(cast.olive, cast.mika, plan="expert")
    members.set_plan(cast.olive, cast.mika, plan="standard")
    members.remove(cast.olive, cast.vera, reason="left")
    members.restore(cast.olive, cast.rita, fresh=True)
    members.suspend(cast.olive, cast.lena, reason="away")
    seats.change(cast.olive, cast.acme, total=40, plans={"expert": None})
    organizations.set_terms(cast.support, cast.acme, edition="team", seats=50, prices={"expert": 1})

    assert (held_at(cast.acme, then), terms_at(cast.acme, then)) == before
    assert held_at(cast.acme, timezone.now()) != before[0]


def test_who_joined_since_was_not_there(cast):
    then = timezone.now() - timedelta(days=1)
    before = held_at(cast.acme, then)

    make_member(cast.acme, "Nora", joined_at=timezone.now())

    assert held_at(cast.acme, then) == before


def test_an_invoice_is_shown_to_owners_as_a_page_and_as_a_file(cast):
    price(cast.acme)
    invoice = billing.issue(SYSTEM, cast.acme, month=last_month())
    browser = console(cast.olive)

    page = browser.get(f"{URL}invoices/{invoice.pk}/").content.decode()
    lines = b"".join(browser.get(f"{URL}invoices/{invoice.pk}/lines/").streaming_content).decode().splitlines()

    assert f"Invoice {invoice.number}" in page
    assert "To be paid by transfer until" in page
    assert lines[0].startswith("number,month,plan,text,quantity,price_usd,amount_usd")
    assert lines[1].startswith(f"{invoice.number},{last_month():%Y-%m},essential,Essential seats,2,9.00,18.00,")
    assert console(cast.adam).get(f"{URL}invoices/{invoice.pk}/").status_code == 403


def test_E04_no_cell_of_the_invoices_is_a_formula(cast):
    Invoice.objects.create(
        org=cast.acme,
        number="=1+1",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        lines=[{"plan": "@x", "text": "+cmd", "quantity": 1, "price_nanos": USD, "amount_nanos": USD}],
        total_nanos=USD,
        due_day=date(2026, 2, 14),
    )

    answer = b"".join(console(cast.olive).get(f"{URL}invoices/").streaming_content).decode()

    assert answer.splitlines()[1].startswith("'=1+1,2026-01,'@x,'+cmd,1,1.00,1.00,")


def test_support_notes_that_an_invoice_is_paid_with_a_reason(cast):
    price(cast.acme)
    invoice = billing.issue(SYSTEM, cast.acme, month=last_month())
    url = f"/admin/orgs/invoice/{invoice.pk}/deed/pay/"

    bare = staff(cast.support.user).post(url, {"by": "transfer", "reason": ""})
    paid = staff(cast.support.user).post(url, {"by": "transfer", "reason": "seen on the statement"})

    assert (bare.status_code, paid.status_code) == (422, 302)
    invoice.refresh_from_db()
    assert invoice.paid_by == "transfer"
    entry = AuditEntry.objects.get(action="invoice.pay")
    assert entry.detail["support_reason"] == "seen on the statement"
    with pytest.raises(Refused, match="was paid on"):
        billing.pay(cast.support, invoice, by="transfer")
    with pytest.raises(Denied):
        billing.pay(cast.olive, invoice, by="transfer")


def test_the_page_costs_as_many_queries_for_many_as_for_few(cast):
    price(cast.acme)
    browser, counts = console(cast.olive), []
    browser.get(URL)

    for month in (last_month(), (last_month() - timedelta(days=2)).replace(day=1)):
        billing.issue(SYSTEM, cast.acme, month=month)
        with CaptureQueriesContext(connection) as asked:
            browser.get(URL)
        counts.append(len(asked))

    assert counts[0] == counts[1]
