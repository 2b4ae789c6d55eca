"""Deeds on the model catalogue: add, change and delete models, one by one or from a file."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act, act_on
from orgs.models import Member
from policies.describing import Described, describe, named_by_policies, names_are_free, others, values
from policies.models import CatalogueModel


def add(actor: Member, described: Described) -> CatalogueModel:
    """Add a model to the catalogue of the actor's organization.

    Raises:
        Denied: the actor may not manage the catalogue.
        Refused: one of its names is another model's.
    """
    model = CatalogueModel(org=actor.org, **values(described))
    with act(actor, Action.CATALOGUE_MANAGE, model):
        names_are_free(model, others(actor.org))
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
        names_are_free(model, others(model.org))
        model.save()


def delete(actor: Actor, model: CatalogueModel) -> None:
    """Take a model out of the catalogue: from then on it is an unknown one. Usage keeps its name.

    Raises:
        Denied: the actor may not manage the catalogue.
        Refused: a policy in force names it, or one that runs report-only or is being rolled out.
    """
    with act(actor, Action.CATALOGUE_MANAGE, model) as entry:
        if model.name in named_by_policies(model.org):
            text = _(
                "A version of a policy that is in force, runs report-only or is being rolled out names %(name)s. "
                "Retire it, or replace or discard that version first."
            )
            raise Refused(text % {"name": model}, page="policies")
        entry.happened, entry.detail = True, {"deleted": True}
        CatalogueModel.objects.filter(pk=model.pk).delete()


def change_many(
    actor: Member,
    models: Sequence[CatalogueModel],
    *,
    described: Mapping[str, Described],
    noted: Callable[[list[Outcome]], None],
) -> None:
    """Describe models anew, each as `described` has it by name; a decision and an entry for each."""

    def deed(entry: Entry, model: CatalogueModel) -> None:
        if (said := described.get(model.name)) is None:
            raise Refused(_("This line no longer fits the model."))
        describe(model, said)
        names_are_free(model, others(model.org))

    act_on(actor, Action.CATALOGUE_MANAGE, models, deed, noted=noted)
