"""What the pages about invitations show: the list, one of its rows, the export, what a deed on many would do."""

from orgs.queries.invitations.lists import (
    COLUMNS,
    Filters,
    Listing,
    Place,
    Row,
    export,
    going_out,
    listing,
    matching,
    row,
)
from orgs.queries.invitations.panels import Panel, bulk, revoking, templates

__all__ = [
    "COLUMNS",
    "Filters",
    "Listing",
    "Panel",
    "Place",
    "Row",
    "bulk",
    "export",
    "going_out",
    "listing",
    "matching",
    "revoking",
    "row",
    "templates",
]
