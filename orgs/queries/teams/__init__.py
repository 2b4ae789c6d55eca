"""What the pages of departments and teams show: the tree, one of them, what a deed would do."""

from orgs.queries.teams.one import DepartmentPage, TeamPage, Usage, common_place, department, newcomers, team
from orgs.queries.teams.panels import deleting, leaving, merging, moving, renaming
from orgs.queries.teams.tree import Tree, tree

__all__ = [
    "DepartmentPage",
    "TeamPage",
    "Tree",
    "Usage",
    "common_place",
    "deleting",
    "department",
    "leaving",
    "merging",
    "moving",
    "newcomers",
    "renaming",
    "team",
    "tree",
]
