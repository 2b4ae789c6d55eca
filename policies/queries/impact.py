"""What publishing a draft does to people: who gains and who loses which models, and who is left with none.

Judged once for all people whom the policies cannot tell apart, so 10,000 members cost little more than ten. A Viewer
uses no model and neither gains nor loses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Department, Organization, Team
from orgs.templatetags.ui import number
from policies import facts, people
from policies.differences import listed
from policies.engine import Person, Policy
from policies.people import Some, together
from policies.queries.policy import Writing

NAMED = 3  # models that a sentence names
COLUMNS = ("member", "name", "email", "role", "department", "team", "gains", "loses", "left with", "status")


@dataclass(frozen=True, slots=True)
class ModelChange:
    model: str
    gain: Some
    lose: Some


@dataclass(frozen=True, slots=True)
class Impact:
    """`models`: those that somebody gains or loses. `none`: who has some now and none then, `idle`: none before either.

    `judged`: how many people were looked at. All of them count who is active, and beside them who is suspended.
    """

    models: tuple[ModelChange, ...]
    gain: Some
    lose: Some
    none: Some
    idle: Some
    judged: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of people who are alike."""

    before: frozenset[str]
    after: frozenset[str]

    @property
    def gains(self) -> frozenset[str]:
        return self.after - self.before

    @property
    def loses(self) -> frozenset[str]:
        return self.before - self.after


def impact(at: Writing) -> Impact:
    """What publishing the draft does. One query at most, at any size."""
    changes, found = _Changes(at), dict[_Change, list[Some]]()
    for who, some in people.kinds(at.org, changes.policies, department=at.scope).items():
        if people.uses_models(who):
            found.setdefault(changes.of(who), []).append(some)
    all_ = [(change, together(some)) for change, some in found.items()]
    counted = [change for change, some in all_ if some.count]
    models = sorted(frozenset().union(*(change.gains | change.loses for change in counted)))
    return Impact(
        models=tuple(
            ModelChange(
                model,
                together(some for one, some in all_ if model in one.gains),
                together(some for one, some in all_ if model in one.loses),
            )
            for model in models
        ),
        gain=together(some for one, some in all_ if one.gains),
        lose=together(some for one, some in all_ if one.loses),
        none=together(some for one, some in all_ if one.before and not one.after),
        idle=together(some for one, some in all_ if not one.before and not one.after),
        judged=sum(some.count for _one, some in all_),
    )


def lost(found: Impact) -> str:
    """Who lost what by it, in a sentence; empty: nobody. No query."""
    models = [one.model for one in found.models if one.lose.count]
    if not models:
        return ""
    more = [_("%(n)s more models") % {"n": len(models) - NAMED}] if len(models) > NAMED + 1 else []
    text = ngettext("%(n)s person lost %(models)s.", "%(n)s people lost %(models)s.", found.lose.count)
    return text % {"n": number(found.lose.count), "models": listed(models[:NAMED] + more if more else models)}


def rows(at: Writing) -> Iterator[tuple[object, ...]]:
    """Everybody who gains or loses, by name, as a table of COLUMNS. 4 queries."""
    departments = dict(Department.objects.filter(org=at.org).values_list("pk", "name"))
    teams = dict(Team.objects.filter(org=at.org).values_list("pk", "name"))
    changes = _Changes(at)
    change_of = cache(changes.of)
    alone = people.named_in(changes.policies)
    for one in people.everybody(at.org, department=at.scope):
        change = change_of(one.who if one.who.id in alone else replace(one.who, id=0))
        if one.status != "ended" and people.uses_models(one.who) and change.before != change.after:
            place = departments.get(one.department, ""), teams.get(one.team, "")
            models = (" ".join(sorted(found)) for found in (change.gains, change.loses, change.after))
            yield one.who.id, one.name, one.email, one.who.role, *place, *models, one.status


def opened(org: Organization, scope: int, group: str, model: str) -> int:
    """How many people gain a model once a group of what is in force may use it too. 3 queries at most."""
    catalogue = facts.catalogue_of(org)
    available = frozenset(catalogue.names.values()) - catalogue.retired
    before = {at: policy for at, (policy, _number, _name) in facts.policies_of(org, catalogue.names).items()}
    if scope not in before:  # a version that a rollout brings: nothing of it is in force
        return 0
    wider = (replace(one, models=one.models | {model}) if one.name == group else one for one in before[scope].groups)
    after = {**before, scope: replace(before[scope], groups=tuple(wider))}
    judged = people.kinds(org, list(before.values())).items()
    return sum(
        some.count
        for who, some in judged
        if people.uses_models(who)
        and model in people.models_for(who, after, available) - people.models_for(who, before, available)
    )


class _Changes:
    """What becomes of people when a draft is published."""

    def __init__(self, at: Writing) -> None:
        self.available, self.before = at.available, at.in_force
        self.after: Mapping[int, Policy] = {**at.in_force, at.scope: Policy.of(at.document)}

    @property
    def policies(self) -> list[Policy]:
        return [*self.before.values(), *self.after.values()]

    def of(self, who: Person) -> _Change:
        before, after = (people.models_for(who, policies, self.available) for policies in (self.before, self.after))
        return _Change(before, after)
