"""Deeds on joining by a domain: come in or ask, and answer those who ask."""

from django.utils.translation import gettext as _

from orgs import adapter, hooks, joining, mails
from orgs.access import Action, Refused
from orgs.actions import people, seats
from orgs.actions.invitations import take_ordinal
from orgs.actors import SYSTEM, Actor
from orgs.audit import Entry, act
from orgs.models import Admission, Domain, Invitation, JoinRequest, Member, Organization, User


def come_in(domain: Domain, user: User | None, *, email: str, name: str = "", password: str = "") -> User:
    """Let somebody with a proven address in the domain join as it says, or put their request in the queue and tell
    those who answer.

    Where they have no account one is made; one of that address that was never proven starts anew.

    Raises:
        Refused: the domain takes in nobody any more; they are or were a member; they are invited, or asked already;
            no free seat; an account of that address was made in this very moment.
    """
    asked = domain.admission == Admission.REQUEST
    with act(SYSTEM, Action.JOIN_REQUEST if asked else Action.MEMBER_JOIN, domain) as entry:
        if domain.verified_at is None or domain.admission != (Admission.REQUEST if asked else Admission.JOIN):
            raise Refused(_("%(org)s has just changed who may join. Look again.") % {"org": domain.org})
        person = user or _account(email, name, password)
        if Domain.objects.of_address(person.email).first() != domain or not adapter.has_verified_address(person):
            raise Refused(_("Your address is in no domain of %(org)s.") % {"org": domain.org})
        if Member.objects.filter(org=domain.org, user=person).exists():
            raise Refused(_("You are or were a member of %(org)s. Ask an Owner or Admin.") % {"org": domain.org})
        waiting = Invitation.objects.open().filter(org=domain.org, email__iexact=email, expires_at__gt=entry.at)
        if waiting.exists():
            text = _("You are invited to %(org)s already: the link in that mail is your way in.")
            raise Refused(text % {"org": domain.org})
        entry.detail = {"by": domain.name}
        entry.made(_request(domain, person, entry) if asked else _member(domain.org, person, domain.role, domain.plan))
        entry.happened = True
    return person


def accept(actor: Actor, request: JoinRequest) -> None:
    """Make whoever asked a member, as the domain of their address says now, and tell them.

    Raises:
        Denied: the actor is neither Owner nor Admin.
        Refused: it was decided already; they closed their account; their domain is given up; no free seat.
    """
    with act(actor, Action.JOIN_DECIDE, request) as entry:
        _still_waits(request)
        if not request.user.is_active:
            text = _("%(name)s has closed their account since. Decline the request; an invitation opens it again.")
            raise Refused(text % {"name": request.user})
        domain = Domain.objects.of_address(request.user.email).filter(org=request.org).first()
        if domain is None:
            text = _("The address of %(name)s is in no verified domain any more. Invite them instead.")
            raise Refused(text % {"name": request.user})
        entry.made(_member(request.org, request.user, domain.role, domain.plan))
        _decide(request, actor, accepted=True)
        request.decided_at = entry.at
        request.save()
        mails.queue("join_accepted", [request.user.email], request.org)


def decline(actor: Actor, request: JoinRequest) -> None:
    """Turn down whoever asked, and tell them.

    Raises:
        Denied: the actor is neither Owner nor Admin.
        Refused: it was decided already.
    """
    with act(actor, Action.JOIN_DECIDE, request) as entry:
        _still_waits(request)
        _decide(request, actor, accepted=False)
        request.decided_at = entry.at
        request.save()
        mails.queue("join_declined", [request.user.email], request.org)


def _decide(request: JoinRequest, actor: Actor, *, accepted: bool) -> None:
    request.accepted, request.decided_by = accepted, actor if isinstance(actor, Member) else None


def _still_waits(request: JoinRequest) -> None:
    if request.decided_at is not None:
        raise Refused(_("The request of %(name)s was decided meanwhile.") % {"name": request.user})


def _request(domain: Domain, person: User, entry: Entry) -> JoinRequest:
    if JoinRequest.objects.filter(org=domain.org, user=person, decided_at=None).exists():
        raise Refused(_("You have asked already. An Owner or Admin of %(org)s will answer.") % {"org": domain.org})
    request = JoinRequest.objects.create(org=domain.org, user=person, created_at=entry.at)
    joining.tell(request, entry.at)
    return request


def _member(org: Organization, person: User, role: str, plan: str) -> Member:
    if Member.objects.filter(org=org, user=person).exists():
        raise Refused(_("%(name)s is or was a member already.") % {"name": person})
    seats.org_has_seats(org, {plan: 1})
    member = Member(org=org, user=person, ordinal=take_ordinal(org), role=role, plan=plan)
    member.relist()
    member.save(force_insert=True)
    hooks.call("member_joined", member, None)
    return member


def _account(email: str, name: str, password: str) -> User:
    person = User.objects.filter(email__iexact=email).first() or User(email=email)
    if not person._state.adding and (adapter.is_in_use(person) or not person.is_active):
        raise Refused(_("%(email)s has an account already. Sign in to join.") % {"email": email})
    adapter.forget_credentials(person)
    person.name = name
    person.set_password(password or None)
    people.keep(person)
    adapter.move_address(person)
    return person
