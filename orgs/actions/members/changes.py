"""What deeds on members have in common, be they on one or on many: what is changed in memory, refused, and told."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import adapter, hooks, mails
from orgs.access import Refused
from orgs.actions import seats
from orgs.audit import Entry, read_again
from orgs.models import Domain, Kind, Member, Organization, Plan, Role, Status
from orgs.places import Place

RESTORABLE = timedelta(days=90)


def role(entry: Entry, member: Member, *, role: str) -> None:
    """Raises Refused when they were removed, or are a guest who would administer; else gives them the role."""
    still_belongs(member)
    if member.kind == Kind.GUEST and role not in (Role.USER, Role.VIEWER):
        raise Refused(_("%(name)s is a guest. Guests are Users or Viewers.") % {"name": member})
    member.role = Role(role)


def plan(entry: Entry, member: Member, *, plan: str) -> None:
    """Raises Refused when they were removed; else gives them the plan. Whether there is a seat is asked elsewhere."""
    still_belongs(member)
    member.plan = Plan(plan)


def place(member: Member, place: Place) -> None:
    """Raises Refused when somebody was removed; else lets them belong there."""
    still_belongs(member)
    member.department, member.team = place.department, place.team


def suspend(entry: Entry, member: Member, *, reason: str) -> None:
    """Raises Refused when they were removed or are the actor, or without a reason; else shuts them out."""
    still_belongs(member)
    give_a_reason(reason)
    if member == entry.actor:
        raise Refused(_("You cannot suspend yourself. Leave the organization instead."))
    member.suspend(at=entry.at, reason=reason)


def reactivate(entry: Entry, member: Member) -> None:
    """Raises Refused when they were removed; else lets them in again."""
    still_belongs(member)
    member.reactivate()


def restore(entry: Entry, member: Member, *, fresh: bool) -> None:
    """Raises Refused when they cannot come back (too late, no account any more, no free seat); else does it."""
    if member.removed_at is None:
        raise Refused(_("%(name)s was not removed.") % {"name": member})
    if entry.at - member.removed_at > RESTORABLE:
        raise Refused(_("%(name)s was removed more than 90 days ago. Invite them again.") % {"name": member})
    if not member.user.is_active:
        raise Refused(_("%(name)s closed their account. Invite them again: that opens it.") % {"name": member})
    opened = member.user.opened_by_link_at
    if opened is not None and opened > member.removed_at:  # by another organization's link: perhaps not them at all
        raise Refused(_("%(name)s's account was opened anew since. Invite them again.") % {"name": member})
    seats.org_has_seats(member.org, {Plan.ESSENTIAL if fresh else member.plan: 1})
    member.restore(fresh=fresh)


def end_membership(entry: Entry, member: Member, *, reason: str, successor: Member | None) -> None:
    """Raises Refused when `member` is the last active Owner; else ends their place and hands over what they own."""
    member.remove(at=entry.at, reason=reason)
    org_keeps_an_owner(member)
    member.save(update_fields=["removed_at", "removal_reason"])
    hand_over(entry, member, successor)


# ---------------------------------------------------------------- who takes over


def hand_over(entry: Entry, member: Member, successor: Member | None) -> None:
    """Give what `member` owns to `successor`, and have the entry say so. At least one query."""
    handed = [what for whats in hooks.call("member_removed", member, successor) for what in whats]
    if handed:
        entry.detail = {"handed_over": handed, "to": str(successor)}


def may_go(entry: Entry, member: Member, *, reason: str) -> None:
    """Raises Refused when `member` cannot be removed by this actor: no reason, removed already, the actor."""
    give_a_reason(reason)
    still_belongs(member)
    if member == entry.actor:
        raise Refused(_("You cannot remove yourself. Leave the organization instead."))


def heir_of(entry: Entry, member: Member, successor: Member | None) -> Member | None:
    """Raises Refused when `successor` cannot own; else gives them, or the Owner who removes, or the senior Owner."""
    heir, actor = successor, entry.actor
    if heir is not None:
        read_again(heir)
    if heir is None and isinstance(actor, Member) and actor.role == Role.OWNER and actor != member:
        heir = actor
    heir = heir or senior_owner(member)
    if heir is not None and (heir.org_id != member.org_id or heir == member or not _can_own(heir)):
        text = _("%(name)s cannot take over: choose an active member of %(org)s who is neither Viewer nor guest.")
        raise Refused(text % {"name": heir, "org": member.org})
    return heir


def _can_own(heir: Member) -> bool:
    return heir.is_active(timezone.now()) and heir.role != Role.VIEWER and heir.kind == Kind.MEMBER


def senior_owner(member: Member) -> Member | None:
    """The active Owner, other than `member`, who has been here longest. One query."""
    owners = Member.objects.filter(org=member.org, role=Role.OWNER).active(timezone.now())
    return owners.exclude(pk=member.pk).order_by("joined_at").first()


# ---------------------------------------------------------------- rules


def org_keeps_an_owner(member: Member) -> None:
    """Raises Refused when `member`, as changed and not yet saved, leaves their organization without an active Owner.

    An Owner counts who could sign in: neither suspended nor removed, with an open account. At most one query.
    """
    if member.role == Role.OWNER and member.status == Status.ACTIVE and member.user.is_active:
        return
    owners = Member.objects.filter(org=member.org, role=Role.OWNER, suspended_at=None, removed_at=None)
    if not owners.filter(user__is_active=True).exclude(pk=member.pk).exists():
        text = _("%(name)s is the only active Owner of %(org)s. Make somebody else an Owner first.")
        raise Refused(text % {"name": member, "org": member.org})


def still_belongs(member: Member) -> None:
    """Raises Refused when they were removed."""
    if member.removed_at is not None:
        raise Refused(_("%(name)s was removed. Restore them first.") % {"name": member})


def give_a_reason(reason: str) -> None:
    """Raises Refused when there is none."""
    if not reason.strip():
        raise Refused(_("Give a reason: it is kept in the audit log and told to them."))


# ---------------------------------------------------------------- what they are told


def shut_out(members: Sequence[Member], *, kind: str, reason: str = "") -> None:
    """End the sessions of those who are active nowhere else, and tell everybody concerned why."""
    org: Organization = members[0].org
    adapter.end_sessions(adapter.shut_out([member.user_id for member in members]))
    mails.queue(kind, [member.user.email for member in members], org, reason=reason)


def tell_reactivated(members: Sequence[Member]) -> None:
    """Tell them that they are let in again."""
    mails.queue("reactivated", [member.user.email for member in members], members[0].org)


def tell_restored(members: Sequence[Member]) -> None:
    """Tell them that they belong here again."""
    mails.queue("restored", [member.user.email for member in members], members[0].org)


def account_is_ours(member: Member) -> None:
    """Raises Refused when the person's account is not this organization's to touch (product.md 1). At most 2 queries.

    It is where they belong here alone, or their address is in a domain that the organization has verified; never that
    of support staff, who come into every organization.
    """
    if member.removed_at is not None or not member.user.is_active:
        raise Refused(_("%(name)s has no open account here.") % {"name": member})
    if member.user.is_staff:
        text = _("%(name)s is support staff of the operator, who look after that account.")
        raise Refused(text % {"name": member})
    elsewhere = Member.objects.filter(user=member.user_id, removed_at=None).exclude(org=member.org_id)
    if elsewhere.exists() and not Domain.objects.of_address(member.user.email).filter(org=member.org_id).exists():
        text = _("%(name)s belongs to other organizations too. You can suspend them here; their account is theirs.")
        raise Refused(text % {"name": member})
