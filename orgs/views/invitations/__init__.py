"""The pages about invitations: the list, inviting, files, deeds on one and on many, templates."""

from orgs.views.invitations.deeds import change, resend, revoke
from orgs.views.invitations.files import job, results, upload
from orgs.views.invitations.inviting import new
from orgs.views.invitations.lists import export, listing, mails
from orgs.views.invitations.many import bulk
from orgs.views.invitations.templates import template, template_delete, templates

__all__ = [
    "bulk",
    "change",
    "export",
    "job",
    "listing",
    "mails",
    "new",
    "resend",
    "results",
    "revoke",
    "template",
    "template_delete",
    "templates",
    "upload",
]
