"""The pages about members: the list, deeds on one, deeds on many, a member's own page."""

from orgs.views.members.accounts import reset, second_factor
from orgs.views.members.deeds import place, plan, reactivate, remove, restore, role, sessions, suspend
from orgs.views.members.delegation import delegate
from orgs.views.members.lists import export, listing
from orgs.views.members.many import JOBS, bulk, job, undo
from orgs.views.members.person import member

__all__ = [
    "JOBS",
    "bulk",
    "delegate",
    "export",
    "job",
    "listing",
    "member",
    "place",
    "plan",
    "reactivate",
    "remove",
    "reset",
    "restore",
    "role",
    "second_factor",
    "sessions",
    "suspend",
    "undo",
]
