"""What the plans page shows: the matrix, whom a change would reach, and what was changed before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import seats
from orgs.access import FEATURES, Action, Refused, check
from orgs.actions.plans import org_may_choose
from orgs.models import DEFAULT_MATRIX, AuditEntry, Feature, FeatureOverride, Kind, Member, Organization, Plan, Role
from orgs.models.members import MemberQuerySet
from orgs.models.plans import features_of
from orgs.queries import audit

NAMED = 5
HISTORY = 10
COLUMNS = ("member", "name", "email", "role", "plan", "feature", "effect")
Cells = Mapping[tuple[str, str], bool]

MEANINGS: dict[str, Any] = {
    Feature.PERSONAL_CHATS: gettext_lazy("Conversations of one's own, outside any workspace"),
    Feature.FILE_UPLOADS: gettext_lazy("Send files along with messages"),
    Feature.WORKSPACE_ACCESS: gettext_lazy("Find, join and take part in workspaces"),
    Feature.ONBOARD_MATES: gettext_lazy("Take AI mates from the store"),
    Feature.CREATE_MATES: gettext_lazy("Create and configure AI mates"),
    Feature.MANAGE_TOOLS: gettext_lazy("Set up the tools that mates use"),
    Feature.CREATE_WORKSPACES: gettext_lazy("Open new workspaces"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a plan gives a feature. `changed`: it is otherwise by default."""

    plan: str
    plan_label: str
    feature: str
    feature_label: str
    enabled: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`heads` are (plan, label, members). `locked` says why nothing can be changed, `waiting` how many choices wait."""

    heads: tuple[tuple[str, str, int], ...]
    rows: tuple[Row, ...]
    locked: str
    changed: int
    waiting: int
    poorer: tuple[str, ...]
    history: tuple[audit.Row, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Who gains or loses a feature: how many, the first of them, and how many of the plan it does not touch."""

    gains: bool
    plan: str
    feature: str
    count: int
    names: tuple[str, ...]
    more: int
    untouched: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of cells would do. `cells` are (plan, feature, enabled), `same`: it is so already."""

    cells: tuple[tuple[str, str, bool], ...]
    effects: tuple[Effect, ...]
    poorer: tuple[str, ...]
    obstacle: str
    same: bool


def matrix(actor: Member) -> Matrix:
    """The whole page. 4 queries beside the actor's subject."""
    org, chosen = actor.org, FeatureOverride.objects.in_force(actor.org).by_cell()
    held = seats.held(org)
    rows = tuple(
        Row(str(feature.label), str(MEANINGS[feature]), tuple(_cell(plan, feature, chosen) for plan in Plan))
        for feature in Feature
    )
    kept = FeatureOverride.objects.filter(org=org).count()
    return Matrix(
        heads=tuple((plan.value, str(plan.label), held[plan]) for plan in Plan),
        rows=rows,
        locked=_locked(actor),
        changed=sum(cell.changed for row in rows for cell in row.cells),
        waiting=kept - len(chosen),
        poorer=tuple(_poorer(chosen)),
        history=history(actor),
    )


def _cell(plan: Plan, feature: Feature, chosen: Cells) -> Cell:
    default = feature in DEFAULT_MATRIX[plan]
    enabled = chosen.get((plan, feature), default)
    return Cell(plan, str(plan.label), feature, str(feature.label), enabled, enabled != default)


def _locked(actor: Member) -> str:
    try:
        org_may_choose(actor.org)
    except Refused as refusal:
        return str(refusal)
    if check(actor, Action.PLANS_EDIT, actor.org).allowed:
        return ""
    return _("Only an Owner chooses what a plan gives.")


def history(actor: Member) -> tuple[audit.Row, ...]:
    """The last changes of the matrix, newest first. One query."""
    entries = AuditEntry.objects.visible_to(actor).filter(action=Action.PLANS_EDIT)
    return tuple(audit.row(entry) for entry in entries[:HISTORY])


def changed_cells(org: Organization) -> dict[tuple[str, str], bool]:
    """The cells that are not as they come, each with what it is by default. One query."""
    chosen = FeatureOverride.objects.in_force(org).by_cell()
    return {cell: cell[1] in DEFAULT_MATRIX[cell[0]] for cell in chosen}


def standing(org: Organization, cells: Cells) -> dict[tuple[str, str], bool]:
    """What these cells say now. One query."""
    chosen = FeatureOverride.objects.in_force(org).by_cell()
    return {(plan, feature): feature in features_of(plan, chosen) for plan, feature in cells}


def change(actor: Member, cells: Cells) -> Change:
    """What setting `cells` would do, and to whom. One query, and 3 for each cell that changes."""
    chosen = FeatureOverride.objects.in_force(actor.org).by_cell()
    turned = {(p, f): on for (p, f), on in cells.items() if (f in features_of(p, chosen)) != on}
    before, after = set(_poorer(chosen)), _poorer({**chosen, **cells})
    try:
        org_may_choose(actor.org)
        obstacle = ""
    except Refused as refusal:
        obstacle = str(refusal)
    return Change(
        cells=tuple((plan, feature, on) for (plan, feature), on in cells.items()),
        effects=tuple(_effect(actor.org, plan, feature, gains=on) for (plan, feature), on in turned.items()),
        poorer=tuple(text for text in after if text not in before),
        obstacle=obstacle,
        same=not turned,
    )


def _effect(org: Organization, plan: str, feature: str, *, gains: bool) -> Effect:
    touched = whom(org, plan, feature)
    count = touched.count()
    names = tuple(str(member.user) for member in touched[:NAMED])
    whole = Member.objects.filter(org=org, plan=plan).holding_a_seat().count()
    label = str(Feature(feature).label).lower()
    return Effect(gains, str(Plan(plan).label), label, count, names, count - len(names), whole - count)


def whom(org: Organization, plan: str, feature: str) -> MemberQuerySet:
    """Who on a plan may use a feature or not by what the plan says: those whose role, or being a guest, allows it."""
    roles = [role for role in Role.values if role in FEATURES[feature].use]
    found = Member.objects.filter(org=org, plan=plan, role__in=roles).holding_a_seat().select_related("user")
    if feature == Feature.CREATE_WORKSPACES:
        found = found.filter(kind=Kind.MEMBER)
    return found.order_by("listed_as", "id")


def people(org: Organization, cells: Cells) -> Iterator[tuple[Any, ...]]:
    """Everybody whom setting `cells` touches, as a table of COLUMNS. One query, and one a cell that changes."""
    now = standing(org, cells)
    for (plan, feature), on in cells.items():
        if now[plan, feature] == on:
            continue
        effect = "gains" if on else "loses"
        for member in whom(org, plan, feature).iterator():
            yield member.pk, member.user.name, member.user.email, member.role, plan, feature, effect


def _poorer(chosen: Cells) -> list[str]:
    """Where a higher tier gives less than a lower one: a sentence for each feature and pair next to each other."""
    found = []
    for feature in Feature:
        giving = ""
        for plan in Plan:
            if feature in features_of(plan, dict(chosen)):
                giving = str(plan.label)
            elif giving:
                words = {"high": plan.label, "low": giving, "feature": str(feature.label).lower()}
                found.append(_("%(high)s gives less than %(low)s: no %(feature)s.") % words)
    return found
