"""What an Owner does first in a new organization, ticked by what is true and by nobody's hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import adapter
from orgs.models import AuditEntry, Invitation, Member, Organization, Role, ServiceKey, Team
from orgs.queries.settings import FIELDS


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    label: str
    hint: str
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        return sum(item.done for item in self.items)


def of(member: Member) -> Checklist | None:
    """An Owner's first steps; None for everybody else, when all are done, and when it was hidden. 2 queries."""
    if member.role != Role.OWNER or member.org.checklist_done_at is not None:
        return None
    items = tuple(_items(member, _facts(member)))
    return None if all(item.done for item in items) else Checklist(items)


def _facts(member: Member) -> Mapping[str, bool]:
    here = {"org": OuterRef("pk")}
    connected = ServiceKey.objects.filter(**here, last_used_at__isnull=False)
    # The Owner's own invitation, which no member sent, is nobody else's.
    invited = Q(Exists(Invitation.objects.filter(**here, invited_by__isnull=False)))
    joined = Q(Exists(Member.objects.filter(**here).exclude(pk=member.pk)))
    found: Any = Organization.objects.values(
        has_edited=Exists(AuditEntry.objects.filter(**here).that_settled(FIELDS)),
        has_invited=invited | joined,
        has_teams=Exists(Team.objects.filter(**here)),
        has_connected=Exists(connected),
    ).get(pk=member.org_id)
    facts: Mapping[str, bool] = found
    return facts


def _items(member: Member, facts: Mapping[str, bool]) -> Iterable[Item]:
    slug, zone = [member.org.slug], member.org.timezone
    yield Item(
        "settings",
        _("Check name and time zone"),
        _("%(org)s, by the clock of %(zone)s. Change what is wrong, then save.") % {"org": member.org, "zone": zone},
        reverse("settings", args=slug),
        facts["has_edited"],
    )
    yield Item(
        "second_factor",
        _("Set up your second factor"),
        _("A passkey or an authenticator app: an Owner's account opens everything."),
        reverse("mfa_index"),
        adapter.has_second_factor(member.user),
    )
    yield Item(
        "invite",
        _("Invite people"),
        _("One by one or from a file; each gets a link of their own by mail."),
        reverse("invitations_new", args=slug),
        facts["has_invited"],
    )
    yield Item(
        "teams",
        _("Make teams"),
        _("Departments and teams with leads: who sees whose usage follows from them."),
        reverse("teams", args=slug),
        facts["has_teams"],
    )
    yield Item(
        "platform",
        _("Connect the chat platform"),
        _("Make a service key and give it to the platform; ticked when it is first used."),
        reverse("connect", args=slug),
        facts["has_connected"],
    )
