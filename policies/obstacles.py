"""What keeps a version from coming into force, in words for whoever wants it: panels show it, deeds refuse by it."""

from django.utils.translation import gettext as _

from orgs.access import Refused
from orgs.models import Organization
from policies.models import PolicyInForce, PolicyVersion, Rollout


def rollout_in_the_way(org: Organization, scope: int) -> str:
    """Why nothing else comes into force while a version of the same policy is being rolled out. One query.

    Whom it reached would not be judged by the other one, and finishing it would take the other one back.
    """
    found = Rollout.objects.filter(org=org, version__scope=scope).going_on().first()
    if found is None:
        return ""
    text = _("“%(name)s” is rolling out %(what)s. Finish or discard it first.")
    return text % {"name": found, "what": found.label}


def no_rollout_is_in_the_way(org: Organization, scope: int) -> None:
    """Raises Refused while a version of the same policy is being rolled out."""
    if reason := rollout_in_the_way(org, scope):
        raise Refused(reason, page="rollouts")


def nothing_new(before: object, document: object) -> str:
    """Why a draft that says what is in force already becomes no version. No query."""
    return _("The draft says what the policy in force says already.") if before == document else ""


def newer_in_force(force: PolicyInForce, version: PolicyVersion) -> str:
    """Why a version that was made before the one in force does not take its place. No query."""
    now = force.version
    if now is None or now.number <= version.number or now.published_at <= version.published_at:
        return ""
    text = _("Version %(newer)s was published after it. Restore version %(n)s as a draft instead.")
    return text % {"newer": now.number, "n": version.number}


def rollout_obstacle(rollout: Rollout, *, starts: bool = False) -> str:
    """Why a rollout of a version goes no further: it is in force for everybody, or a newer one is. At most 2 queries.

    `starts`: it would start, which it does not while another version of the same policy is on its way, either.
    """
    version = rollout.version
    if version is None:
        return ""
    force = PolicyInForce.objects.of(rollout.org, version.scope).select_related("version").first()
    if force is not None and force.version == version:
        return _("Version %(n)s is in force for everybody already.") % {"n": version.number}
    newer = newer_in_force(force, version) if force is not None else ""
    return newer or (rollout_in_the_way(rollout.org, version.scope) if starts else "")


def rollout_goes_further(rollout: Rollout, *, starts: bool = False) -> None:
    """Raises Refused where a rollout of a version goes no further."""
    if reason := rollout_obstacle(rollout, starts=starts):
        raise Refused(reason, page="rollouts")


def no_newer_is_in_force(force: PolicyInForce, version: PolicyVersion) -> None:
    """Raises Refused where the version in force was made after this one."""
    if reason := newer_in_force(force, version):
        raise Refused(reason, page="policies")
