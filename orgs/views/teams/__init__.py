"""The pages of departments and teams: the tree, deeds on either, a team's page, a department's page."""

from orgs.views.teams.deeds import delete, department_delete, department_merge, department_rename, merge, move, rename
from orgs.views.teams.files import JOBS, upload
from orgs.views.teams.inside import add, department, lead, place, show
from orgs.views.teams.tree import department_new, listing, new

__all__ = [
    "JOBS",
    "add",
    "delete",
    "department",
    "department_delete",
    "department_merge",
    "department_new",
    "department_rename",
    "lead",
    "listing",
    "merge",
    "move",
    "new",
    "place",
    "rename",
    "show",
    "upload",
]
