"""A model of the catalogue as it is described, and the names that it must not share with another."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgs.access import Refused
from orgs.models import Organization
from policies import facts
from policies.engine import Policy
from policies.models import CatalogueModel, PolicyInForce


@dataclass(frozen=True, slots=True)
class Described:
    """A model as it is described. Prices are nano-USD for a million tokens; None: not known."""

    name: str
    provider: str = ""
    price_in_nanos: int | None = None
    price_out_nanos: int | None = None
    context_tokens: int | None = None
    status: str = CatalogueModel.Status.AVAILABLE
    aliases: tuple[str, ...] = ()


def describe(model: CatalogueModel, described: Described) -> None:
    """Set the fields of a row; a name given up becomes an alias."""
    before = model.name
    for name, value in values(described).items():
        setattr(model, name, value)
    if before != model.name and before not in model.aliases:
        model.aliases = [*model.aliases, before]


def names_are_free(model: CatalogueModel, others: Sequence[CatalogueModel]) -> None:
    """Raises Refused where one of the model's names, in capitals or not, is another model's or its own twice."""
    taken = {name.casefold(): row.name for row in others if row.pk != model.pk for name in row.names}
    seen: set[str] = set()
    for name in model.names:
        if (of := taken.get(name.casefold())) is not None:
            raise Refused(_("%(name)s is a name of the model %(of)s already.") % {"name": name, "of": of})
        if name.casefold() in seen:
            raise Refused(_("%(name)s is named twice.") % {"name": name})
        seen.add(name.casefold())


def named_by_policies(org: Organization) -> frozenset[str]:
    """The models that policies name by which anybody is judged, or is to be: in force, being rolled out, report-only.

    By their own names. 4 queries.
    """
    models = facts.catalogue_of(org).names
    tried = PolicyInForce.objects.filter(org=org).exclude(trial=None).select_related("trial")
    on_trial = [Policy.of(row.trial.document, models) for row in tried if row.trial is not None]
    found = [*(policy for _scope, (policy, _number, _name) in facts.judging(org, models)), *on_trial]
    return frozenset(name for policy in found for group in policy.groups for name in group.models)


def others(org: Organization) -> list[CatalogueModel]:
    return list(CatalogueModel.objects.filter(org=org))


def values(described: Described) -> dict[str, object]:
    return {name: getattr(described, name) for name in Described.__slots__} | {"aliases": list(described.aliases)}
