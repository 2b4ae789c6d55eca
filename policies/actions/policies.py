"""Deeds on policies: publish one."""

from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Organization
from policies.models import PolicyVersion
from policies.obstacles import no_rollout_is_in_the_way
from policies.publishing import comes_into_force, in_force, made_of_draft


def publish(actor: Actor, org: Organization, scope: int, *, revision: int, note: str = "") -> PolicyVersion:
    """Make the draft of the organization's policy (WHOLE), or of a department's, the version in force.

    The next question is answered by it. The draft is gone; the version stays as it is for ever. Hook
    "policy_published" gets the version, the monitoring level before (empty: nothing was published) and the moment, in
    the same transaction.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: there is no draft, somebody saved it meanwhile, it has problems, or it says what is in force already;
            a version of the organization's policy is being rolled out.
    """
    with act(actor, Action.POLICY_PUBLISH, org) as entry:
        no_rollout_is_in_the_way(org, scope)
        force = in_force(org, scope)
        before = force.version.document if force.version else {}
        version = made_of_draft(entry, scope, before, revision=revision, note=note)
        comes_into_force(entry, force, version)
    return version
