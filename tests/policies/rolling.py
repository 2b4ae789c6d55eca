"""Rollouts of tests: made by rows or deeds, and asked about."""

from uuid import uuid4

from django.utils import timezone

from analytics import drain, ingest
from orgs.access import Action, check
from orgs.models import Member
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.models import CatalogueModel, Reached
from tests.analytics import sending

STAGES = [
    Planned("Admins", {"roles": ["owner", "admin"]}),
    Planned("Leads", {"leads": True}),
    Planned("Everybody else", {"everyone": True}),
]


def make_model(org, name="deep", **fields):
    return CatalogueModel.objects.create(org=org, name=name, **fields)


def of_model(name="deep"):
    return Thing("model", name, name)


def planned(actor, thing=None, *, stages=STAGES, name="Deep for all"):
    return rollouts.create(actor, actor.org, thing or of_model(), name=name, stages=stages)


def running(actor, thing=None, *, stages=STAGES):
    rollout = planned(actor, thing, stages=stages)
    rollouts.start(actor, rollout)
    return rollout


def may_use(member, model="deep", *, now=None):
    who = Member.objects.select_related("org", "user").get(pk=member.pk)
    return check(who, Action.MODEL_USE, None, model=model, now=now or timezone.now())


def use(*members, model="deep"):
    """Each of them has an answer of the model, just now."""
    now = timezone.now()
    told = [sending.event(uuid4(), "response", at=now, member=one.pk, model=model) for one in members]
    ingest.take_in(members[0].org, told, at=now)
    drain.run()


def reached(rollout):
    rows = Reached.objects.filter(rollout=rollout).select_related("member__user")
    return sorted(str(row.member) for row in rows)
