"""What the demo organizations allow their platform: the models with their prices; at Northwind a policy, limits, an
exception, a draft of what comes next, and a rollout that has begun.

All of it deeds of the people who may. What was used before the policy was published was not held to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.demo import catalogue
from config.demo.people import Company
from orgs.models import Department, Member, Organization, Plan, Role
from policies import actions
from policies.actions.limits import Target
from policies.actions.rollouts import Thing
from policies.describing import Described
from policies.models import WHOLE, CatalogueModel, Limit
from policies.queries.rollouts_plans import by_default

MILLION = 10**6
NEW = Described("vision-preview", "Northwind AI", 20_000 * MILLION, 80_000 * MILLION, 256_000)
CASES: dict[str, dict[str, Any]] = {
    "personal_non_work_content": {
        "description": "Private letters, homework, holidays.",
        "effect": "flag",
        "phrases": ["my holiday", "my homework", "birthday poem"],
    },
    "competing_business_analysis": {
        "description": "Work for a business that competes with ours.",
        "effect": "block",
        "phrases": ["for our competitor"],
    },
    "confidential_customer_data_without_approval": {
        "description": "Customers' data beyond what they agreed to.",
        "effect": "approve",
        "phrases": ["customer list", "contract numbers"],
    },
}


def settle(org: Organization, company: Company, now: datetime) -> None:
    """Give an organization of the demo its catalogue, and Northwind its policy, as of `now`. Twice changes nothing.

    The policy fits what is used: whom the demo lets use a model is in a group that has it.
    """
    if CatalogueModel.objects.filter(org=org).exists():
        return
    owner = _owners(org).earliest("ordinal")
    for model in catalogue.MODELS:
        actions.catalogue.add(owner, _described(model))
    if org.slug == "northwind":
        actions.catalogue.add(owner, NEW)
        _govern(owner, [person.email for person in company.people if person.intern], now)


def _described(model: catalogue.Model) -> Described:
    prices = model.nanos_in * MILLION, model.nanos_out * MILLION
    return Described(model.name, "Northwind AI", *prices, 128_000, aliases=(model.title.replace(" ", ""),))


def _govern(owner: Member, interns: list[str], now: datetime) -> None:
    org, document = owner.org, _document(owner.org, interns)
    actions.drafts.save(owner, org, WHOLE, document=document, revision=0)
    actions.policies.publish(owner, org, WHOLE, revision=1, note="What the works council agreed to.")
    narrower = document | {"allowed_models": document["allowed_models"] | {"leadership": []}}
    actions.drafts.save(owner, org, WHOLE, document=narrower, revision=2, based_on=1)
    actions.limits.set_limits(owner, Target(org), amounts={"messages_day": 400})
    essential = Target(org, Limit.Level.PLAN, plan=Plan.ESSENTIAL)
    actions.limits.set_limits(owner, essential, amounts={"messages_day": 120})
    someone = Member.objects.filter(org=org, role=Role.USER, suspended_at=None, removed_at=None, kind="member")
    actions.exceptions.grant(
        owner,
        org,
        use_case="confidential_customer_data_without_approval",
        reason="The contracts are being moved to the new system.",
        ends_at=now + timedelta(days=45),
        member=someone.select_related("org", "user").earliest("ordinal"),
    )
    stages = by_default(org)
    rollout = actions.rollouts.create(owner, org, Thing("model", NEW.name, NEW.name), name="Vision", stages=stages)
    actions.rollouts.start(owner, rollout)


def _document(org: Organization, interns: list[str]) -> dict[str, Any]:
    research = Department.objects.get(org=org, name="Research")
    found = Member.objects.filter(org=org, user__email__in=interns, removed_at=None)
    return {
        "allowed_models": {
            "general_staff": [*catalogue.GENERAL_STAFF, NEW.name],
            "leadership": list(catalogue.LEADERSHIP),
            "research_team": list(catalogue.RESEARCH_TEAM),
            "interns": list(catalogue.INTERNS),
        },
        "restricted_use_cases": list(catalogue.RESTRICTED_USE_CASES),
        "monitoring_level": "standard",
        "groups": {
            "leadership": {"roles": [Role.OWNER, Role.ADMIN], "leads": True},
            "research_team": {"departments": [research.pk]},
            "interns": {"members": sorted(found.values_list("pk", flat=True)), "exclusive": True},
        },
        "use_cases": CASES,
    }


def _owners(org: Organization) -> Any:
    owners = Member.objects.filter(org=org, role=Role.OWNER, suspended_at=None, removed_at=None)
    return owners.select_related("user", "org")
