"""What publishing a draft does to people: who gains and who loses which models, and who is left with none.

Judged once for all people whom the policies cannot tell apart, so 10,000 members cost little more than ten. A Viewer
uses no model and neither gains nor loses.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from orgs.models import Department, Team
from policies import facts, people
from policies.engine import Policy
from policies.people import Somebody
from policies.queries.policy import Writing

NAMED = 5
COLUMNS = ("member", "name", "email", "role", "department", "team", "gains", "loses", "left with")


@dataclass(frozen=True, slots=True)
class Some:
    """How many people, and the first of them by name."""

    count: int = 0
    names: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class ModelChange:
    model: str
    gain: Some
    lose: Some


@dataclass(frozen=True, slots=True)
class Impact:
    """`models`: those that somebody gains or loses. `none`: who has some now and none then, `idle`: none before either.

    `judged`: how many people were looked at.
    """

    models: tuple[ModelChange, ...]
    gain: Some
    lose: Some
    none: Some
    idle: Some
    judged: int


@dataclass(slots=True)
class _Change:
    """What becomes of people who are alike."""

    before: frozenset[str]
    after: frozenset[str]
    people: list[Somebody] = field(default_factory=list)

    @property
    def gains(self) -> frozenset[str]:
        return self.after - self.before

    @property
    def loses(self) -> frozenset[str]:
        return self.before - self.after


def impact(at: Writing) -> Impact:
    """What publishing the draft does. 4 queries, at any size."""
    changes = _changes(at)
    models = sorted(frozenset().union(*(change.gains | change.loses for change in changes)))
    return Impact(
        models=tuple(
            ModelChange(
                model,
                some(p for one in changes if model in one.gains for p in one.people),
                some(p for one in changes if model in one.loses for p in one.people),
            )
            for model in models
        ),
        gain=some(p for one in changes if one.gains for p in one.people),
        lose=some(p for one in changes if one.loses for p in one.people),
        none=some(p for one in changes if one.before and not one.after for p in one.people),
        idle=some(p for one in changes if not one.before and not one.after for p in one.people),
        judged=sum(len(one.people) for one in changes),
    )


def rows(at: Writing) -> Iterator[tuple[object, ...]]:
    """Everybody who gains or loses, as a table of COLUMNS. 6 queries."""
    departments = dict(Department.objects.filter(org=at.org).values_list("pk", "name"))
    teams = dict(Team.objects.filter(org=at.org).values_list("pk", "name"))
    for change in _changes(at):
        if not change.gains and not change.loses:
            continue
        models = (" ".join(sorted(found)) for found in (change.gains, change.loses, change.after))
        gains, loses, left = models
        for one in change.people:
            place = departments.get(one.department, ""), teams.get(one.team, "")
            yield one.who.id, one.name, one.email, one.who.role, *place, gains, loses, left


def _changes(at: Writing) -> list[_Change]:
    """What becomes of whom, people who are alike together, in the order of their names. 4 queries."""
    before = _in_force(at)
    after: Mapping[int, Policy] = {**before, at.scope: Policy.of(at.document)}
    everybody = people.everybody(at.org, department=at.scope)
    judged = people.classes(everybody, [*before.values(), *after.values()])
    return [
        _Change(people.models_for(who, before, at.available), people.models_for(who, after, at.available), alike)
        for who, alike in judged.items()
        if people.uses_models(who)
    ]


def _in_force(at: Writing) -> dict[int, Policy]:
    """Every policy that is in force, by its scope: a department's narrows the organization's. 2 queries at most."""
    if at.department:
        return at.in_force
    found = facts.policies_of(at.org, facts.catalogue_of(at.org).names)
    return {scope: policy for scope, (policy, _number, _name) in found.items()}


def some(people: Iterable[Somebody]) -> Some:
    """How many they are, and the first by name."""
    found = list(people)
    first = nsmallest(NAMED, found, key=lambda one: (one.name.casefold(), one.email))
    return Some(len(found), tuple(str(one) for one in first))
