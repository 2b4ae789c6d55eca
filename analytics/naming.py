"""From the names that an event uses to the rows they mean, as of now."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, QuerySet

from analytics import store
from analytics.cells import Person
from analytics.incoming import Taken
from orgs.models import Member
from orgs.queries.members import named
from policies.models import CatalogueModel
from workspaces.models import Workspace

NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in some events mean: people, workspaces, and the models that go by an alias."""

    people: dict[str, Person]
    workspaces: dict[str, int]
    models: dict[str, str]


def resolve(org_id: int, events: Iterable[Taken]) -> Names:
    """Look up every member, workspace and model that `events` name; at most 7 queries.

    A member is named as everywhere (`orgs.queries.members.named`); a workspace by name or id; a model by its name in
    the catalogue or an alias.
    """
    people: set[str] = set()
    workspaces: set[str] = set()
    models: set[str] = set()
    for event in events:
        people.add(event.member)
        workspaces.add(event.workspace)
        models.add(event.model)
    found = named.each(org_id, people, _people), _workspaces(org_id, workspaces - {""})
    return Names(*found, _aliases(org_id) if models - {""} else {})


def _aliases(org_id: int) -> dict[str, str]:
    """Alias → the model that goes by it. One query."""
    catalogue = CatalogueModel.objects.filter(org_id=org_id).exclude(aliases=[])
    return {alias: name for name, aliases in catalogue.values_list("name", "aliases") for alias in aliases}


def _people(found: QuerySet[Member], values: Collection[Any]) -> Iterator[tuple[Any, Person]]:
    rows = found.filter(store.OneOf(F("named"), values))
    columns = ("named", "pk", "ordinal", "department_id", "team_id")
    for value, member, ordinal, department, team in rows.values_list(*columns):
        yield value, Person(member, ordinal, (department or 0, team or 0))


def _workspaces(org_id: int, names: set[str]) -> dict[str, int]:
    """Workspaces by id or name. A name that several private ones share is nobody's."""
    workspaces = Workspace.objects.filter(org_id=org_id)
    numbers = workspaces.filter(store.OneOf(F("pk"), named.ids(names))).values_list("pk", flat=True)
    found = {str(pk): pk for pk in numbers}
    rows = workspaces.filter(store.OneOf(F("name"), names)).values_list("name").annotate(Min("pk"), Count("pk"))
    return found | {name: pk for name, pk, number in rows if number == 1}
