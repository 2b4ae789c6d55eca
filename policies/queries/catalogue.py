"""What the catalogue's pages show: models by name, one of them, and what a deed on one would do."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.access import Action, check
from orgs.models import Member, Organization
from orgs.queries import pages
from orgs.queries.members.panels import Panel
from policies.describing import named_by_policies
from policies.models import CatalogueModel, PolicyInForce


@dataclass(frozen=True, slots=True)
class Row:
    """A model in the list. Prices are nano-USD for a million tokens."""

    id: int
    name: str
    provider: str
    price_in_nanos: int | None
    price_out_nanos: int | None
    context_tokens: int | None
    retired: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of models by name. `previous` and `next` are the names to page from (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    previous: str
    next: str
    may_manage: bool
    published: bool


def listed(actor: Member, *, q: str = "", status: str = "", before: str = "", after: str = "") -> Listed:
    """The organization's models. 3 queries beside the actor's subject, at any size."""
    found = CatalogueModel.objects.visible_to(actor)
    if q:
        found = found.filter(Q(name__icontains=q) | Q(provider__icontains=q) | Q(aliases__icontains=q))
    if status:
        found = found.filter(status=status)
    rows, previous, following = pages.by_name(found, before=before, after=after)
    return Listed(
        rows=tuple(_row(model) for model in rows),
        total=found.count(),
        previous=previous,
        next=following,
        may_manage=check(actor, Action.CATALOGUE_MANAGE, actor.org).allowed,
        published=is_published(actor.org),
    )


def is_published(org: Organization) -> bool:
    """Whether any policy is in force: until then none refuses anything. One query."""
    return PolicyInForce.objects.filter(org=org).exclude(version=None).exists()


def deletion(model: CatalogueModel) -> Panel:
    """What deleting a model does. 4 queries."""
    obstacle = ""
    if model.name in named_by_policies(model.org):
        text = _(
            "A version of a policy that is in force, runs report-only or is being rolled out names %(name)s. "
            "Retire it, or replace or discard that version first."
        )
        obstacle = text % {"name": model}
    happens = (
        ("book", _("It is an unknown model from then on: a policy refuses it unless it allows unknown ones.")),
        ("history", _("Usage keeps its name, and what it cost.")),
    )
    title = _("Delete the model %(name)s?") % {"name": model}
    return Panel("delete", title, _("Delete %(name)s") % {"name": model}, happens, obstacle)


def retiring(model: CatalogueModel) -> tuple[str, ...]:
    """What somebody should know who changes a model that policies name. 4 queries."""
    if model.name not in named_by_policies(model.org):
        return ()
    return (_("A policy names it: retired, it is refused to everybody."),)


def _row(model: CatalogueModel) -> Row:
    return Row(
        id=model.pk,
        name=model.name,
        provider=model.provider,
        price_in_nanos=model.price_in_nanos,
        price_out_nanos=model.price_out_nanos,
        context_tokens=model.context_tokens,
        retired=model.status == CatalogueModel.Status.RETIRED,
        aliases=tuple(model.aliases),
    )
