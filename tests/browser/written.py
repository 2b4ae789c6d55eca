"""A policy for the pages that write one: a version in force that refuses nothing, and drafts of the next."""

from datetime import timedelta

from django.utils import timezone

from orgs.models import Job
from policies import actions
from policies.models import WHOLE, CatalogueModel, Judged

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
    actions.drafts.save(cast.olive, cast.acme, WHOLE, document=narrower, revision=2)
    research = cast.research.pk
    actions.drafts.save(cast.olive, cast.acme, research, document=narrower, revision=0)
    until = timezone.now() + timedelta(days=9)
    trial = actions.trials.begin(cast.olive, cast.acme, research, revision=1, until=until)
    actions.drafts.save(cast.olive, cast.acme, research, document=said, revision=2)
    return {"replay": replay(cast, trial).pk}


def replay(cast, trial):
    """A replay that is done, and the same usage counted for what runs report-only."""
    days = {"first": "2026-01-01", "last": "2026-01-07"}
    params = {"scope": str(WHOLE), "document": {}, "revision": 1, **days}
    job = Job.objects.create(org=cast.acme, kind="policies.replay", params=params, started_by=cast.olive, state="done")
    used = {"org": cast.acme, "day": "2026-01-01", "model": "advanced-reasoning", "cost_nanos": 10**9}
    for told in ({"job": job}, {"version": trial}):
        for member, rule in ((cast.mika.pk, "model/general_staff/advanced-reasoning"), (cast.lena.pk, ""), (0, "")):
            Judged.objects.create(**used, **told, member=member, rule=rule, responses=7)
    return job
