"""Deeds that place members in departments and teams: one or many."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from orgs import places, provisioning
from orgs.access import Action
from orgs.actions.members import changes
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act, act_on
from orgs.models import Member
from orgs.places import Place


def place(actor: Actor, member: Member, *, to: Place) -> None:
    """Let `member` belong to a team and its department, to a department alone, or to none. Leads stay leads.

    Raises:
        Denied: the actor may not place members.
        Refused: the place is no longer there; somebody removed.
    """
    with act(actor, Action.MEMBER_PLACE, member) as entry:
        changes.place(member, places.as_it_is(to, entry.org))
        member.save(update_fields=["department", "team"])
        provisioning.settle_soon(entry.org)


def place_many(
    actor: Actor,
    members: Sequence[Member],
    *,
    to: Mapping[int, Place],
    noted: Callable[[list[Outcome]], None] | None = None,
) -> list[Outcome]:
    """Bring each member to the place that `to` has for their id, with a result per member.

    `noted` gets the results of each batch inside its transaction.

    Raises:
        Denied: never; who may not be placed is in the results with the reason.
    """
    read: dict[tuple[datetime, Place], Place] = {}  # places as they are under the lock of each batch

    def one(entry: Entry, member: Member) -> None:
        key = (entry.at, to[member.pk])
        if key not in read:
            read[key] = places.as_it_is(to[member.pk], entry.org)
        changes.place(member, read[key])

    return act_on(actor, Action.MEMBER_PLACE, members, one, noted=noted)
