"""Deeds on the model catalogue: add, change and delete models, one by one or from a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act, act_on
from orgs.models import Member, Organization
from policies import facts
from policies.models import CatalogueModel


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


def add(actor: Member, described: Described) -> CatalogueModel:
    """Add a model to the catalogue of the actor's organization.

    Raises:
        Denied: the actor may not manage the catalogue.
        Refused: one of its names is another model's.
    """
    model = CatalogueModel(org=actor.org, **_values(described))
    with act(actor, Action.CATALOGUE_MANAGE, model):
        names_are_free(model, _others(actor.org))
        model.save(force_insert=True)
    return model


def change(actor: Actor, model: CatalogueModel, described: Described) -> None:
    """Describe a model anew. A name that it no longer has stays its alias: policies and platforms go on naming it.

    Raises:
        Denied: the actor may not manage the catalogue.
        Refused: one of its names is another model's.
    """
    with act(actor, Action.CATALOGUE_MANAGE, model):
        describe(model, described)
        names_are_free(model, _others(model.org))
        model.save()


def delete(actor: Actor, model: CatalogueModel) -> None:
    """Take a model out of the catalogue: from then on it is an unknown one. Usage keeps its name.

    Raises:
        Denied: the actor may not manage the catalogue.
        Refused: a policy in force names it.
    """
    with act(actor, Action.CATALOGUE_MANAGE, model) as entry:
        if model.name in named_by_policies(model.org):
            text = _("A policy in force names %(name)s. Retire it, or publish a policy without it first.")
            raise Refused(text % {"name": model}, page="policies")
        entry.happened, entry.detail = True, {"deleted": True}
        CatalogueModel.objects.filter(pk=model.pk).delete()


def change_many(
    actor: Member,
    models: Sequence[CatalogueModel],
    described: Mapping[str, Described],
    noted: Callable[[list[Outcome]], None],
) -> None:
    """Describe models anew, each as `described` has it by name; a decision and an entry for each."""

    def deed(entry: Entry, model: CatalogueModel) -> None:
        if (said := described.get(model.name)) is None:
            raise Refused(_("This line no longer fits the model."))
        describe(model, said)
        names_are_free(model, _others(model.org))

    act_on(actor, Action.CATALOGUE_MANAGE, models, deed, noted=noted)


def describe(model: CatalogueModel, described: Described) -> None:
    """Set the fields of a row; a name given up becomes an alias."""
    before = model.name
    for name, value in _values(described).items():
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
    """The models that policies in force name, by their own names. 2 queries."""
    in_force = facts.policies_of(org, facts.catalogue_of(org).names)
    return frozenset(name for policy, *_of in in_force.values() for group in policy.groups for name in group.models)


def _others(org: Organization) -> list[CatalogueModel]:
    return list(CatalogueModel.objects.filter(org=org))


def _values(described: Described) -> dict[str, object]:
    return {name: getattr(described, name) for name in Described.__slots__} | {"aliases": list(described.aliases)}
