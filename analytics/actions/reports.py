"""Deeds on reports: there is one, to take one away as a file."""

from datetime import date

from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Department, Organization, Team


def export(actor: Actor, about: Organization | Department | Team, *, form: str, month: date) -> None:
    """Note that the report of `month` leaves the house as `form` (csv, pdf). Before its first byte goes.

    Raises:
        Denied: the actor may not export usage.
    """
    with act(actor, Action.USAGE_EXPORT, about) as entry:
        entry.happened, entry.detail = True, {"report": f"{month:%Y-%m}", "format": form}
