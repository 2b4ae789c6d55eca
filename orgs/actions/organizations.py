"""Deeds on organizations: create, change settings, set terms, suspend, reopen."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from orgs import adapter, hooks, links, mails
from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import Entry, act
from orgs.models import AuditEntry, Edition, Invitation, Member, Organization, Plan, PlanPrice, Role
from orgs.models.audit import CONFIRMED
from orgs.models.organizations import SHORT_NAME
from orgs.seats import bought

INVITATION_DAYS = 7


def create(
    actor: Actor, *, name: str, slug: str, timezone: str, edition: str, seats: int | None, owner_email: str
) -> Invitation:
    """Make an organization and invite its first Owner; the invitation's mail is queued.

    Raises:
        Denied: the actor is neither support staff nor the system.
        Refused: an organization of that slug exists, or it is none.
    """
    if not re.fullmatch(SHORT_NAME, slug):
        raise Refused(
            _("%(slug)s is no short name: use lower-case letters, digits and single hyphens.") % {"slug": slug}
        )
    if Organization.objects.filter(slug=slug).exists():
        raise Refused(
            _("There is an organization at /o/%(slug)s/ already. Choose another short name.") % {"slug": slug}
        )
    org = Organization(name=name, slug=slug, timezone=timezone, edition=edition, seats=seats)
    with act(actor, Action.ORGANIZATION_CREATE, org) as entry:
        invitation = Invitation(
            org=org,
            email=owner_email.lower(),
            role=Role.OWNER,
            plan=Plan.EXPERT,
            expires_at=entry.at + timedelta(days=INVITATION_DAYS),
        )
        invitation.digest = links.digest(links.token(invitation))
        invitation.save(force_insert=True)
        entry.detail = {"first_owner": invitation.email}
        mails.queue("invitation", [invitation.email], org, invitation=invitation.pk)
    return invitation


def edit(actor: Actor, org: Organization, *, changes: Mapping[str, Any], seen: int | None = None) -> None:
    """Change settings of an organization: name, timezone, cost_visible_to, session_hours, guest_days.

    A changed time zone counts every day anew (a task); figures follow when it is done. `seen` is the last audit entry
    that the actor's form knew of.

    Raises:
        Denied: the actor is no Owner.
        Refused: somebody changed one of these settings after `seen`.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org) as entry:
        if seen is not None and AuditEntry.objects.that_changed(org, changes, since=seen).exists():
            raise Refused(_("Somebody else saved the settings meanwhile. Look at them again, then save."))
        zone, before = org.timezone, {name: getattr(org, name) for name in changes}
        for name, value in changes.items():
            setattr(org, name, value)
        org.save(update_fields=[*changes])
        if before == changes:
            _confirm(entry, org)
        if org.timezone != zone:
            hooks.call("timezone_changed", org)


def _confirm(entry: Entry, org: Organization) -> None:
    """Settings that are saved as they were, while the first steps are shown: noted once, as looked at."""
    settled = AuditEntry.objects.filter(org=org).that_settled(entry.before)
    if org.checklist_done_at is None and not settled.exists():
        entry.happened, entry.detail = True, {"what": CONFIRMED}


def require_second_factor(actor: Actor, org: Organization, *, starts_at: datetime | None) -> None:
    """Require a second factor of every member from `starts_at` on; None takes the requirement back.

    Raises:
        Denied: the actor is no Owner.
        Refused: it would start within the hour and the actor has none: they would lock themselves out.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org) as entry:
        soon = starts_at is not None and starts_at <= entry.at + timedelta(hours=1)
        if soon and isinstance(actor, Member) and not adapter.has_second_factor(actor.user):
            raise Refused(_("You have no second factor yet. Set one up first, or let the rule start later."))
        org.second_factor_from = starts_at
        org.save(update_fields=["second_factor_from"])


def set_terms(
    actor: Actor, org: Organization, *, edition: str, seats: int | None, prices: Mapping[str, int] | None = None
) -> None:
    """Set edition, seats (None: unlimited) and price per seat and month of each plan (nano-USD).

    Raises:
        Denied: the actor is not support staff.
        Refused: fewer seats than are held, or than its plans have between them.
    """
    with act(actor, Action.ORGANIZATION_TERMS, org) as entry:
        held = org.members.holding_a_seat().count()
        if seats is not None and seats < held:
            raise Refused(
                _("%(org)s holds %(held)s seats; %(seats)s are too few.") % {"org": org, "held": held, "seats": seats}
            )
        bound = sum(bought(org).values())
        if seats is not None and seats < bound:
            text = _("The plans of %(org)s have %(bound)s seats between them; %(seats)s are too few.")
            raise Refused(text % {"org": org, "bound": bound, "seats": seats})
        before = dict(org.prices.values_list("plan", "price_nanos"))
        after = before | dict(prices or {})
        for plan, price in after.items():
            PlanPrice.objects.update_or_create(org=org, plan=Plan(plan), defaults={"price_nanos": price})
        org.edition, org.seats = Edition(edition), seats
        org.save(update_fields=["edition", "seats"])
        if before != after:
            entry.happened, entry.detail = True, {"prices_before": before, "prices_after": after}


def let_guests_in(actor: Actor, org: Organization, *, allowed: bool) -> None:
    """Let guests in, or none: then every question of a guest is refused, and no invitation of one can be accepted.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org):
        org.guests_allowed = allowed
        org.save(update_fields=["guests_allowed"])


def let_share_outside(actor: Actor, org: Organization, *, allowed: bool) -> None:
    """Allow that conversations are shared outside where their workspace allows it too, or nowhere.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org):
        org.external_sharing = allowed
        org.save(update_fields=["external_sharing"])


def suspend(actor: Actor, org: Organization, *, reason: str) -> None:
    """Close an organization's doors: its pages answer 403, every decision about it is no.

    Raises:
        Denied: the actor is not support staff.
    """
    with act(actor, Action.ORGANIZATION_SUSPEND, org) as entry:
        org.suspend(at=entry.at, reason=reason)
        org.save(update_fields=["suspended_at", "suspension_reason"])


def reopen(actor: Actor, org: Organization) -> None:
    """Open a suspended organization again, exactly as it was."""
    with act(actor, Action.ORGANIZATION_REOPEN, org):
        org.reopen()
        org.save(update_fields=["suspended_at", "suspension_reason"])


def put_checklist_away(actor: Actor, org: Organization) -> None:
    """Show the Owners' first steps no longer. Does nothing when they are put away already.

    Raises:
        Denied: the actor is no Owner.
    """
    with act(actor, Action.ORGANIZATION_EDIT, org) as entry:
        if org.checklist_done_at is None:
            org.checklist_done_at = entry.at
            org.save(update_fields=["checklist_done_at"])
            entry.happened, entry.detail = True, {"what": "first steps put away"}
