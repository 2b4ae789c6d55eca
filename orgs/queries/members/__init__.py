"""What the pages about members show: the list, one member, what a deed would do, a bulk job, the export."""

from orgs.queries.members.export import COLUMNS, exported
from orgs.queries.members.filters import Filters, matching
from orgs.queries.members.job import progress, results
from orgs.queries.members.lists import Listing, Place, listing, row
from orgs.queries.members.panels import bulk, promotion, removal, restoration, suspension
from orgs.queries.members.person import Spot, profile
from orgs.queries.members.rows import Row

__all__ = [
    "COLUMNS",
    "Filters",
    "Listing",
    "Place",
    "Row",
    "Spot",
    "bulk",
    "exported",
    "listing",
    "matching",
    "profile",
    "progress",
    "promotion",
    "removal",
    "restoration",
    "results",
    "row",
    "suspension",
]
