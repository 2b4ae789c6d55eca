"""The model catalogue: which AI models an organization knows, by which names, and what they cost."""

from fractions import Fraction
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.ids import Row
from orgs.models import Member, Organization

MILLION = 10**6  # tokens, that prices are told for


class CatalogueModelQuerySet(models.QuerySet["CatalogueModel"]):
    def visible_to(self, actor: Member) -> "CatalogueModelQuerySet":
        """All of the organization's: which models there are is no secret. One query."""
        return self.filter(org_id=actor.org_id)

    def available(self) -> "CatalogueModelQuerySet":
        return self.filter(status=CatalogueModel.Status.AVAILABLE)

    def named(self, name: str) -> "CatalogueModel | None":
        """The model that has this name, or this alias. One query."""
        return next((model for model in self if name in model.names), None)


class CatalogueModel(Row):
    """An AI model. Prices are nano-USD for a million tokens; None: not known."""

    class Status(models.TextChoices):
        AVAILABLE = "available", _("Available")
        RETIRED = "retired", _("Retired")

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="catalogue")
    name = models.CharField(_("name"), max_length=100)
    provider = models.CharField(_("provider"), max_length=100, blank=True)
    price_in_nanos = models.PositiveBigIntegerField(_("price in"), null=True, blank=True)
    price_out_nanos = models.PositiveBigIntegerField(_("price out"), null=True, blank=True)
    context_tokens = models.PositiveIntegerField(_("context"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.AVAILABLE)
    # Other names that ingest and decisions know it by. Names and aliases are unique together: see `policies.actions`.
    aliases = models.JSONField(_("aliases"), default=list, blank=True)

    objects = CatalogueModelQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = (
        "name",
        "provider",
        "price_in_nanos",
        "price_out_nanos",
        "context_tokens",
        "status",
        "aliases",
    )

    class Meta:
        verbose_name = _("model")
        constraints = [
            models.UniqueConstraint(fields=["org", "name"], name="one_model_per_name_and_org"),
            models.CheckConstraint(condition=Q(status__in=["available", "retired"]), name="a_models_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and every alias."""
        return (self.name, *self.aliases)

    def cost_nanos(self, tokens_in: int, tokens_out: int) -> int | None:
        """What so many tokens cost, in nano-USD; None where a price is not known."""
        if self.price_in_nanos is None or self.price_out_nanos is None:
            return None
        return round(Fraction(self.price_in_nanos * tokens_in + self.price_out_nanos * tokens_out, MILLION))
