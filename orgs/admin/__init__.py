"""The operator's support staff: read everything here, change through deeds alone."""

from orgs.admin import billing, log, machines, members, organizations

__all__ = ["billing", "log", "machines", "members", "organizations"]
