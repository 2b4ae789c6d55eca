"""What ids of a policy are called: models, departments, teams and members of one organization, both ways."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from orgs.ids import LARGEST, written
from orgs.models import Department, Member, Organization, Team
from policies.models import CatalogueModel

PLACES = ("departments", "teams", "members")


@dataclass(frozen=True, slots=True)
class Names:
    """`models`: every name that a model is known by → its own. The others: id → name (of a member, their address).

    `kept` are ids that a policy of the organization names already, whether what they stood for is still there or not.
    """

    models: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    departments: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    members: Mapping[int, str] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()

    def of(self, kind: str) -> Mapping[int, str]:
        """The names of `departments`, `teams` or `members`."""
        found: Mapping[int, str] = getattr(self, kind)
        return found

    @property
    def available(self) -> tuple[str, ...]:
        """The models that can be used, in the order of their names."""
        return tuple(sorted(set(self.models.values()) - self.retired))


def names_of(org: Organization, *documents: Any, kept: frozenset[int] = frozenset()) -> Names:
    """The names that `documents` may use: stored ones, or as people wrote them. 4 queries, at any size.

    Members are looked up as far as the documents name them. `kept`: see `Names`.
    """
    rows = list(CatalogueModel.objects.filter(org=org).order_by("name"))
    ids, addresses = _members_in(documents)
    named = Member.objects.filter(Q(pk__in=ids) | Q(user__email__in=addresses), org=org)
    return Names(
        models={name: row.name for row in rows for name in row.names},
        retired=frozenset(row.name for row in rows if row.status == CatalogueModel.Status.RETIRED),
        departments=dict(Department.objects.filter(org=org).values_list("pk", "name")),
        teams=dict(Team.objects.filter(org=org).values_list("pk", "name")),
        members=dict(named.values_list("pk", "user__email")),
        kept=kept,
    )


def ids_in(document: Mapping[str, Any]) -> frozenset[int]:
    """Every id of a department, team or member that a stored document names."""
    return frozenset(
        id_ for rule in document.get("groups", {}).values() for kind in PLACES for id_ in rule.get(kind, ())
    )


def _members_in(documents: Iterable[Any]) -> tuple[list[int], list[str]]:
    said = {value for document in documents for value in _said_members(document) if isinstance(value, int | str)}
    words = [value.strip().lower() for value in said if isinstance(value, str)]
    ids = [value if isinstance(value, int) else written(value.strip()) for value in said]
    return [id_ for id_ in ids if 0 < id_ <= LARGEST], [word for word in words if "@" in word and _is_text(word)]


def _said_members(document: Any) -> Iterator[Any]:
    """What a document, whole or its inner part, checked or not, says under the groups' `members`."""
    inner = document.get("ai_usage_policy", document) if isinstance(document, dict) else {}
    groups = inner.get("groups") if isinstance(inner, dict) else {}
    for rule in groups.values() if isinstance(groups, dict) else ():
        said = rule.get("members") if isinstance(rule, dict) else ()
        yield from (value for value in (said if isinstance(said, list) else ()) if value.__hash__)


def _is_text(word: str) -> bool:
    """Can a database hold it? Half of a surrogate pair and NUL it cannot."""
    return "\0" not in word and word.isprintable()
