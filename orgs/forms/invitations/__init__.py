"""What the pages about invitations take in."""

from orgs.forms.invitations.files import Upload
from orgs.forms.invitations.lists import Bulk, Filter
from orgs.forms.invitations.terms import Change, Invite, Template

__all__ = ["Bulk", "Change", "Filter", "Invite", "Template", "Upload"]
