"""Deeds that take data out of the house: each leaves its entry before the first byte goes."""

from collections.abc import Mapping
from typing import Any

from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Organization


def members(actor: Actor, org: Organization, *, filters: Mapping[str, Any]) -> None:
    """Note that the list of members leaves the house, and by which filters.

    Raises:
        Denied: the actor may not export it.
    """
    with act(actor, Action.MEMBER_EXPORT, org) as entry:
        entry.happened, entry.detail = True, {"filters": {name: str(value) for name, value in filters.items()}}


def touched(actor: Actor, org: Organization, *, by: Mapping[str, str]) -> None:
    """Note that the members whom a policy touches leave the house, or a limit.

    `by` is the entry's detail: the `list`, and which it is.

    Raises:
        Denied: the actor may not export it.
    """
    with act(actor, Action.MEMBER_EXPORT, org) as entry:
        entry.happened, entry.detail = True, dict(by)


def invitations(actor: Actor, org: Organization, *, filters: Mapping[str, Any]) -> None:
    """Note that the list of invitations leaves the house, and by which filters. No link is in it.

    Raises:
        Denied: the actor may not export it.
    """
    with act(actor, Action.MEMBER_EXPORT, org) as entry:
        entry.happened, entry.detail = True, {"list": "invitations", "filters": dict(filters)}
