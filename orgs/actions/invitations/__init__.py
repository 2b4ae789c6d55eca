"""Deeds on invitations: inviting, following up, coming in; and on the templates that they start from."""

from orgs.actions.invitations.accepting import accept, accept_as_new, decline, find, take_ordinal
from orgs.actions.invitations.following import DEEDS, in_bulk, resend, revoke
from orgs.actions.invitations.inviting import Invited, change, invite
from orgs.actions.invitations.templates import delete as delete_template
from orgs.actions.invitations.templates import keep as keep_template

__all__ = [
    "DEEDS",
    "Invited",
    "accept",
    "accept_as_new",
    "change",
    "decline",
    "delete_template",
    "find",
    "in_bulk",
    "invite",
    "keep_template",
    "resend",
    "revoke",
    "take_ordinal",
]
