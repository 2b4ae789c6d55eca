"""Support: organizations. Create one, set its terms, suspend and reopen it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from orgs import actions
from orgs.actors import Support
from orgs.admin.rows import Deed, ReadOnlyAdmin, Reason
from orgs.forms.settings import zones
from orgs.models import Edition, Invitation, Organization, Plan

NANOS = 1_000_000_000


class Terms(Reason):
    edition = forms.ChoiceField(choices=Edition.choices)
    seats = forms.IntegerField(required=False, min_value=1, max_value=10_000_000, help_text=_("Empty: unlimited."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prices = dict(self.row.prices.values_list("plan", "price_nanos"))
        for plan in Plan:
            price = prices.get(plan)
            self.fields[f"price_{plan}"] = forms.DecimalField(
                label=_("Price of a seat on %(plan)s, USD a month") % {"plan": plan.label},
                required=False,
                max_digits=9,
                decimal_places=2,
                validators=[MinValueValidator(0)],
                initial=None if price is None else Decimal(price) / NANOS,
            )
        self.initial = {**self.initial, "edition": self.row.edition, "seats": self.row.seats}


class NewOrganization(Reason):
    name = forms.CharField(max_length=80)
    slug = forms.SlugField(
        label=_("Short name"), max_length=40, help_text=_("In its address: /o/<short name>/. Never changes.")
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="UTC")
    edition = forms.ChoiceField(choices=Edition.choices)
    seats = forms.IntegerField(required=False, min_value=1, max_value=10_000_000, help_text=_("Empty: unlimited."))
    owner_email = forms.EmailField(label=_("First Owner's address"), help_text=_("They are invited by mail."))


def _set_terms(actor: Support, org: Organization, *, edition: str, seats: int | None, **prices: Decimal | None) -> None:
    nanos = {name.removeprefix("price_"): int(price * NANOS) for name, price in prices.items() if price is not None}
    actions.organizations.set_terms(actor, org, edition=edition, seats=seats, prices=nanos)


def _suspend(actor: Support, org: Organization) -> None:
    actions.organizations.suspend(actor, org, reason=actor.reason)


CREATE = Deed(
    "create",
    _("Create an organization"),
    _("The organization is created; its first Owner is invited by mail."),
    actions.organizations.create,
    NewOrganization,
)


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "edition", "seats", "held", "timezone", "created_at", "suspended_at")
    list_filter = ("edition", ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "members__user__email")
    change_list_template = "admin/support/organizations.html"
    deeds = (
        Deed("terms", _("Set edition, seats and prices"), _("Edition, seats and prices are set."), _set_terms, Terms),
        Deed(
            "suspend",
            _("Suspend the organization"),
            _("The organization is suspended."),
            _suspend,
            fits=lambda org: org.suspended_at is None,
        ),
        Deed(
            "reopen",
            _("Reopen the organization"),
            _("The organization is open again."),
            actions.organizations.reopen,
            fits=lambda org: org.suspended_at,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        held = Count("members", filter=Q(members__removed_at=None), distinct=True)
        organizations: QuerySet[Any] = super().get_queryset(request).annotate(_held=held)
        return organizations

    @admin.display(description=_("seats held"))
    def held(self, org: Any) -> int:
        return int(org._held)

    def get_urls(self) -> list[URLPattern]:
        create = path("create/", self.admin_site.admin_view(self.create_view), name="orgs_organization_create")
        return [create, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """There is one way to make an organization: with its terms, its first Owner and a reason."""
        return redirect("admin:orgs_organization_create")

    def create_view(self, request: HttpRequest) -> HttpResponse:
        """Make an organization; its first Owner is invited by mail."""
        form = NewOrganization(request.POST or None)
        if request.method == "POST" and form.is_valid():
            invitation = self.carry_out(request, form, CREATE)
            if isinstance(invitation, Invitation):
                return redirect(self.url_of(invitation.org))
        return self.deed_page(request, form, CREATE.label, None)
