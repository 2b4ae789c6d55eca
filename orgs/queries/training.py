"""What the page of training modules shows: each with who has confirmed it; and whom a gate would keep out."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from orgs.access import Action, require
from orgs.models import Feature, FeatureOverride, Member, Plan, TrainingModule, features_of
from orgs.templatetags.ui import number

NAMED = 8


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    title: str
    required: bool
    audience: str
    features: tuple[str, ...]
    passed: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Modules:
    rows: tuple[Row, ...]
    archived: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Who could not use some features until they have confirmed a module: how many, and the first by name."""

    count: int
    names: tuple[str, ...]
    features: tuple[str, ...]

    @property
    def more(self) -> str:
        return number(self.count - len(self.names)) if self.count > len(self.names) else ""


def modules(actor: Member) -> Modules:
    """The organization's modules in their order. One query beside the actor's subject.

    Raises:
        Denied: the actor may not manage modules.
    """
    require(actor, Action.TRAINING_MANAGE, actor.org)
    confirmed = Count("passes", filter=Q(passes__member__removed_at=None))
    found = list(TrainingModule.objects.visible_to(actor).annotate(confirmed=confirmed))
    live = [row for row in found if row.archived_at is None]
    rows = tuple(_row(row, n == 0, n == len(live) - 1) for n, row in enumerate(live))
    return Modules(rows, tuple(_row(row, True, True) for row in found if row.archived_at is not None))


def _row(module: Any, first: bool, last: bool) -> Row:
    return Row(
        id=module.pk,
        title=module.title,
        required=module.required,
        audience=module.get_audience_display(),
        features=tuple(str(Feature(name).label) for name in module.features),
        passed=module.confirmed,
        first=first,
        last=last,
    )


def cut_off(actor: Member, module: TrainingModule, values: dict[str, Any]) -> Cut | None:
    """Whom the module, saved with these values, keeps from features that their plan gives; None: nobody. 3 queries."""
    gated = set(values["features"]) if values["required"] else set()
    if not gated:
        return None
    overrides = FeatureOverride.objects.in_force(actor.org).values_list("plan", "feature", "enabled")
    matrix = {(plan, feature): enabled for plan, feature, enabled in overrides}
    plans = [plan for plan in Plan.values if features_of(plan, matrix) & gated]
    people = Member.objects.filter(org_id=actor.org_id, plan__in=plans).holding_a_seat()
    if values["audience"] != TrainingModule.Audience.EVERYONE:
        people = people.filter(joined_at__gte=module.created_at)
    if not module._state.adding:
        people = people.exclude(training_passes__module=module)
    names = tuple(str(who.user) for who in people.select_related("user").order_by("listed_as")[:NAMED])
    labels = tuple(str(Feature(name).label) for name in Feature.values if name in gated)
    return Cut(people.count(), names, labels) if names else None
