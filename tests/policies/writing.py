"""What tests of the policy's pages have in common: models, a draft, a version in force."""

from policies import actions
from policies.models import WHOLE, CatalogueModel, PolicyDraft, PolicyInForce

MODELS = ("basic", "deep", "fast")
OPEN = {
    "allowed_models": {"general_staff": list(MODELS)},
    "restricted_use_cases": [],
    "monitoring_level": "standard",
}
LEADERS = {
    "allowed_models": {"general_staff": ["basic"], "leaders": ["deep"]},
    "restricted_use_cases": ["private"],
    "monitoring_level": "standard",
    "groups": {"leaders": {"roles": ["owner"], "leads": True}},
}


def catalogue(org, *names):
    return [
        CatalogueModel.objects.create(org=org, name=name, price_in_nanos=number, price_out_nanos=number)
        for number, name in enumerate(names or MODELS)
    ]


def draft(actor, document, scope=WHOLE):
    """Save a draft over whatever is there."""
    there = PolicyDraft.objects.filter(org=actor.org, scope=scope).first()
    revision = there.revision if there else without_draft(actor.org, scope)
    return actions.drafts.save(actor, actor.org, scope, document=document, revision=revision)


def without_draft(org, scope=WHOLE):
    """The revision that is read where there is no draft."""
    policy = PolicyInForce.objects.filter(org=org, scope=scope).first()
    return policy.revision_without_draft if policy else 0


def publish(actor, document, scope=WHOLE, **more):
    saved = draft(actor, document, scope)
    return actions.policies.publish(actor, actor.org, scope, revision=saved.revision, **more)
