"""An organization under a policy, and the questions that a chat platform asks of it: what A2, A3, A4, B1, B3 share."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from orgs import grants, subjects
from orgs.access import Action, asking
from orgs.decision import Decision
from orgs.models import Department, Member, Organization, Team
from orgs.subjects import Subject
from policies.actions import rollouts
from policies.models import WHOLE, CatalogueModel, Limit, PolicyInForce, PolicyVersion, Rollout
from tests.bench import world
from workspaces.models import Workspace

MODELS = (
    *("standard-reasoning", "balanced-creative", "advanced-reasoning", "premium-creative"),
    *("research-optimized", "fast-iteration", "efficient-basic", "long-context"),
)
BLOCKED = ("personal_non_work_content", "competing_business_analysis")
CASES = ("", "", "summaries", "code_review", *BLOCKED)
EXCLUSIVE = "interns"
GROUPS = {
    "general_staff": MODELS[:2],
    "leadership": MODELS[2:4],
    "research_team": MODELS[4:6],
    "engineering": (MODELS[2], MODELS[5]),
    EXCLUSIVE: MODELS[6:7],
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: may they use `model` for `case`, or else upload a file into `space`?"""

    member: Member
    model: str = ""
    case: str = ""
    space: Workspace | None = None

    @property
    def action(self) -> Action:
        return Action.MODEL_USE if self.space is None else Action.FILE_UPLOAD

    @property
    def context(self) -> dict[str, Any]:
        return {"model": self.model, "use_case": self.case} if self.space is None else {}


def document(org: Organization) -> dict[str, Any]:
    """The policy: who is in which group, the models of each, and two uses that are blocked."""
    departments = list(Department.objects.filter(org=org).order_by("pk").values_list("pk", flat=True))
    teams = list(Team.objects.filter(org=org).order_by("pk").values_list("pk", flat=True))
    return {
        "allowed_models": {name: list(models) for name, models in GROUPS.items()},
        "restricted_use_cases": list(BLOCKED),
        "monitoring_level": "standard",
        "groups": {
            "leadership": {"roles": ["owner", "admin"], "leads": True},
            "research_team": {"departments": departments[:2]},
            "engineering": {"teams": teams[5:15]},
            EXCLUSIVE: {"teams": teams[:3], "exclusive": True},
        },
    }


def organization(members: int) -> tuple[Organization, Member]:
    """The organization of `world.organization` with a catalogue and its policy in force."""
    org, olive = world.organization("acme", members)
    CatalogueModel.objects.bulk_create([CatalogueModel(org=org, name=name) for name in MODELS])
    version = PolicyVersion.objects.create(org=org, scope=WHOLE, number=1, document=document(org))
    PolicyInForce.objects.create(org=org, scope=WHOLE, version=version)
    return Organization.objects.get(pk=org.pk), olive


def rolled_out_and_limited(org: Organization, owner: Member) -> None:
    """A model on its way to everybody, begun with the Owners and Admins, and a limit of messages for each member."""
    thing = rollouts.Thing(Rollout.Kind.MODEL, MODELS[0], MODELS[0])
    stages = [rollouts.Planned("First", {"roles": ["owner", "admin"]}), rollouts.Planned("All", {"everyone": True})]
    rollouts.start(owner, rollouts.create(owner, org, thing, name="For all", stages=stages))
    Limit.objects.create(org=org, kind=Limit.Kind.MESSAGES_DAY, level=Limit.Level.ORGANIZATION, amount=1_000)


def people(org: Organization) -> list[Member]:
    """Everybody but Olive with a proven address; every eleventh is suspended."""
    found = list(Member.objects.filter(org=org).exclude(role="owner").select_related("org", "user").order_by("pk"))
    for member in found:
        world.verify(member)
    shut = [member.pk for member in found[::11]]
    Member.objects.filter(pk__in=shut).update(suspended_at=datetime.now(UTC), suspension_reason="to be measured")
    return afresh(org)


def afresh(org: Organization) -> list[Member]:
    """Them as they are now; nothing that was compiled before is believed."""
    Organization.objects.filter(pk=org.pk).update(access_version=F("access_version") + 1)
    return list(Member.objects.filter(org=org).exclude(role="owner").select_related("org", "user").order_by("pk"))


def spaces(owner: Member, users: list[Member], number: int) -> list[Workspace]:
    """Private workspaces; every second of `users`, by chance, is a User of each."""
    rng = random.Random(2)
    found = Workspace.objects.bulk_create(
        [Workspace(org=owner.org, name=f"P{at}", visibility="private", owner=owner) for at in range(number)]
    )
    for member in users:
        for space in found:
            if rng.random() < 0.5:
                grants.give(member, "user", space)
    return found


def about_models(users: list[Member], number: int) -> list[Asked]:
    """Each about another pair of member and model: Cerbos tells the questions of a request apart by these alone."""
    rng = random.Random(3)
    pairs = rng.sample([(member, model) for member in users for model in MODELS], number)
    return [Asked(member, model, rng.choice(CASES)) for member, model in pairs]


def about_files(users: list[Member], there: list[Workspace], number: int) -> list[Asked]:
    rng = random.Random(4)
    return [Asked(rng.choice(users), space=rng.choice(there)) for _ in range(number)]


def ask_anew(
    who: Subject, action: Action, target: Any, now: datetime, context: dict[str, Any], *, trace: bool = False
) -> Decision:
    """The engine's answer as if it had never been given: through the layers, whether or not one is kept."""
    asked = who.asked.get(action) or asking._asked(who, action)
    return asking._answer(who, action, asked, target, now, context, trace)


def facts(member: Member) -> dict[str, Any]:
    """What a rival must be told of a member: Steward's own compiled facts, so that it has nothing to work out."""
    subject: Subject = subjects.of(member)
    return {
        "active": not subject.suspended,
        "role": subject.role,
        "groups": [name for one in subject.policies.policies for name in one.groups],
        "features": sorted(subject.features),
        "spaces": [str(pk) for pk, level in subject.grants.items() if level == "user"],
    }
