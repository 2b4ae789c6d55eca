"""A provider takes the money for invoices by itself: once, and it is not asked again and again when it cannot."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import payments, tasks
from orgs.actions import billing
from orgs.actors import SYSTEM
from orgs.models import Invoice
from orgs.queries import billing as queries
from tests.orgs.test_billing import price
from tests.orgs.test_invoices import last_month

pytestmark = pytest.mark.both


@pytest.fixture
def provider(settings):
    """Let another provider take the money: one of those below."""

    def use(kind):
        settings.PAYMENT_PROVIDER = f"{__name__}.{kind.__name__}"
        payments.provider.cache_clear()
        return payments.provider()

    yield use
    payments.provider.cache_clear()


class Card:
    """A provider that takes the money by itself."""

    means = "card"

    def how(self, invoice):
        return "Taken from the card."

    def collect(self, invoice):
        return invoice.total_nanos > 0


def test_another_provider_takes_the_money_with_the_next_run(cast, provider):
    price(cast.acme)
    billing.issue(SYSTEM, cast.acme, month=last_month())
    provider(Card)

    tasks.issue_invoices()

    assert set(Invoice.objects.values_list("paid_by", flat=True)) == {"card"}


class Declined(Card):
    """A card that is declined whenever it is tried."""

    tried = 0

    def collect(self, invoice):
        self.tried += 1
        return False


def test_a_card_that_is_declined_is_tried_once_a_day_until_the_invoice_is_paid(cast, provider):
    price(cast.acme)
    invoice = billing.issue(SYSTEM, cast.acme, month=last_month())
    card, tried, now = provider(Declined), [], timezone.now()

    for hours in (0, 1, 23, 24, 25):
        at = now + timedelta(hours=hours)
        for waiting in queries.unpaid(at):
            payments.collect(waiting, at)
        tried.append(card.tried)

    assert tried == [1, 1, 1, 2, 2]
    billing.pay(cast.support, invoice, by="transfer")
    assert not queries.unpaid(now + timedelta(days=9))


def test_the_timetable_tries_no_more_than_once_a_day(cast, provider):
    price(cast.acme)
    billing.issue(SYSTEM, cast.acme, month=last_month())
    card = provider(Declined)

    tasks.issue_invoices()
    tried = card.tried
    tasks.issue_invoices()

    assert card.tried == tried == Invoice.objects.filter(paid_at=None).count()


class Moody(Card):
    """Cannot take the money for the first invoice that it is asked for."""

    asked = 0

    def collect(self, invoice):
        self.asked += 1
        if self.asked == 1:
            raise ConnectionError("the card company does not answer")
        return super().collect(invoice)


def test_what_fails_for_one_organization_keeps_no_other_from_its_turn(cast, provider):
    for org in (cast.acme, cast.eve.org):
        price(org)
        billing.issue(SYSTEM, org, month=last_month())
    provider(Moody)

    tasks.issue_invoices()
    waiting = Invoice.objects.filter(paid_at=None).count()
    tasks.issue_invoices()

    assert waiting == 1
    assert not Invoice.objects.filter(paid_at=None).exists()
