"""From the names that an event uses to the rows they mean, as of now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, QuerySet

from analytics import store
from analytics.cells import Person
from analytics.incoming import Taken
from orgs.ids import LARGEST
from orgs.models import FormerAddress, Member
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

    A member is named by e-mail address (a former one too, unless it is somebody's now), external id or id, in this
    order; a workspace by name or id; a model by its name in the catalogue or an alias.
    """
    people: set[str] = set()
    workspaces: set[str] = set()
    models: set[str] = set()
    for event in events:
        people.add(event.member)
        workspaces.add(event.workspace)
        models.add(event.model)
    found = _people(org_id, people - {""}), _workspaces(org_id, workspaces - {""})
    return Names(*found, _aliases(org_id) if models - {""} else {})


def _aliases(org_id: int) -> dict[str, str]:
    """Alias → the model that goes by it. One query."""
    catalogue = CatalogueModel.objects.filter(org_id=org_id).exclude(aliases=[])
    return {alias: name for name, aliases in catalogue.values_list("name", "aliases") for alias in aliases}


def _people(org_id: int, names: set[str]) -> dict[str, Person]:
    """Each name is looked up in one place after the other until it is found."""
    found: dict[str, Person] = {}
    for find in (_by_address, _by_former_address, _by_external_id, _by_id):
        rest = names - found.keys()
        found |= find(org_id, rest) if rest else {}
    return found


def _by_address(org_id: int, names: set[str]) -> dict[str, Person]:
    rows = _rows(Member.objects.filter(org_id=org_id), "user__email", _addresses(names))
    return _spelled(names, rows)


def _by_former_address(org_id: int, names: set[str]) -> dict[str, Person]:
    former = FormerAddress.objects.filter(user__memberships__org_id=org_id).order_by("until")
    return _spelled(names, _rows(former, "email", _addresses(names), "user__memberships__"))


def _by_external_id(org_id: int, names: set[str]) -> dict[str, Person]:
    return dict(_rows(Member.objects.filter(org_id=org_id), "external_id", names))


def _by_id(org_id: int, names: set[str]) -> dict[str, Person]:
    return {str(pk): person for pk, person in _rows(Member.objects.filter(org_id=org_id), "pk", _numbers(names))}


def _rows(found: "QuerySet[Any]", name: str, values: Iterable[Any], through: str = "") -> Iterator[tuple[Any, Person]]:
    columns = [through + column for column in ("pk", "ordinal", "department_id", "team_id")]
    for value, *row in found.filter(store.OneOf(F(name), values)).values_list(name, *columns):
        yield value, _person(*row)


def _addresses(names: set[str]) -> set[str]:
    return {name.lower() for name in names if "@" in name}


def _spelled(names: set[str], rows: Iterable[tuple[str, Person]]) -> dict[str, Person]:
    """`rows` by address under the names as they were sent."""
    found = {address.lower(): person for address, person in rows}
    return {name: found[name.lower()] for name in names if name.lower() in found}


def _person(member: int, ordinal: int, department: int | None, team: int | None) -> Person:
    return Person(member, ordinal, (department or 0, team or 0))


def _workspaces(org_id: int, names: set[str]) -> dict[str, int]:
    """Workspaces by id or name. A name that several private ones share is nobody's."""
    workspaces = Workspace.objects.filter(org_id=org_id)
    numbers = workspaces.filter(store.OneOf(F("pk"), _numbers(names))).values_list("pk", flat=True)
    found = {str(pk): pk for pk in numbers}
    named = workspaces.filter(store.OneOf(F("name"), names)).values_list("name").annotate(Min("pk"), Count("pk"))
    return found | {name: pk for name, pk, number in named if number == 1}


def _numbers(names: Iterable[str]) -> list[int]:
    """Those that can be an id."""
    return [
        int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 20 and int(name) <= LARGEST
    ]
