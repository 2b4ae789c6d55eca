"""The deed of delegating single permissions over the whole organization."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Action, Refused
from orgs.actions.members import changes
from orgs.audit import act
from orgs.models import Kind, Member, Organization


def delegate(actor: Member, member: Member, *, permissions: Iterable[str]) -> frozenset[str]:
    """Make `permissions` (`audit`, `compliance`, `usage`) all that is delegated to `member`; gives what was before.

    Raises:
        Denied: the actor is no Owner.
        Refused: somebody removed, a guest; of an Owner or Admin what they have by their role.
    """
    with act(actor, Action.DELEGATION_SET, member) as entry:
        changes.still_belongs(member)
        before, wanted = grants.delegated(member), frozenset(permissions)
        can_be_delegated_to(member, wanted)
        if before != wanted:
            grants.delegate(member, sorted(wanted))
        entry.also["delegated"] = (", ".join(sorted(before)), ", ".join(sorted(wanted)))
    return before


def can_be_delegated_to(member: Member, wanted: frozenset[str]) -> None:
    """Raises Refused when they are a guest, or have something of it by role: an Owner or Admin."""
    if member.kind == Kind.GUEST:
        raise Refused(
            _("%(name)s is a guest. Nothing over the whole organization is delegated to guests.") % {"name": member}
        )
    if member.administers and wanted - Organization.IN_NO_ROLE:
        text = _("%(name)s is an %(role)s and has these permissions by role.")
        raise Refused(text % {"name": member, "role": member.get_role_display()})
