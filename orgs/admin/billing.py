"""Support: invoices, and noting that one is paid."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orgs import actions
from orgs.admin.rows import Deed, ReadOnlyAdmin, Reason
from orgs.models import Invoice
from orgs.templatetags.ui import money


class Paid(Reason):
    by = forms.CharField(label=_("Means of payment"), max_length=40, initial="transfer")


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "org", "first_day", "total", "due_day", "paid_at", "paid_by")
    list_filter = (("paid_at", admin.EmptyFieldListFilter),)
    list_select_related = ("org",)
    search_fields = ("number", "org__slug", "org__name")
    fields = ("number", "org", "first_day", "last_day", "total", "lines", "issued_at", "due_day", "paid_at", "paid_by")
    deeds = (
        Deed(
            "pay",
            _("Note that it is paid"),
            _("The invoice is noted as paid."),
            actions.billing.pay,
            Paid,
            fits=lambda invoice: invoice.paid_at is None,
        ),
    )

    @admin.display(description=_("total"))
    def total(self, invoice: Invoice) -> str:
        return money(invoice.total_nanos, invoice.currency)
