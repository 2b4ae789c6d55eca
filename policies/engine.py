"""What a policy says: rules as data in, verdicts out. Pure: no database, no clock, no Django (product.md 4).

A policy is read from its document once (`Policy.of`) and asked any number of times. Departments, teams and members are
ids here; `policies.document` knows their names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

EVERYONE = "general_staff"  # everybody's default group
LEVELS = ("minimal", "standard", "full")  # of monitoring; each keeps what the one before it keeps
EFFECTS = ("block", "approve", "flag")  # of a use case, the strictest first


@dataclass(frozen=True, slots=True)
class Person:
    """What decides which groups somebody is in."""

    id: int
    role: str = ""
    department: int = 0
    team: int = 0
    lead: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Who is in it (any of what is named), and the models that its people may use.

    An `exclusive` group replaces the default and every group that is not exclusive.
    """

    name: str
    models: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    leads: bool = False
    guests: bool = False
    exclusive: bool = False

    def has(self, person: Person) -> bool:
        return (
            self.name == EVERYONE
            or person.role in self.roles
            or person.department in self.departments
            or person.team in self.teams
            or person.id in self.members
            or (self.leads and person.lead)
            or (self.guests and person.guest)
        )


@dataclass(frozen=True, slots=True)
class UseCase:
    """A kind of use that is blocked, needs an exception, or is flagged; known by the platform's tag or by phrases."""

    id: str
    effect: str
    description: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as it is asked. `unknown_models`: whether models that are not in the catalogue may be used at all."""

    groups: tuple[Group, ...] = ()
    use_cases: Mapping[str, UseCase] = field(default_factory=dict)
    monitoring_level: str = "standard"
    unknown_models: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any], models: Mapping[str, str] | None = None) -> "Policy":
        """Read what `policies.document` has checked: the value of `ai_usage_policy`, with ids for names.

        `models`: by what a model is called now where the document calls it otherwise.
        """
        allowed, rules = document["allowed_models"], document.get("groups", {})
        names = dict.fromkeys([EVERYONE, *allowed, *rules])
        described = document.get("use_cases", {})
        cases = {id_: _use_case(id_, described.get(id_, {})) for id_ in document["restricted_use_cases"]}
        return cls(
            tuple(_group(name, _now(allowed.get(name, ()), models or {}), rules.get(name, {})) for name in names),
            cases,
            document["monitoring_level"],
            document.get("unknown_models") == "allowed",
        )

    def groups_of(self, person: Person) -> tuple[Group, ...]:
        """The groups that count for `person`: the exclusive ones they are in, else all, the default among them."""
        found = tuple(group for group in self.groups if group.has(person))
        return tuple(group for group in found if group.exclusive) or found

    def models_of(self, person: Person) -> frozenset[str]:
        """The models that the policy names for `person`: the union over their groups."""
        return models_in(self.groups_of(person))


def models_in(groups: Iterable[Group]) -> frozenset[str]:
    return frozenset().union(*(group.models for group in groups))


def _now(names: Iterable[str], models: Mapping[str, str]) -> Iterable[str]:
    return (models.get(name, name) for name in names)


def _group(name: str, models: Iterable[str], rule: Mapping[str, Any]) -> Group:
    def named(key: str) -> frozenset[Any]:
        return frozenset(rule.get(key, ()))

    return Group(
        name,
        frozenset(models),
        named("roles"),
        named("departments"),
        named("teams"),
        named("members"),
        leads=bool(rule.get("leads")),
        guests=bool(rule.get("guests")),
        exclusive=bool(rule.get("exclusive")),
    )


def _use_case(id_: str, said: Mapping[str, Any]) -> UseCase:
    return UseCase(id_, said.get("effect", EFFECTS[0]), said.get("description", ""), tuple(said.get("phrases", ())))
