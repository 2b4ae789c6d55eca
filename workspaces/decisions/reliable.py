"""The actions that chat platforms may rely on, told from the table: their names and meanings stay as they are."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import TABLE, Action, Rule
from orgs.models import Feature, Member, Role
from policies.models import CatalogueModel
from workspaces import resources
from workspaces.models import Workspace

RELIABLE: tuple[Action, ...] = (
    *(Action.MESSAGE_SEND, Action.FILE_UPLOAD, Action.MODEL_USE),
    *(Action.MATE_USE, Action.MATE_CREATE, Action.MATE_ONBOARD),
    *(Action.TOOL_ATTACH, Action.TOOL_MANAGE),
    *(Action.WORKSPACE_VIEW, Action.WORKSPACE_JOIN, Action.WORKSPACE_CREATE, Action.ROOM_VIEW),
    *(Action.MEMBER_SUSPEND, Action.USAGE_VIEW, Action.POLICY_PUBLISH),
)
_LEVELS: dict[str, Any] = {
    "viewer": gettext_lazy("whoever is Viewer, User or Admin there"),
    "list": gettext_lazy("whoever has any level on it"),
    "user": gettext_lazy("whoever is User, Admin or Owner there"),
    "admin": gettext_lazy("whoever is Admin or Owner there"),
    "owner": gettext_lazy("its Owner"),
}


# Columns of the table that give an action besides roles and levels, and the one that takes it from guests.
_GROUNDS: dict[str, Any] = {
    "lead": gettext_lazy("the leads of its team"),
    "public": gettext_lazy("every member, where the workspace is public"),
    "own": gettext_lazy("everybody for what is their own"),
    "delegated": gettext_lazy("whoever it is delegated to"),
    "insiders": gettext_lazy("guests never"),
}


NEXT = "\n       "  # line of an example, under the first one


@dataclass(frozen=True, slots=True)
class Told:
    """An action: what it is called and means, the types of resources it is about, who is given it, and what it uses."""

    name: str
    meaning: str
    types: tuple[str, ...]
    given: tuple[str, ...]
    features: str


@dataclass(frozen=True, slots=True)
class Page:
    """`example`: a question that the organization's platform can ask as it stands, as a body between single quotes."""

    address: str
    rows: tuple[Told, ...]
    example: str


def page(actor: Member) -> Page:
    """All of them, and the address under which they are asked for. At most 2 queries."""
    address = f"{settings.PUBLIC_BASE_URL}{reverse('decision')}"
    return Page(address, tuple(told(action) for action in RELIABLE), _example(actor))


def _example(actor: Member) -> str:
    """May they write in a workspace of their own; use a model, where there is none; else see what was used."""
    org = actor.org
    workspace = Workspace.objects.of(actor).order_by("name", "pk").values_list("name", flat=True).first()
    model = CatalogueModel.objects.filter(org=org).available().order_by("name").values_list("name", flat=True).first()
    found = [
        (Action.MESSAGE_SEND, "workspace", workspace),
        (Action.MODEL_USE, "model", model),
        (Action.USAGE_VIEW, "organization", org.slug),
    ]
    action, type_, id_ = next(one for one in found if one[2])
    parts = {
        "subject": {"type": "member", "id": actor.user.email},
        "action": {"name": str(action)},
        "resource": {"type": type_, "id": id_},
    }
    lines = (f'"{name}": {json.dumps(part, ensure_ascii=False)}' for name, part in parts.items())
    return f"{{{f',{NEXT}'.join(lines)}}}".replace("'", "'\\''")


def told(action: Action) -> Told:
    """An action as its row of the table says it. No query."""
    rule = TABLE[action]
    meaning = f"{rule.meaning[0].upper()}{rule.meaning[1:]}"
    return Told(action, meaning, resources.types_of(action), tuple(_given(rule)), _features(rule))


def _given(rule: Rule) -> Iterator[str]:
    if rule.by & frozenset(Role.values):
        yield _roles(rule.by)
    if rule.use:
        # Where levels are held on what it is about, those decide; a role alone gives it elsewhere.
        yield _("%(roles)s in personal chats") % {"roles": _roles(rule.use)} if rule.level else _roles(rule.use)
    if rule.level:
        yield str(_LEVELS[rule.level])
    told = {"own"} if rule.alone_feature else set()  # one's own personal chats are among those above
    yield from (str(words) for name, words in _GROUNDS.items() if getattr(rule, name) and name not in told)


def _roles(given: frozenset[str]) -> str:
    labels = [f"{role.label}s" for role in Role if role in given]
    if len(labels) == len(Role):
        return _("every member")
    first, last = ", ".join(labels[:-1]), labels[-1]
    return _("%(first)s and %(last)s") % {"first": first, "last": last} if first else last


def _features(rule: Rule) -> str:
    """What the plan must include, and where: administering, by role or lead, uses no feature."""
    used, inside = rule.alone_feature or rule.feature, Feature.WORKSPACE_ACCESS
    if not used or used == inside or not rule.inside:
        return str(Feature(used).label) if used else ""
    words = _("%(used)s, or %(inside)s in a workspace")
    if rule.feature == rule.alone_feature:
        words = _("%(used)s, and %(inside)s in a workspace")
    return words % {"used": Feature(used).label, "inside": inside.label}
