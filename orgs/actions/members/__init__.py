"""Deeds on members: on one, or on many at once."""

from orgs.actions.members.changes import RESTORABLE, end_membership, org_keeps_an_owner, senior_owner
from orgs.actions.members.many import BACK, DEEDS, in_bulk, take_back
from orgs.actions.members.one import (
    end_sessions,
    leave,
    reactivate,
    remove,
    restore,
    set_plan,
    set_role,
    suspend,
)

__all__ = [
    "BACK",
    "DEEDS",
    "RESTORABLE",
    "end_membership",
    "end_sessions",
    "in_bulk",
    "leave",
    "org_keeps_an_owner",
    "reactivate",
    "remove",
    "restore",
    "senior_owner",
    "set_plan",
    "set_role",
    "suspend",
    "take_back",
]
