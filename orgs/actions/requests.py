"""Deeds on requests: ask for access, take that back, decide; and what a grant that ends by itself undoes."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from orgs import asking, hooks, mails
from orgs.access import Action, Refused, require
from orgs.actions.invitations import inviting
from orgs.actions.members.changes import org_keeps_an_owner
from orgs.actions.seats import plans_have_seats
from orgs.actors import Actor
from orgs.audit import Entry, act, read_again
from orgs.invitees import Wanted
from orgs.models import AccessRequest, AuditEntry, Member, Plan, Role

Asked = AccessRequest.Kind
A_DAY = timedelta(days=1)
MOST_A_DAY = 10  # requests of one member: each is a mail to every Owner and Admin


def ask(
    actor: Member,
    member: Member,
    *,
    kind: str,
    wanted: str,
    target_id: int = 0,
    use_case: str = "",
    email: str = "",
    name: str = "",
    reason: str = "",
) -> AccessRequest:
    """Ask for a role, a plan, a place in a workspace or an exception for `use_case` for oneself, or that whoever has
    `email` is invited to a workspace that one looks after; those who may grant it are told by mail.

    Asking again for the same thing changes the open request. `wanted` is a role, a plan or a workspace's level. An
    address is taken as it is: nothing here tells whose it is, or whether it was invited.

    Raises:
        Denied: for somebody else.
        Refused: what is asked for is held already, cannot be had, or does not exist for this member; they asked ten
            times within a day.
    """
    with act(actor, Action.REQUEST_MAKE, member) as entry:
        thing = _thing(member, kind, wanted, use_case or target_id)
        target_id = asking.number_of(use_case) if use_case else target_id
        same = {"member": member, "kind": kind, "target_id": target_id, "email": email}
        request = AccessRequest.objects.open().filter(**same).first()
        is_new = request is None
        if (
            is_new
            and AccessRequest.objects.filter(member=member, created_at__gt=entry.at - A_DAY).count() >= MOST_A_DAY
        ):
            raise Refused(_("You asked %(n)s times within a day. Ask again tomorrow.") % {"n": MOST_A_DAY})
        request = request or AccessRequest(org=member.org, **same)
        request.wanted, request.reason, request.target_name, request.name = wanted, reason, thing, name
        request.save()
        entry.happened, entry.detail = True, _told(request) | {"reason": reason}
        if is_new:
            may = Member.objects.filter(org=member.org, role__in=asking.grantors(member, kind, wanted))
            to = list(may.active(entry.at).exclude(pk=member.pk).values_list("user__email", flat=True))
            mails.queue("request", to, member.org, name=str(member), what=request.what, reason=reason)
    return request


def _thing(member: Member, kind: str, wanted: str, target: int | str) -> str:
    """The name of what is asked for. Raises Refused where `member` cannot ask for it."""
    match kind:
        case Asked.ROLE:
            _above(member, wanted)
            return str(Role(wanted).label)
        case Asked.PLAN:
            if wanted not in asking.plans_above(member):
                text = _("You cannot ask for the plan %(plan)s: it opens nothing that you do not have.")
                raise Refused(text % {"plan": Plan(wanted).label})
            return str(Plan(wanted).label)
        case Asked.INVITATION:
            looked_after = asking.looked_after(member, int(target))
            if not looked_after or wanted not in asking.levels_outside():
                raise Refused(_("You look after no workspace under this address."))
            return looked_after
        case Asked.USE_CASE:
            return _use_case(member, str(target), wanted)
        case _:
            found = [name for name in hooks.call("workspace_asked_for", member, target, wanted) if name]
            if not found or wanted not in asking.levels_for(member):
                raise Refused(_("There is no workspace that you could ask for under this address."))
            return str(found[0])


def _use_case(member: Member, use_case: str, wanted: str) -> str:
    found = asking.excepted(member, use_case)
    if not found or wanted != asking.EXCEPTION:
        raise Refused(_("There is no use case that you could ask for under this address."))
    return found


def _above(member: Member, wanted: str) -> None:
    if wanted not in asking.roles_above(member):
        raise Refused(
            _("You cannot ask for the role %(role)s: it is not above yours, or closed to guests.")
            % {"role": Role(wanted).label}
        )


def withdraw(actor: Member, request: AccessRequest) -> None:
    """Take one's own request back.

    Raises:
        Denied: somebody else's.
        Refused: it is decided already.
    """
    with act(actor, Action.REQUEST_WITHDRAW, request.member) as entry:
        _still_open(request, entry)
        request.withdrawn_at = entry.at
        request.save(update_fields=["withdrawn_at"])
        entry.happened, entry.detail = True, _told(request)


def grant(
    actor: Member,
    request: AccessRequest,
    *,
    ends_at: datetime | None = None,
    note: str = "",
    seen: str = "",
    terms: Wanted | None = None,
) -> None:
    """Give what was asked for, until `ends_at` where that is set, and tell the member.

    `seen` is what the actor was shown that they ask for: who asks can change it until the moment of the deed. `terms`
    say as what somebody from outside is invited; the address and the workspace are those that were asked for.

    Raises:
        Denied: the actor may not decide, or may not give this (an Admin the role Admin, for one).
        Refused: it is decided already; its end is past; no seat of the plan is free; the member was removed, or has
            it, or more, meanwhile; they ask for something else than was `seen`; they look after the workspace no more;
            whatever keeps an invitation from being sent.
    """
    with act(actor, Action.REQUEST_DECIDE, request.member) as entry:
        _still_open(request, entry)
        member = request.member
        if member.removed_at is not None:
            raise Refused(_("%(name)s was removed. Restore them first.") % {"name": member})
        if seen not in ("", request.wanted):
            text = _("%(name)s asks for %(what)s by now. Look at the request again.")
            raise Refused(text % {"name": member, "what": request.what})
        if ends_at is not None and ends_at <= entry.at:
            raise Refused(_("The end of a grant lies in the future."))
        request.granted, request.ends_at = True, ends_at
        request.before = _give(entry, request, member) if terms is None else _invite(entry, request, terms)
        _decide(entry, request, actor, note)


def decline(actor: Member, request: AccessRequest, *, note: str = "") -> None:
    """Turn a request down, and tell the member with the note.

    Raises:
        Denied: the actor may not decide.
        Refused: it is decided already.
    """
    with act(actor, Action.REQUEST_DECIDE, request.member) as entry:
        _still_open(request, entry)
        _decide(entry, request, actor, note)


def _decide(entry: Entry, request: AccessRequest, actor: Member, note: str) -> None:
    request.decided_at, request.decided_by, request.note = entry.at, actor, note
    request.save()
    entry.happened = True
    entry.detail = _told(request) | {"granted": request.granted, "note": note}
    if request.ends_at is not None:
        entry.detail["ends_at"] = request.ends_at.isoformat()
    member = request.member
    facts = {"what": request.what, "granted": request.granted, "note": note, "by": str(actor), "email": request.email}
    facts["until"] = asking.until(request)
    mails.queue("request_decided", [member.user.email], member.org, **facts)


def _invite(entry: Entry, request: AccessRequest, terms: Wanted) -> str:
    """Invite whoever was asked for, while who asked may still ask; no word, as nothing of this is taken back."""
    refusal = asking.no_longer(request, entry.at)
    if refusal:
        raise Refused(refusal)
    inviting.put_out(entry, [replace(terms, email=request.email, workspaces=(request.target_id,))])
    return ""


def _give(entry: Entry, request: AccessRequest, member: Member) -> str:
    """Give it; what the member had before, as a word that `_take_back` knows."""
    actor = entry.actor
    match request.kind:
        case Asked.ROLE:
            require(actor, Action.MEMBER_ROLE, member, role=request.wanted)
            if request.wanted not in asking.roles_above(member):
                raise Refused(_has_it(request, member.get_role_display()))
            before, member.role = member.role, Role(request.wanted)
            member.save(update_fields=["role"])
            return before
        case Asked.PLAN:
            require(actor, Action.MEMBER_PLAN, member)
            if request.wanted not in asking.plans_above(member):
                raise Refused(_has_it(request, member.get_plan_display()))
            before, member.plan = member.plan, Plan(request.wanted)
            plans_have_seats(member.org, {member.plan: 1})
            member.save(update_fields=["plan"])
            return before
        case Asked.USE_CASE:
            hooks.call("use_case_excepted", entry, request)
            return ""
        case _:
            return "".join(hooks.call("workspace_given", actor, request))


def _has_it(request: AccessRequest, now: str) -> str:
    text = _("%(name)s is %(now)s by now: there is nothing to grant. Decline it, or let them take it back.")
    return text % {"name": request.member, "now": now}


def end(actor: Actor, request: AccessRequest) -> bool:
    """Take back what was granted until a moment that is past, and tell the member; whether it ended just now.

    A role, plan or place that was changed again meanwhile stays as it is; so does the role of the last active Owner.
    The plan comes back whether or not a seat of it is free: an end is kept.
    """
    with act(actor, Action.REQUEST_END, request.member) as entry:
        _again(request, entry)
        if request.is_due(entry.at):
            kept = _take_back(request, request.member)
            request.ended_at = entry.at
            request.save(update_fields=["ended_at"])
            entry.happened, entry.detail = True, _told(request) | {"kept": kept}
            facts = {"what": request.what, "kept": kept}
            mails.queue("request_ended", [request.member.user.email], request.member.org, **facts)
    return entry.happened


def _take_back(request: AccessRequest, member: Member) -> str:
    """Undo a grant; the reason where it was left as it is. An exception ends by its own clock."""
    if request.kind == Asked.USE_CASE:
        return ""
    if request.kind != Asked.WORKSPACE and AuditEntry.objects.that_decided_after(request).exists():
        return _("changed again meanwhile")
    kept = _workspace_back(request) if request.kind == Asked.WORKSPACE else _field_back(request, member)
    if kept:
        # Another grant for a while stands above this one: what it brings back is no longer this, but what was before.
        same = {"member": member, "kind": request.kind, "target_id": request.target_id, "granted": True}
        above = AccessRequest.objects.filter(**same, ended_at=None, before=request.wanted).exclude(pk=request.pk)
        above.filter(decided_at__gte=request.decided_at).update(before=request.before)
    return kept


def _workspace_back(request: AccessRequest) -> str:
    return "".join(hooks.call("workspace_taken_back", request))


def _field_back(request: AccessRequest, member: Member) -> str:
    name = str(request.kind)
    if getattr(member, name) != request.wanted:
        return _("changed again meanwhile")
    setattr(member, name, request.before)
    try:
        org_keeps_an_owner(member)
    except Refused as refusal:
        setattr(member, name, request.wanted)
        return str(refusal)
    member.save(update_fields=[name])
    return ""


def _again(request: AccessRequest, entry: Entry) -> None:
    """Read a request anew; its member stays the one whom the entry is about, so that what changes on them is told."""
    read_again(request)
    if isinstance(entry.target, Member):
        request.member = entry.target


def _still_open(request: AccessRequest, entry: Entry) -> None:
    _again(request, entry)
    if request.decided_at is not None:
        raise Refused(_("%(name)s decided this request meanwhile.") % {"name": request.decided_by or _("Somebody")})
    if request.withdrawn_at is not None:
        raise Refused(_("%(name)s took this request back.") % {"name": request.member})


def _told(request: AccessRequest) -> dict[str, str]:
    return {"kind": str(request.kind), "wanted": request.wanted, "thing": request.what}
