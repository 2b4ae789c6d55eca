"""What an organization pays: invoices, one a month."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, actor: Member) -> "InvoiceQuerySet":
        """Every invoice of the organization for its Owners, none for the rest. One query."""
        return self.filter(org_id=actor.org_id) if actor.role == "owner" else self.none()


class Invoice(Row):
    """What a calendar month's seats cost; written once and never changed, but for being paid."""

    org = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(_("number"), max_length=32, unique=True)
    # Who issued it, as the lines of an address: as it was then (setting INVOICE_ISSUER).
    issuer = models.JSONField(default=list)
    # The calendar month in the organization's time zone, both days included.
    first_day = models.DateField()
    last_day = models.DateField()
    # One dictionary a line: plan, text, quantity, price_nanos, amount_nanos.
    lines = models.JSONField(default=list)
    total_nanos = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    issued_at = models.DateTimeField(default=timezone.now)
    due_day = models.DateField()
    # When the provider last said that it cannot take the money.
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_by = models.CharField(max_length=40, blank=True, help_text=_("The means of payment, “transfer” for one."))

    objects = InvoiceQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("number", "first_day", "total_nanos", "paid_at", "paid_by")

    class Meta:
        ordering = ["-first_day"]
        constraints = [models.UniqueConstraint(fields=["org", "first_day"], name="one_invoice_per_org_and_month")]

    def __str__(self) -> str:
        return self.number

    def pay(self, *, at: datetime, by: str) -> None:
        """Note that it is paid. Does nothing to one that is paid already."""
        if self.paid_at is None:
            self.paid_at, self.paid_by = at, by


class FreeMonth(models.Model):
    """A calendar month that is over and cost nothing, so that nobody works it out again.

    What it says can be worked out anew from the audit log: without the row it is, once.
    """

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="free_months")
    first_day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "first_day"], name="a_free_month_is_noted_once")]

    def __str__(self) -> str:
        return f"{self.org}: {self.first_day:%Y-%m}"
