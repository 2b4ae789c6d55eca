"""What the demo bought and paid: a year of invoices by the same deed, the same whenever it is asked."""

from datetime import datetime

from config.demo import billing, companies
from orgs.models import Invoice, Organization
from orgs.queries.billing import due
from tests.demo.conftest import made

ZONED = datetime(2026, 11, 21, 9, 0).astimezone()


def bill(org):
    billing.bill(org, ZONED)
    return org


def facts(org):
    return list(Invoice.objects.filter(org=org).values_list("number", "total_nanos", "issued_at", "due_day", "paid_at"))


def test_a_year_of_invoices_stands_there_and_what_is_due_is_paid(db):
    org = bill(made(companies.FABRIKAM)[1])

    invoices = list(Invoice.objects.filter(org=org))

    assert [invoice.number for invoice in invoices[:2]] == ["FAB-2026-10", "FAB-2026-09"]
    assert len(invoices) == 12
    assert {(invoice.paid_at.date() - invoice.issued_at.date()).days for invoice in invoices} == {9}
    assert invoices[0].total_nanos > 0


def test_twice_changes_nothing_and_nothing_is_left_due(db):
    org = bill(made(companies.FABRIKAM)[1])
    before = facts(org)

    billing.bill(org, ZONED)

    assert facts(org) == before
    assert not [month for other, month in due(ZONED) if other == org]


def test_northwind_has_a_budget_well_above_what_it_costs(northwind):
    org = Organization.objects.get(pk=bill(northwind[1]).pk)

    assert (org.budget_nanos, org.budget_stops) == (15_000 * 10**9, True)
    assert org.budget_warned_month is None
