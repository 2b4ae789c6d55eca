"""The pages about invitations: the list, inviting, files, deeds on one and on many, templates."""

from orgs.views.invitations.deeds import change, resend, revoke
from orgs.views.invitations.files import JOBS, upload
from orgs.views.invitations.inviting import new
from orgs.views.invitations.lists import export, listing, mails
from orgs.views.invitations.many import bulk
from orgs.views.invitations.templates import template, template_delete, templates

__all__ = [
    "JOBS",
    "bulk",
    "change",
    "export",
    "listing",
    "mails",
    "new",
    "resend",
    "revoke",
    "template",
    "template_delete",
    "templates",
    "upload",
]
