"""How invoices are paid: one interface, and the transfer that is built in. Settings name another (PAYMENT_PROVIDER)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from orgs.models import Invoice
from orgs.templatetags.ui import day

AGAIN: Final = timedelta(days=1)


class Provider(Protocol):
    means: str  # what is noted of an invoice that it took the money for

    def how(self, invoice: Invoice) -> str:
        """How an invoice is paid, in one sentence for its page."""

    def collect(self, invoice: Invoice) -> bool:
        """Take the money for an unpaid invoice; whether it is paid. Twice takes it once.

        Asked when the invoice is issued and, while it says no, once a day; where it raises, again with the next hour.
        """


class Transfer:
    """Nobody takes the money: it is sent, and support notes that it came."""

    means = "transfer"

    def how(self, invoice: Invoice) -> str:
        words = {"number": invoice.number, "day": day(invoice.due_day)}
        return _("To be paid by transfer until %(day)s. Name the invoice's number, %(number)s.") % words

    def collect(self, invoice: Invoice) -> bool:
        return False


def collect(invoice: Invoice, now: datetime) -> bool:
    """Let the provider take the money for an unpaid invoice; whether it did. Where it cannot, the day's try is noted.

    A card that was declined is not tried each hour: those who run cards take that for an attack.
    """
    taken = provider().collect(invoice)
    if not taken:
        Invoice.objects.filter(pk=invoice.pk).update(asked_at=now)
    return taken


@cache
def provider() -> Provider:
    made: Provider = import_string(settings.PAYMENT_PROVIDER)()
    return made
