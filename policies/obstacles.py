"""What keeps a version from coming into force, in words for whoever wants it: panels show it, deeds refuse by it."""

from django.utils.translation import gettext as _

from orgs.access import Refused
from orgs.models import Organization
from policies.models import WHOLE, PolicyInForce, PolicyVersion, Rollout


def rollout_in_the_way(org: Organization, scope: int) -> str:
    """Why nothing else comes into force while a version of the organization's policy is being rolled out. One query.

    Whom it reached would not be judged by the other one, and finishing it would take the other one back.
    """
    if scope != WHOLE:
        return ""
    found = Rollout.objects.filter(org=org, kind=Rollout.Kind.POLICY).going_on().first()
    if found is None:
        return ""
    text = _("“%(name)s” is rolling out %(what)s. Finish or discard it first.")
    return text % {"name": found, "what": found.label}


def no_rollout_is_in_the_way(org: Organization, scope: int) -> None:
    """Raises Refused while a version of the organization's policy is being rolled out."""
    if reason := rollout_in_the_way(org, scope):
        raise Refused(reason, page="rollouts")


def newer_in_force(force: PolicyInForce, version: PolicyVersion) -> str:
    """Why a version that was made before the one in force does not take its place. No query."""
    now = force.version
    if now is None or now.number <= version.number or now.published_at <= version.published_at:
        return ""
    text = _("Version %(newer)s was published after it. Restore version %(n)s as a draft instead.")
    return text % {"newer": now.number, "n": version.number}


def no_newer_is_in_force(force: PolicyInForce, version: PolicyVersion) -> None:
    """Raises Refused where the version in force was made after this one."""
    if reason := newer_in_force(force, version):
        raise Refused(reason, page="policies")
