"""Deeds on versions that run report-only: begin, extend, discard, enforce. They refuse nothing and are counted."""

from datetime import datetime

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Organization
from policies.actions.drafts import document_is_sound
from policies.models import PolicyInForce, PolicyVersion
from policies.obstacles import no_newer_is_in_force, no_rollout_is_in_the_way
from policies.publishing import comes_into_force, in_force, made_of_draft


def begin(
    actor: Actor, org: Organization, scope: int, *, revision: int, until: datetime, note: str = ""
) -> PolicyVersion:
    """Make the draft a version that runs report-only until a moment: what it would refuse is counted, not refused.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: one runs already; there is no draft, somebody saved it meanwhile, it has problems, or it says what is
            in force already.
    """
    with act(actor, Action.POLICY_TRY, org) as entry:
        force = in_force(org, scope)
        if force.trial is not None:
            text = _("Version %(n)s runs report-only already. Enforce or discard it first.")
            raise Refused(text % {"n": force.trial.number}, page="policies")
        _lies_ahead(until, entry.at)
        before = force.version.document if force.version else {}
        version = made_of_draft(entry, scope, before, revision=revision, note=note)
        force.trial, force.trial_from, force.trial_until = version, entry.at, until
        force.save()
        entry.detail |= {"trial_until": until.isoformat()}
    return version


def extend(actor: Actor, force: PolicyInForce, *, until: datetime) -> None:
    """Let a version run report-only until another moment.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: none runs any more; the moment is past.
    """
    with act(actor, Action.POLICY_TRY, force) as entry:
        _runs(force)
        _lies_ahead(until, entry.at)
        force.trial_until = until
        force.save(update_fields=["trial_until"])


def discard(actor: Actor, force: PolicyInForce) -> None:
    """End the trial of a version that never comes into force. It stays readable, and can become a draft again.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: none runs any more.
    """
    with act(actor, Action.POLICY_TRY, force):
        _runs(force)
        force.end_trial()
        force.save(update_fields=["trial", "trial_from", "trial_until"])


def enforce(actor: Actor, force: PolicyInForce) -> PolicyVersion:
    """Let the version that ran report-only count from the next question on.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: none runs any more; a version of the organization's policy is being rolled out; a newer version is in
            force; it names a model that is gone meanwhile.
    """
    with act(actor, Action.POLICY_PUBLISH, force) as entry:
        version = _runs(force)
        no_rollout_is_in_the_way(force.org, force.scope)
        no_newer_is_in_force(force, version)
        document_is_sound(force.org, version.document)
        comes_into_force(entry, force, version)
    return version


def _runs(force: PolicyInForce) -> PolicyVersion:
    """The version on trial; raises Refused when there is none."""
    if force.trial is None:
        raise Refused(_("No version runs report-only any more."), page="policies")
    return force.trial


def _lies_ahead(until: datetime, at: datetime) -> None:
    if until <= at:
        raise Refused(_("The last day lies in the past. Choose a later one."))
