"""What happens to mates and tools when something happens to a member or a team. Named in settings under HOOKS."""

from typing import Any

from django.utils.translation import gettext as _

from orgs import grants
from orgs.models import Member, Team
from orgs.models.members import MemberQuerySet
from workspaces.models import Authorized, Level, Mate, Tool

KINDS: tuple[Any, ...] = (Mate, Tool)


def hand_over(member: Member, successor: Member | None) -> list[str]:
    """Give the mates and tools that `member` owns to `successor`; their names. 2 queries, and 6 for each of them.

    Should `member` be restored they administer them still; what was handed over stays the successor's.
    """
    if successor is None:
        return []
    owned = [thing for kind in KINDS for thing in kind.objects.filter(owner=member).order_by("name")]
    for thing in owned:
        thing.owner = successor
        thing.save(update_fields=["owner"])
        grants.give(successor, Level.OWNER, thing)
        grants.give(member, Level.ADMIN, thing)
    return [_named(thing) for thing in owned]


def owned_by(member: Member) -> list[str]:
    """The names of the mates and tools that somebody takes over when `member` goes. 2 queries."""
    return [_named(thing) for kind in KINDS for thing in kind.objects.filter(owner=member).order_by("name")]


def owned_among(members: MemberQuerySet) -> list[str]:
    """The names of the mates and tools that somebody takes over when all of `members` go. 2 queries."""
    going = members.order_by().values("pk")
    return [_named(thing) for kind in KINDS for thing in kind.objects.filter(owner__in=going).order_by("name")]


def hand_on(team: Team, into: Team | None) -> list[str]:
    """Let the mates and tools of a team that ends belong to another one, or to none; their names. 4 queries."""
    names = []
    for kind in KINDS:
        found = kind.objects.filter(team=team)
        names += [_named(thing) for thing in found.order_by("name")]
        found.update(team=into)
    return names


def _named(thing: Authorized) -> str:
    text = _("the mate %(name)s") if isinstance(thing, Mate) else _("the tool %(name)s")
    return text % {"name": thing}
