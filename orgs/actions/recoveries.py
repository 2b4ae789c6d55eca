"""Deeds that let a sole Owner in again who lost the second factor: two of support, a reason, a day for objections."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import adapter, mails
from orgs.access import Action, Refused
from orgs.actors import Actor, Support
from orgs.audit import act, read_again
from orgs.models import Member, Recovery, Role
from orgs.subjects import raise_version_everywhere

WAIT = timedelta(hours=24)


def ask(actor: Support, member: Member) -> Recovery:
    """Ask for the recovery of `member`, the only active Owner; the support's reason is the recovery's.

    Raises:
        Denied: the actor is not support staff.
        Refused: no reason; another Owner can help instead; no second factor to recover; one is open already.
    """
    with act(actor, Action.RECOVERY_MANAGE, member) as entry:
        _only_owner(member, entry.at)
        _not_for_oneself(actor, member.user_id)
        if not adapter.has_second_factor(member.user):
            raise Refused(_("%(name)s has no second factor: there is nothing to recover.") % {"name": member})
        if Recovery.objects.open().filter(org=member.org, user=member.user).exists():
            raise Refused(_("There is an open recovery of %(name)s already.") % {"name": member})
        made = Recovery.objects.create(org=member.org, user=member.user, reason=actor.reason, asked_by=actor.user)
        entry.happened, entry.detail = True, {"recovery": made.pk}
    return made


def _not_for_oneself(actor: Support, user_id: int) -> None:
    if actor.user.pk == user_id:
        raise Refused(_("Nobody recovers themself: it takes two other members of staff."))


def _is_only_owner(member: Member, at: datetime) -> bool:
    owners = Member.objects.filter(org=member.org, role=Role.OWNER).active(at)
    return list(owners.values_list("pk", flat=True)) == [member.pk]


def _told(recovery: Recovery, at: datetime) -> list[str]:
    """The addresses of all Owners and Admins: whose recovery it is among them."""
    told = Member.objects.filter(org=recovery.org).administrators(at)
    return list(told.values_list("user__email", flat=True))


def _only_owner(member: Member, at: datetime) -> None:
    if not _is_only_owner(member, at):
        raise Refused(
            _("%(name)s is not the only active Owner of %(org)s: another Owner resets their second factor.")
            % {"name": member, "org": member.org}
        )


def approve(actor: Support, recovery: Recovery) -> None:
    """Approve as the second of support. After 24 hours the second factor goes; all Owners and Admins are told now.

    Raises:
        Denied: the actor is not support staff.
        Refused: who asked cannot approve; it is closed or approved already; no reason.
    """
    with act(actor, Action.RECOVERY_MANAGE, _member(recovery)) as entry:
        _still_open(recovery)
        if recovery.asked_by_id == actor.user.pk:
            raise Refused(_("Whoever asked for a recovery cannot approve it: it takes a second member of staff."))
        _not_for_oneself(actor, recovery.user_id)
        if recovery.approved_at is not None:
            raise Refused(_("%(name)s approved this already.") % {"name": recovery.approved_by})
        recovery.approved_by, recovery.approved_at = actor.user, entry.at
        recovery.ready_at = entry.at + WAIT
        recovery.save(update_fields=["approved_by", "approved_at", "ready_at"])
        entry.happened, entry.detail = True, {"recovery": recovery.pk, "approved": True}
        ready = date_format(recovery.ready_at.astimezone(recovery.org.zone), "j M Y, H:i")
        facts = {"name": str(recovery.user), "ready": ready, "reason": recovery.reason}
        mails.queue("recovery", _told(recovery, entry.at), recovery.org, **facts)


def stop(actor: Actor, recovery: Recovery) -> None:
    """Stop a recovery before it takes effect. Any Owner or Admin may, and the Owner whose it is.

    Raises:
        Denied: the actor may not.
        Refused: it is closed already.
    """
    with act(actor, Action.RECOVERY_STOP, _member(recovery)) as entry:
        _still_open(recovery)
        recovery.stopped_at = entry.at
        recovery.save(update_fields=["stopped_at"])
        entry.happened, entry.detail = True, {"recovery": recovery.pk}


def finish(actor: Actor, recovery: Recovery) -> bool:
    """Take the second factors away from whose day is over, and tell all Owners and Admins; whether it was done now.

    Somebody who is no longer the only active Owner needs none: theirs is stopped instead.
    """
    with act(actor, Action.RECOVERY_FINISH, _member(recovery)) as entry:
        read_again(recovery)
        due = recovery.is_due(entry.at)
        if due and _is_only_owner(_member(recovery), entry.at):
            adapter.forget_second_factors(recovery.user)
            adapter.end_sessions([recovery.user_id])
            raise_version_everywhere(recovery.user_id)
            recovery.done_at = entry.at
            mails.queue("recovered", _told(recovery, entry.at), recovery.org, name=str(recovery.user))
        elif due:
            recovery.stopped_at = entry.at
        if due:
            recovery.save(update_fields=["done_at", "stopped_at"])
            entry.happened, entry.detail = True, {"recovery": recovery.pk, "done": recovery.done_at is not None}
    return recovery.done_at is not None and due


def _member(recovery: Recovery) -> Member:
    return Member.objects.select_related("org", "user").get(org=recovery.org_id, user=recovery.user_id)


def _still_open(recovery: Recovery) -> None:
    read_again(recovery)
    if recovery.done_at is not None or recovery.stopped_at is not None:
        raise Refused(_("This recovery is closed."))
