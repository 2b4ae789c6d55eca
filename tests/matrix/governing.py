"""What the tables name of what an organization allows its platform, of both organizations."""

from datetime import timedelta

from django.utils import timezone

from orgs.models import Department, Job
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.jobs import catalogue as on_catalogue
from policies.models import (
    FlaggedMessage,
    HeardConversation,
    PolicyDraft,
    PolicyInForce,
    PolicyVersion,
    UseCaseException,
)
from tests.governing import make_model, make_policy


def governing(cast):
    models = {"fast": make_model(cast.acme, "fast").pk, "foreign": make_model(cast.umbrella, "theirs").pk}
    running, foreign = (_rollout(actor).pk for actor in (cast.olive, cast.eve))
    known = dict.fromkeys(("running", "advance", "start", "nothing"), running) | {"foreign": foreign}
    return {
        **_policy(cast),
        "rollout_id": known,
        "model_id": models,
        **_watched(cast),
        "job_id": {"models": on_catalogue.FILE.look_through(cast.adam, []).pk, "replayed": _replay(cast)},
    }


def _rollout(actor):
    """Of a model that nothing else names: it has reached the actor and whoever leads a team."""
    stages = [Planned("First", {"roles": ["owner"], "leads": True}), Planned("Rest", {"everyone": True})]
    rollout = rollouts.create(actor, actor.org, Thing("model", "nova", "nova"), name="Nova", stages=stages)
    rollouts.start(actor, rollout)
    return rollout


def _policy(cast):
    """Version 1, which refuses nothing to anybody, and the draft of the next one; a department of each organization."""
    said = {"groups": {"leaders": {"roles": ["owner"]}}, "unknown_models": "allowed"}
    version = make_policy(cast.acme, {"general_staff": []}, **said)
    cases = {"restricted_use_cases": ["private"], "use_cases": {"private": {"effect": "flag"}}}
    PolicyDraft.objects.create(org=cast.acme, document=version.document | cases, edited_by=cast.adam)
    own = ("own", "leaders", "general_staff", "private", "nobody", "first", "seventh")
    scopes = dict.fromkeys((*own, "replayed"), 0) | {"research": cast.research.pk}
    _trial(cast, version.document)
    scopes["foreign"] = Department.objects.create(org=cast.umbrella, name="Far away").pk
    return {"scope_id": scopes, "number": {"first": 1, "seventh": 7, "foreign": 1}}


def _trial(cast, document):
    """The department of Research tries what the organization has, for nine days more."""
    now = timezone.now()
    said = {"org": cast.acme, "scope": cast.research.pk, "document": document, "author_name": "Olive"}
    version = PolicyVersion.objects.create(**said, number=1, scope_name="Research")
    days = {"trial_from": now, "trial_until": now + timedelta(days=9)}
    PolicyInForce.objects.create(org=cast.acme, scope=cast.research.pk, trial=version, **days)


def _replay(cast):
    params = {"scope": "0", "document": {}, "revision": 1, "first": "2026-01-01", "last": "2026-01-07"}
    job = Job.objects.create(org=cast.acme, kind="policies.replay", params=params, started_by=cast.adam, state="done")
    return job.pk


def _watched(cast):
    """A flagged message, a conversation and an exception of Mika's and of Eve's."""
    now, found = timezone.now(), {"flagged_id": {}, "heard_id": {}, "exception_id": {}}
    for name, who in (("mikas", cast.mika), ("foreign", cast.eve)):
        one = {"org": who.org, "member": who}
        said = {"event_id": "1", "at": now, "use_case": "private", "policy_number": 1, "text": "the party"}
        found["flagged_id"][name] = FlaggedMessage.objects.create(**one, **said).pk
        talk = {"conversation": "c1", "source": "api", "title": "Plans", "last_at": now}
        found["heard_id"][name] = HeardConversation.objects.create(**one, **talk).pk
        given = {"use_case": "private", "reason": "audit", "ends_at": now + timedelta(days=3)}
        found["exception_id"][name] = UseCaseException.objects.create(**one, **given, approver_name="Olive").pk
    return found
