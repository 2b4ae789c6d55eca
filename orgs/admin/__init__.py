"""The operator's support staff: read everything here, change through deeds alone."""

from orgs.admin import billing, held, log, machines, members, organizations

__all__ = ["billing", "held", "log", "machines", "members", "organizations"]
