"""Deeds on announcements: tell every member something for a while."""

from datetime import datetime

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Announcement, Member, Organization


def announce(
    actor: Actor, org: Organization, *, text: str, severity: str, starts_at: datetime, ends_at: datetime
) -> Announcement:
    """Show `text` above every page of the organization from `starts_at` to `ends_at`.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: it ends before it starts, or is over already.
    """
    with act(actor, Action.ANNOUNCEMENT_MANAGE, org) as entry:
        if ends_at <= starts_at or ends_at <= entry.at:
            raise Refused(_("An announcement ends after it starts, and not in the past."))
        made = Announcement.objects.create(
            org=org,
            text=text,
            severity=Announcement.Severity(severity),
            starts_at=starts_at,
            ends_at=ends_at,
            made_by=actor if isinstance(actor, Member) else None,
        )
        entry.made(made)
    return made


def withdraw(actor: Actor, announcement: Announcement) -> None:
    """Take an announcement down before its end. Does nothing where it is down already.

    Raises:
        Denied: the actor neither owns nor administers.
    """
    with act(actor, Action.ANNOUNCEMENT_MANAGE, announcement) as entry:
        if announcement.withdrawn_at is None:
            announcement.withdrawn_at = entry.at
            announcement.save(update_fields=["withdrawn_at"])
