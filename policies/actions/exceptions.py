"""Deeds on exceptions: approve a use that the policy restricts, for somebody and for a while; end that early."""

from datetime import datetime

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Member, Organization
from policies import approving
from policies.facts import InPolicy
from policies.models import WHOLE, UseCaseException


def grant(
    actor: Actor,
    org: Organization,
    *,
    use_case: str,
    reason: str,
    ends_at: datetime,
    member: Member | None = None,
    group: str = "",
    scope: int = WHOLE,
) -> UseCaseException:
    """Let `member`, or everybody in `group` of the policy of `scope`, do what is called `use_case` until `ends_at`.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: the policy in force needs no exception for it; it ends in the past; there is no such group; a member
            who does not belong here, or who has one that lasts as long.
    """
    with act(actor, Action.EXCEPTION_GRANT, org) as entry:
        if use_case not in approving.use_cases_of(org):
            raise Refused(_("The policy in force needs no exception for %(use_case)s.") % {"use_case": use_case})
        if ends_at <= entry.at:
            raise Refused(_("The end of an exception lies in the future."))
        department = _is_somebodys(org, member, (scope, group))
        whose = {"member": member, "group": group, "scope": scope}
        same = UseCaseException.objects.standing(entry.at).filter(org=org, use_case=use_case, **whose)
        if same.filter(ends_at__gte=ends_at).exists():
            raise Refused(_("There is an exception for this already that lasts as long."))
        made = approving.excepted(entry, use_case=use_case, reason=reason, ends_at=ends_at)
        made.member, made.group, made.scope, made.scope_name = member, group, scope, department
        made.save(force_insert=True)
        entry.made(made)
    return made


def _is_somebodys(org: Organization, member: Member | None, group: InPolicy) -> str:
    """The department whose policy's group it is; nothing for a member and a group of the organization's.

    Raises Refused when an exception would be nobody's: neither a member of `org` nor a group of its policies.
    """
    if member is not None:
        read_again(member)
        if member.org_id != org.pk or member.removed_at is not None:
            raise Refused(_("%(name)s does not belong to %(org)s.") % {"name": member, "org": org})
        return ""
    groups = approving.groups_of(org)
    if group not in groups:
        raise Refused(_("The policy in force has no group %(group)s.") % {"group": group[1]})
    return groups[group]


def end(actor: Actor, exception: UseCaseException) -> None:
    """End an exception before its end. Does nothing where it is over already.

    Raises:
        Denied: the actor neither owns nor administers.
    """
    with act(actor, Action.EXCEPTION_GRANT, exception) as entry:
        if exception.ended_at is None and exception.ends_at > entry.at:
            exception.ended_at = entry.at
            exception.save(update_fields=["ended_at"])
