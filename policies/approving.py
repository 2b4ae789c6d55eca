"""Approved uses: what can be excepted, for whom, and the row that says so; for deeds and for granted requests alike."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.access import Action, Refused, require
from orgs.actors import sign
from orgs.audit import Entry
from orgs.models import AccessRequest, Member, Organization
from policies import facts
from policies.engine import Policy
from policies.facts import InPolicy
from policies.models import UseCaseException

APPROVE = "approve"  # the effect of a use case that needs an exception


def use_cases_of(org: Organization) -> dict[str, str]:
    """The use cases that need an exception, with their descriptions: of all policies that judge somebody. 2 queries."""
    return _needing(policy for _scope, (policy, _number, _name) in facts.judging(org))


def groups_of(org: Organization) -> dict[InPolicy, str]:
    """The groups of the policies that judge somebody, by name, each with the department whose it is. 2 queries."""
    found = {
        (scope, group.name): department
        for scope, (policy, _number, department) in facts.judging(org)
        for group in policy.groups
    }
    return dict(sorted(found.items(), key=lambda one: (one[0][1], one[1])))


def _needing(policies: Iterable[Policy]) -> dict[str, str]:
    cases = (case for policy in policies for case in policy.use_cases.values())
    return {case.id: case.description for case in cases if case.effect == APPROVE}


def asked_for(member: Member) -> list[str]:
    """The use cases for which `member` needs an exception and has none: the hook `use_cases_asked_for`.

    No query beside the member's subject.
    """
    known, now = subjects.of(member).policies, timezone.now()
    if known is None:
        return []
    needed = _needing(applied.policy for applied in known.policies_at(now))
    return [use_case for use_case in needed if not known.excepted(use_case, now)]


def except_asker(entry: Entry, request: AccessRequest) -> None:
    """Approve what was asked for, inside the act that grants it: the hook `use_case_excepted`.

    Raises:
        Denied: whoever decides grants no exceptions.
        Refused: it has no end, or the policy needs no exception for it any more, or they have one meanwhile.
    """
    require(entry.actor, Action.EXCEPTION_GRANT, entry.org)
    if request.ends_at is None:
        raise Refused(_("An exception has an end. Choose its last day."))
    if request.target_name not in asked_for(request.member):
        text = _("%(name)s needs no exception for %(use_case)s any more. Decline the request.")
        raise Refused(text % {"name": request.member, "use_case": request.target_name})
    made = excepted(entry, use_case=request.target_name, reason=request.reason, ends_at=request.ends_at)
    made.member = request.member
    entry.about(made, Action.EXCEPTION_GRANT)
    made.save(force_insert=True)


def excepted(entry: Entry, *, use_case: str, reason: str, ends_at: datetime) -> UseCaseException:
    """An exception by whoever acts, not saved yet and nobody's yet."""
    return UseCaseException(
        org=entry.org,
        use_case=use_case,
        reason=reason,
        approver_name=sign(entry.actor).name[:200],
        granted_at=entry.at,
        ends_at=ends_at,
    )
