"""A policy for the pages that write one: a version in force that refuses nothing, and drafts of the next."""

from policies import actions
from policies.models import WHOLE, CatalogueModel

MODELS = ("efficient-basic", "standard-reasoning", "advanced-reasoning")


def policy(cast):
    for number, name in enumerate(MODELS):
        CatalogueModel.objects.create(org=cast.acme, name=name, price_in_nanos=number, price_out_nanos=number)
    said = {
        "allowed_models": {"general_staff": list(MODELS), "leaders": list(MODELS)},
        "restricted_use_cases": ["private"],
        "monitoring_level": "minimal",
        "groups": {"leaders": {"roles": ["owner"], "leads": True, "exclusive": True}},
        "use_cases": {"private": {"description": "Not work", "effect": "flag", "phrases": ["my holiday"]}},
        "unknown_models": "allowed",
    }
    actions.drafts.save(cast.adam, cast.acme, WHOLE, document=said, revision=0)
    actions.policies.publish(cast.adam, cast.acme, WHOLE, revision=1, note="To begin with")
    narrower = said | {"allowed_models": {"general_staff": ["efficient-basic"], "leaders": [], "interns": []}}
    actions.drafts.save(cast.olive, cast.acme, WHOLE, document=narrower, revision=0)
    actions.drafts.save(cast.olive, cast.acme, cast.research.pk, document=narrower, revision=0)
