"""What a plan of a rollout can be made of: things to roll out, whom a stage can name, and the stages by default."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Min, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import hooks
from orgs.models import Department, Feature, Member, Organization, Role, Team
from orgs.templatetags.ui import number
from policies import facts
from policies.actions.rollouts import Planned, Thing
from policies.models import WHOLE, CatalogueModel, PolicyInForce, PolicyVersion, PowerUser, Reached, Rollout, Stage
from policies.rollouts.audiences import everybody, named
from policies.rollouts.stages import Audience

# Teams and departments by these names are taken for those who look after technology and administration.
_FIRST = {"it", "admin", "administration", "information technology", "it & admin", "it and admin", "operations"}
_NEWEST = 20  # versions of policies that are offered

Grouped = list[tuple[Any, list[tuple[str, Any]]]]


def things(actor: Member) -> dict[str, Thing]:
    """What could be rolled out, by the word of the form. 4 queries, and those of the hook "rollout_tools"."""
    return {f"{thing.kind}:{thing.what}": thing for thing in _things(actor)}


def _things(actor: Member) -> Iterator[Thing]:
    org, kinds = actor.org, Rollout.Kind
    for model in CatalogueModel.objects.visible_to(actor).available().order_by("name"):
        yield Thing(kinds.MODEL, model.name, model.name)
    for feature in Feature:
        yield Thing(kinds.FEATURE, feature.value, str(feature.label))
    for tools in hooks.call("rollout_tools", org):
        for pk, name in tools:
            yield Thing(kinds.TOOL, pk, name)
    yield from _versions(actor)


def _versions(actor: Member) -> Iterator[Thing]:
    """The versions of policies that are newer than the one in force, the latest first."""
    org, kind = actor.org, Rollout.Kind.POLICY
    departments = dict(Department.objects.filter(org=org).values_list("pk", "name"))
    force = PolicyInForce.objects.filter(org=org, scope=OuterRef("scope"), version__number__gte=OuterRef("number"))
    newer = PolicyVersion.objects.visible_to(actor).filter(~Exists(force), scope__in=[WHOLE, *departments])
    for version in newer.order_by("-published_at", "-pk")[:_NEWEST]:
        said = {"n": version.number, "name": departments.get(version.scope, "")}
        if version.scope == WHOLE:
            yield Thing(kind, str(version.number), _("version %(n)s of the policy") % said, version)
        else:
            label = _("version %(n)s of the policy of %(name)s") % said
            yield Thing(kind, f"{version.scope}/{version.number}", label, version)


def grouped(found: Mapping[str, Thing]) -> Grouped:
    """The same as the choices of a list, by kind. No query."""
    by_kind = ((kind, [(word, one.label) for word, one in found.items() if one.kind == kind]) for kind in Rollout.Kind)
    return [(kind.label, choices) for kind, choices in by_kind if choices]


def _power_users(org: Organization) -> str:
    """What they are called, with the moment as of which they are known. One query."""
    found = PowerUser.objects.filter(org=org).aggregate(at=Min("found_at"))["at"]
    if found is None:
        return _("Power users")
    return _("Power users (as of %(time)s)") % {"time": date_format(found.astimezone(org.zone), "j M Y, H:i")}


def audiences(org: Organization) -> Grouped:
    """Whom a stage can name, as the choices of a list. 4 queries."""
    marked = [
        ("everyone", _("Everybody but guests")),
        ("leads", _("Leads of teams")),
        ("power_users", _power_users(org)),
        ("guests", _("Guests")),
    ]
    policies = facts.policies_of(org).values()
    groups = sorted({group.name for policy, _number, _name in policies for group in policy.groups})
    departments = Department.objects.filter(org=org).order_by("name").values_list("pk", "name")
    teams = Team.objects.filter(org=org).order_by("name").values_list("pk", "name")
    found: Grouped = [
        (_("People"), marked),
        (_("Roles"), [(f"role:{role.value}", f"{role.label}s") for role in Role]),
        (_("Policy groups"), [(f"group:{name}", name) for name in groups]),
        (_("Departments"), [(f"department:{pk}", name) for pk, name in departments]),
        (_("Teams"), [(f"team:{pk}", name) for pk, name in teams]),
    ]
    return [(label, choices) for label, choices in found if choices]


def by_default(org: Organization) -> list[Planned]:
    """The five stages of product.md 4. 2 queries."""
    first: dict[str, Any] = {"roles": [Role.OWNER.value, Role.ADMIN.value]}
    for key, kind in (("departments", Department), ("teams", Team)):
        rows = kind.objects.filter(org=org).values_list("pk", "name")
        if named := [pk for pk, name in rows if name.strip().lower() in _FIRST]:
            first[key] = named
    gates: dict[str, Any] = {"highest_refusals": 10, "lowest_score": Decimal("3.0")}
    return [
        Planned(_("IT and admin teams"), first, None, 2, 2, **gates),
        Planned(_("Department leads"), {"leads": True}, None, 2, 3, **gates),
        Planned(_("Power users"), {"power_users": True}, None, 3, 7, **gates),
        Planned(_("General users"), {"everyone": True}, None, 5, 7, **gates),
        Planned(_("External partners"), {"guests": True}),
    ]


def thin(
    org: Organization, stages: Sequence[Planned | Stage], rollout: Rollout | None = None
) -> list[tuple[Planned | Stage, str]]:
    """Planned stages, each with why it may not be what was meant (empty: nothing). At most 3 queries each.

    `rollout`: the one that they are of, without those whom it reached.
    """
    here = everybody(rollout) if rollout else Member.objects.filter(org=org).holding_a_seat()
    rest = here.exclude(pk__in=Reached.objects.filter(rollout=rollout).values("member_id")) if rollout else here
    found: list[tuple[Planned | Stage, str]] = []
    for stage in stages:
        people = named(org, Audience.of(stage.audience)).values("pk")
        found.append((stage, "" if rest.filter(pk__in=people).exists() else nobody_new(stage)))
        rest = rest.exclude(pk__in=people)
    return found


def nobody_new(stage: Planned | Stage) -> str:
    """What to tell of a stage that reaches nobody whom no stage before it reaches. No query."""
    if not stage.least_people:
        return _("As things are, this stage reaches nobody new.")
    n = stage.least_people
    text = ngettext(
        "As things are, this stage reaches nobody new, and its gate waits for %(n)s person who uses it.",
        "As things are, this stage reaches nobody new, and its gate waits for %(n)s people who use it.",
        n,
    )
    return text % {"n": number(n)}


def to_come(rollout: Rollout) -> tuple[list[Stage], int]:
    """The stages that have not begun, and how many have. One query."""
    stages = list(Stage.objects.filter(rollout=rollout).order_by("position"))
    ahead = [stage for stage in stages if stage.begun_at is None]
    return ahead, len(stages) - len(ahead)
