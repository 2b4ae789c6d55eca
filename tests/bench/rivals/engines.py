"""The policy of `governed` in Cedar and in Casbin, each in the form that its own engine answers fastest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import casbin
import cedarpy
from casbin.model import FastModel, Model

from tests.bench import governed
from tests.bench.governed import Asked

_CASES = ", ".join(f'"{case}"' for case in governed.BLOCKED)


def _allowed(name: str) -> str:
    models = ", ".join(f'Model::"{model}"' for model in governed.GROUPS[name])
    asked = f'principal in Group::"{name}", action == Action::"model.use", resource'
    return f"permit ({asked}) when {{ [{models}].contains(resource) }};"


CEDAR = "\n".join(
    [
        *(_allowed(name) for name in governed.GROUPS),
        'permit (principal, action == Action::"file.upload", resource) when { principal in resource'
        ' && principal.features.contains("file_uploads") && principal.features.contains("workspace_access") };',
        'forbid (principal, action, resource) when { !principal.active || principal.role == "viewer" };',
        'forbid (principal, action == Action::"model.use", resource) '
        f"when {{ context has use_case && [{_CASES}].contains(context.use_case) }};",
    ]
)


class Cedar:
    """cedarpy: policies and entities parsed once; a question is a principal, an action, a resource and a context."""

    def __init__(self, questions: Iterable[Asked]) -> None:
        asked = list(questions)
        members = {one.member.pk: one.member for one in asked}
        spaces = {str(one.space.pk) for one in asked if one.space is not None}
        entities = [self._person(pk, governed.facts(member)) for pk, member in members.items()]
        entities += [{"uid": {"type": "Space", "id": pk}, "attrs": {}, "parents": []} for pk in sorted(spaces)]
        entities += [{"uid": {"type": "Group", "id": name}, "attrs": {}, "parents": []} for name in governed.GROUPS]
        known = {entity["uid"]["id"] for entity in entities}
        for entity in entities:
            entity["parents"] = [parent for parent in entity["parents"] if parent["id"] in known]
        self.policies = cedarpy.PolicySet.from_str(CEDAR)
        self.entities = cedarpy.Entities.from_json_str(json.dumps(entities))

    def _person(self, pk: int, facts: dict[str, Any]) -> dict[str, Any]:
        parents = [{"type": "Group", "id": name} for name in facts["groups"]]
        parents += [{"type": "Space", "id": space} for space in facts["spaces"]]
        attrs = {name: facts[name] for name in ("active", "role", "features")}
        return {"uid": {"type": "Member", "id": str(pk)}, "attrs": attrs, "parents": parents}

    def asked(self, one: Asked) -> dict[str, Any]:
        kind, id_ = ("Model", one.model) if one.space is None else ("Space", str(one.space.pk))
        context = {"use_case": one.case} if one.case else {}
        return {
            "principal": f'Member::"{one.member.pk}"',
            "action": f'Action::"{one.action}"',
            "resource": f'{kind}::"{id_}"',
            "context": context,
        }

    def allows(self, request: dict[str, Any]) -> bool:
        return cedarpy.is_authorized(request, self.policies, self.entities).allowed


MODEL = (
    """
[request_definition]
r = sub, act, obj, case
[policy_definition]
p = sub, act, obj, feature
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && r.obj == p.obj && USABLE && BLOCKED && FEATURE && g(r.sub.name, p.sub)
""".replace("USABLE", "r.sub.active && r.sub.role != 'viewer'")
    .replace("BLOCKED", " && ".join(f"r.case != '{case}'" for case in governed.BLOCKED))
    .replace("FEATURE", "(p.feature == '' || p.feature in r.sub.features)")
)


@dataclass(frozen=True, slots=True)
class Person:
    """What Casbin's matcher reads of who asks."""

    name: str
    active: bool
    role: str
    features: frozenset[str]


_LOOKED_UP_BY = [1, 2]  # action and object


class Casbin:
    """pycasbin's Enforcer; `fast`: its FastEnforcer, which looks at the lines of what is asked about alone."""

    def __init__(self, questions: Iterable[Asked], *, fast: bool = False) -> None:
        asked = list(questions)
        model = FastModel(_LOOKED_UP_BY) if fast else Model()
        model.load_model_from_text(MODEL)
        self.enforcer = casbin.FastEnforcer(model, cache_key_order=_LOOKED_UP_BY) if fast else casbin.Enforcer(model)
        self.people = {}
        spaces = {str(one.space.pk) for one in asked if one.space is not None}
        for name, models in governed.GROUPS.items():
            self.enforcer.add_policies([[name, "model.use", model, ""] for model in models])
        self.enforcer.add_policies([[space, "file.upload", space, "file_uploads"] for space in sorted(spaces)])
        for pk, member in {one.member.pk: one.member for one in asked}.items():
            self._add(str(pk), governed.facts(member), spaces)

    def _add(self, name: str, facts: dict[str, Any], spaces: set[str]) -> None:
        features = facts["features"] if "workspace_access" in facts["features"] else []
        self.people[name] = Person(name, facts["active"], facts["role"], frozenset(features))
        roles = [*facts["groups"], *(space for space in facts["spaces"] if space in spaces)]
        self.enforcer.add_grouping_policies([[name, role] for role in roles])

    def asked(self, one: Asked) -> tuple[Person, str, str, str]:
        thing = one.model if one.space is None else str(one.space.pk)
        return self.people[str(one.member.pk)], str(one.action), thing, one.case

    def allows(self, request: tuple[Person, str, str, str]) -> bool:
        return bool(self.enforcer.enforce(*request))
