"""A file of people to invite."""

from orgs.forms import files


class Upload(files.Upload):
    """People to invite, as CSV."""

    columns = ("email", "name", "role", "plan", "department", "team", "workspaces", "message")
