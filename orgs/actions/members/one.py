"""Deeds on one member: role, plan, suspend, reactivate, remove, restore, leave, end sessions."""

from django.utils.translation import gettext as _

from orgs import adapter, grants
from orgs.access import Action
from orgs.actions import seats
from orgs.actions.members import changes
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Member


def set_role(actor: Actor, member: Member, *, role: str) -> None:
    """Change what `member` may administer.

    Raises:
        Denied: their own role; a role above the actor's, held or handed out.
        Refused: the last active Owner; a guest who would administer; somebody removed.
    """
    with act(actor, Action.MEMBER_ROLE, member, role=role) as entry:
        changes.role(entry, member, role=role)
        changes.org_keeps_an_owner(member)
        member.save(update_fields=["role"])


def set_plan(actor: Actor, member: Member, *, plan: str) -> None:
    """Change which features `member` may use.

    Raises:
        Denied: the actor may not set this member's plan (an Admin their own, for one).
        Refused: somebody removed; all seats that were bought for `plan` are held.
    """
    with act(actor, Action.MEMBER_PLAN, member) as entry:
        changes.plan(entry, member, plan=plan)
        seats.Moves().move(entry.org, entry.before["plan"], plan)
        member.save(update_fields=["plan"])


def suspend(actor: Actor, member: Member, *, reason: str) -> None:
    """Shut `member` out of the organization at once and tell them why.

    Every question about them is answered no from the next one on. Role, plan and grants are kept. Where they are
    active in no other organization their sessions end.

    Raises:
        Denied: the actor may not suspend this member (an Admin and an Owner, for one).
        Refused: `member` is the last active Owner, the actor, or removed; no reason is given.
    """
    with act(actor, Action.MEMBER_SUSPEND, member) as entry:
        changes.suspend(entry, member, reason=reason)
        changes.org_keeps_an_owner(member)
        member.save(update_fields=["suspended_at", "suspension_reason"])
        if entry.before["suspended_at"] is None:
            changes.shut_out([member], kind="suspended", reason=reason)


def reactivate(actor: Actor, member: Member) -> None:
    """Let a suspended member in again, exactly as they were, and tell them.

    Raises:
        Denied: the actor may not act on this member.
        Refused: somebody removed; they are to be restored instead.
    """
    with act(actor, Action.MEMBER_REACTIVATE, member) as entry:
        changes.reactivate(entry, member)
        member.save(update_fields=["suspended_at", "suspension_reason"])
        if entry.before["suspended_at"]:
            changes.tell_reactivated([member])


def remove(actor: Actor, member: Member, *, reason: str, successor: Member | None = None) -> None:
    """End a membership: history stays, the seat is free, what they own goes to `successor` or to the actor.

    Within 90 days they can be restored.

    Raises:
        Denied: the actor may not remove this member.
        Refused: the last active Owner, or the actor; no reason; a successor who cannot own; nobody to take over.
    """
    with act(actor, Action.MEMBER_REMOVE, member) as entry:
        changes.may_go(entry, member, reason=reason)
        heir = changes.heir_of(entry, member, successor)
        changes.end_membership(entry, member, reason=reason, successor=heir)
        changes.shut_out([member], kind="removed", reason=reason)


def leave(actor: Member, member: Member) -> None:
    """End one's own membership; what one owns goes to the Owner who has been here longest.

    Raises:
        Denied: somebody else's membership.
        Refused: the last active Owner.
    """
    with act(actor, Action.MEMBER_LEAVE, member) as entry:
        changes.end_membership(entry, member, reason=_("left"), successor=changes.senior_owner(member))
        changes.shut_out([member], kind="left")


def restore(actor: Actor, member: Member, *, fresh: bool) -> None:
    """Let a removed member in again, as they were or (`fresh`) as a User on Essential without grants.

    Raises:
        Denied: the actor may not act on this member.
        Refused: removed more than 90 days ago; no free seat; not removed at all; an account that was closed.
    """
    with act(actor, Action.MEMBER_RESTORE, member) as entry:
        changes.restore(entry, member, fresh=fresh)
        member.save()
        if fresh:
            grants.take_all(member)
        changes.tell_restored([member])


def end_sessions(actor: Actor, member: Member) -> int:
    """Sign `member` out everywhere; how many sessions that ended.

    Raises:
        Denied: the actor may not act on this member.
        Refused: the account is not this organization's to touch.
    """
    with act(actor, Action.SESSION_END, member) as entry:
        own = isinstance(actor, Member) and actor.user_id == member.user_id
        if not own and isinstance(actor, Member):
            changes.account_is_ours(member)
        ended = adapter.end_sessions([member.user_id])
        entry.happened, entry.detail = ended > 0, {"sessions": ended}
    return ended
