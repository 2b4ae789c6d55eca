"""Inviting: one act for many, an entry for each invitation that is made or changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orgs import links, mails, pace
from orgs.access import Action, Refused, require
from orgs.actions import seats
from orgs.actors import Actor
from orgs.audit import Entry, act, facts
from orgs.invitees import Invitees, Wanted, unfit
from orgs.models import Invitation, Kind, Member, Organization

TERMS = ("role", "plan", "kind", "department", "team", "sponsor", "ends_at", "already_onboarded", "message")
SAVED = (*TERMS, "workspaces", "name", "issue", "digest", "mail", "invited_by", "expires_at")


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one address: `done` (invited), `changed`, `same` (it was so already), `refused` with the reason.

    `due_at` is when its mail goes out, where one does.
    """

    email: str
    outcome: str
    reason: str = ""
    due_at: datetime | None = None


@dataclass(slots=True)
class _Row:
    wanted: Wanted
    outcome: str = "refused"
    reason: str = ""
    invitation: Invitation | None = None


def invite(
    actor: Actor,
    org: Organization,
    wanted: Sequence[Wanted],
    *,
    noted: Callable[[Sequence[Invited]], None] | None = None,
) -> list[Invited]:
    """Invite these people, all or none; with `noted`, which gets the results inside the transaction, those who can be.

    An address that is invited already has its invitation changed: its link stays and no mail goes out, unless it had
    expired, which makes it a new one. About 25 queries, however many people.

    Raises:
        Denied: the actor may not invite, or not with this role.
        Refused: too few seats; a term or an address that cannot be (see `orgs.invitees`). Never with `noted`.
    """
    with act(actor, Action.MEMBER_INVITE, org) as entry:
        invited = put_out(entry, wanted, each=noted is not None)
        if noted is not None:
            noted(invited)
    return invited


def put_out(entry: Entry, wanted: Sequence[Wanted], *, each: bool = False) -> list[Invited]:
    """Make or change the invitations of these people, under the lock of whatever act invites them.

    All or none; with `each`, those who can be.

    Raises:
        Denied: the actor may not invite, or not with this role.
        Refused: too few seats; a term or an address that cannot be (see `orgs.invitees`). Never with `each`.
    """
    known = Invitees(entry.actor, entry.org, [one.email for one in wanted], entry.at)
    rows = [_Row(_settled(one)) for one in wanted]
    if not each:
        _all_can_come(entry.actor, known, [row.wanted for row in rows])
    for row in rows:
        row.reason = _obstacle(known, row.wanted, seat=each)
        if not row.reason:
            _offer(entry, known, row)
    return _keep(entry, rows)


def change(actor: Actor, invitation: Invitation, *, wanted: Wanted) -> None:
    """Change what an open invitation offers. Its link stays, and no mail goes out.

    Raises:
        Denied: the actor may not invite with the role that it had, or with the new one.
        Refused: it is closed; no seat of the new plan; a term that cannot be.
    """
    with act(actor, Action.MEMBER_INVITE, invitation, role=wanted.role) as entry:
        require(actor, Action.MEMBER_INVITE, entry.org, role=invitation.role)
        if invitation.closed_as:
            raise Refused(_("The invitation of %(email)s is closed.") % {"email": invitation.email})
        known = Invitees(actor, entry.org, [invitation.email], entry.at)
        wanted = _settled(wanted)
        reason = _obstacle(known, wanted, seat=False)
        if reason:
            raise Refused(reason)
        if not known.is_new(invitation.email):
            seats.plans_have_seats(entry.org, known.takes([wanted])[1], counting_invitations=True)
        _put(entry, known, invitation, wanted)
        invitation.save(update_fields=SAVED)


def _settled(wanted: Wanted) -> Wanted:
    """As its row will have it: a team brings its department, and only a guest has a sponsor and an end."""
    if wanted.team is not None and wanted.department is None:
        wanted = replace(wanted, department=wanted.team.department)
    return wanted if wanted.kind == Kind.GUEST else replace(wanted, sponsor=None, ends_at=None)


def _all_can_come(actor: Actor, known: Invitees, wanted: Sequence[Wanted]) -> None:
    for role in {one.role for one in wanted}:
        require(actor, Action.MEMBER_INVITE, known.org, role=role)
    reasons = [f"{one.email}: {reason}" for one in wanted if (reason := _obstacle(known, one, seat=False))]
    if reasons:
        raise Refused("\n".join(reasons[:5]))
    new, moved = known.takes(wanted)
    seats.org_has_seats(known.org, new, counting_invitations=True)
    seats.plans_have_seats(known.org, moved, counting_invitations=True)


def _obstacle(known: Invitees, wanted: Wanted, *, seat: bool) -> str:
    """What stands in the way, in words; nothing where nothing does. `seat`: take one, if there is one."""
    for term in unfit(wanted, known.org, known.now):
        return term.reason
    obstacle = known.obstacle(wanted) or (known.seat(wanted) if seat else None)
    return obstacle.reason if obstacle else ""


def _offer(entry: Entry, known: Invitees, row: _Row) -> None:
    """Make or change the invitation of one address, in memory."""
    email, there = row.wanted.email, known.open.get(row.wanted.email)
    row.invitation = there or Invitation(org=entry.org, email=email, issue=0)
    about, new = entry.about(row.invitation, Action.MEMBER_INVITE), known.is_new(email)
    _put(about, known, row.invitation, row.wanted)
    if new:
        links.renew(row.invitation, entry.at)
    changed = facts(row.invitation) != about.before or bool(about.also)
    row.outcome = "done" if new else "changed" if changed else "same"
    known.open[email] = row.invitation


def _put(entry: Entry, known: Invitees, invitation: Invitation, wanted: Wanted) -> None:
    """Take over the terms that are wanted, and say in the entry what the row's own facts do not tell."""
    before = _aside(known, invitation)
    for name in TERMS:
        setattr(invitation, name, getattr(wanted, name))
    invitation.workspaces, invitation.name = list(wanted.workspaces), wanted.name or invitation.name
    invitation.invited_by = entry.actor if isinstance(entry.actor, Member) else None
    after = _aside(known, invitation)
    entry.also = {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def _aside(known: Invitees, invitation: Invitation) -> dict[str, Any]:
    names = sorted(known.workspaces.get(pk, str(pk)) for pk in invitation.workspaces)
    by = None if invitation.invited_by is None else str(invitation.invited_by)
    return {"message": invitation.message, "workspaces": names, "invited_by": by, "name": invitation.name}


def _keep(entry: Entry, rows: Iterable[_Row]) -> list[Invited]:
    """Save what was made and changed, and queue the mails of new links. At most 7 queries."""
    rows = list(rows)
    mailed = [row.invitation for row in rows if row.invitation and row.outcome == "done"]
    mails.withdraw([invitation.mail_id for invitation in mailed], _("Another mail took its place."))
    pace.mail_out(entry.org, mailed, entry.at)
    made = [invitation for invitation in mailed if invitation._state.adding]
    kept = [r.invitation for r in rows if r.invitation and r.outcome != "same" and not r.invitation._state.adding]
    Invitation.objects.bulk_create(made)
    Invitation.objects.bulk_update(kept, SAVED, batch_size=100)
    return [Invited(row.wanted.email, row.outcome, row.reason, _due_at(row)) for row in rows]


def _due_at(row: _Row) -> datetime | None:
    mail = row.invitation.mail if row.invitation is not None and row.outcome == "done" else None
    return mail.due_at if mail else None
