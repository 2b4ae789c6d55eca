"""Deeds on e-mail domains: claim, prove, say whom they take in, give up."""

import secrets
from datetime import timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from orgs import domains, mails
from orgs.access import Action, Refused, require
from orgs.actors import SYSTEM, Actor
from orgs.audit import Entry, act
from orgs.models import Domain, IdentityProvider, Mail, Member, Organization, Role
from orgs.templatetags.ui import day

A_DAY = timedelta(days=1)
MAILS_A_DAY = 3  # to one postmaster


def claim(actor: Actor, org: Organization, *, name: str) -> Domain:
    """Say that the domain `name` (as `orgs.domains.normal` gives it) is the organization's. It counts when proven.

    Raises:
        Denied: the actor is no Owner.
        Refused: it is claimed here already.
    """
    domain = Domain(org=org, name=name, token=secrets.token_hex(16))
    with act(actor, Action.DOMAIN_MANAGE, domain):
        if Domain.objects.filter(org=org, name=name).exists():
            raise Refused(_("%(name)s is in the list already.") % {"name": name})
        domain.save(force_insert=True)
    return domain


def check(actor: Actor, domain: Domain, *, resolve: domains.Resolver | None = None) -> domains.Answer:
    """Ask DNS for the domain's record, before anything is locked; what it said.

    A claim whose record is there is proven. A proven one counts on for thirty days when its record is gone, then no
    more until it is back; the Owners get a mail at the beginning and at the end of these. Whoever proves it meanwhile
    has it: the record that comes back then changes nothing.

    Raises:
        Denied: the actor is no Owner.
        Refused: another organization has proven the domain.
    """
    require(actor, Action.DOMAIN_MANAGE, domain)
    answer = domains.look_up(domain, resolve)
    with act(actor, Action.DOMAIN_MANAGE, domain) as entry:
        domain.checked_at = entry.at
        if answer.found and domain.lapsed_at is not None and Domain.objects.held_elsewhere(domain):
            answer = domains.Answer(False, _taken(domain))
        if answer.found:
            domain.missing_since = domain.lapsed_at = None
            _prove(domain, entry, by="dns")
        elif answer.heard and domain.verified_by == "dns":
            domain.missing_since = domain.missing_since or entry.at
        if domain.missing_since == entry.at:
            _tell(domain, "domain_missing")
        if domain.missing_since is not None and not domain.counts(entry.at) and domain.lapsed_at is None:
            domain.lapsed_at = entry.at
            _tell(domain, "domain_lapsed")
        _save(domain)
    return answer


def ask_postmaster(actor: Actor, domain: Domain) -> None:
    """Mail the domain's postmaster a link that proves the claim.

    Raises:
        Denied: the actor is no Owner.
        Refused: it is proven already; three such mails went out today.
    """
    with act(actor, Action.DOMAIN_MANAGE, domain) as entry:
        if domain.verified_at is not None:
            raise Refused(_("%(name)s is verified already.") % {"name": domain})
        to = domains.postmaster(domain)
        if Mail.objects.filter(kind="domain", to=to, created_at__gt=entry.at - A_DAY).count() >= MAILS_A_DAY:
            raise Refused(_("%(to)s was mailed three times today. Try again tomorrow, or use DNS.") % {"to": to})
        mails.queue("domain", [to], domain.org, domain=domain.pk, by=str(actor))
        entry.happened, entry.detail = True, {"mailed": to}


def confirm(domain: Domain) -> None:
    """Prove a claim for whoever reads the postmaster's mail. Does nothing when it is proven already.

    Raises:
        Refused: another organization has proven the domain.
    """
    with act(SYSTEM, Action.DOMAIN_MANAGE, domain) as entry:
        _prove(domain, entry, by="mail")
        _save(domain)


def admit(actor: Actor, domain: Domain, *, admission: str, role: str, plan: str) -> None:
    """Say what becomes of people with an address in the domain who are no members: nothing, they ask, they join.

    Raises:
        Denied: the actor is no Owner.
        Refused: the domain is not proven.
    """
    with act(actor, Action.DOMAIN_MANAGE, domain):
        if domain.verified_at is None:
            raise Refused(_("%(name)s is not verified yet. Verify it first.") % {"name": domain})
        domain.admission, domain.role, domain.plan = admission, role, plan
        domain.save(update_fields=["admission", "role", "plan"])


def remove(actor: Actor, domain: Domain) -> None:
    """Give a domain up. Its members stay; nobody comes in by it any more.

    Raises:
        Denied: the actor is no Owner.
        Refused: single sign-on is enforced, and this is the last domain for which it is.
    """
    with act(actor, Action.DOMAIN_MANAGE, domain) as entry:
        others = Domain.objects.counting(entry.at).filter(org=domain.org).exclude(pk=domain.pk)
        enforced = IdentityProvider.objects.filter(org=domain.org, enforced_at__isnull=False)
        if domain.counts(entry.at) and enforced.exists() and not others.exists():
            text = _("Single sign-on is enforced for %(name)s and no other domain. Stop enforcing it first.")
            raise Refused(text % {"name": domain})
        Domain.objects.filter(pk=domain.pk).delete()
        entry.happened, entry.detail = True, {"removed": domain.name}


def _prove(domain: Domain, entry: Entry, *, by: str) -> None:
    if domain.verified_at is None:
        if Domain.objects.held_elsewhere(domain):
            raise Refused(_taken(domain))
        domain.verified_at, domain.verified_by = entry.at, by


def _save(domain: Domain) -> None:
    try:
        domain.save(update_fields=["verified_at", "verified_by", "checked_at", "missing_since", "lapsed_at"])
    except IntegrityError as error:  # another organization was quicker, in this very moment
        raise Refused(_taken(domain)) from error


def _tell(domain: Domain, kind: str) -> None:
    """A mail to every active Owner."""
    assert domain.lapses_at is not None  # noqa: S101 (its record is gone)
    owners = Member.objects.filter(org=domain.org, role=Role.OWNER, suspended_at=None, removed_at=None)
    to = owners.filter(user__is_active=True).values_list("user__email", flat=True)
    until = day(domain.lapses_at.astimezone(domain.org.zone).date())
    facts = {"about": domain.pk, "name": domain.name, "host": domains.host(domain), "record": domains.record(domain)}
    mails.queue(kind, to, domain.org, until=until, **facts)


def _taken(domain: Domain) -> str:
    text = _("%(name)s is verified by another organization of this Steward. Its support can help where that is wrong.")
    return text % {"name": domain}
