"""Deeds on the audit log: there is one, to take a copy of it away."""

from collections.abc import Mapping

from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import AuditHead, Organization


def export(actor: Actor, org: Organization, *, form: str, filters: Mapping[str, str]) -> AuditHead:
    """Note that the log is exported as `form` (csv, jsonl) and give where the chain stands: the export's checkpoint.

    Raises:
        Denied: the actor may not export the audit log.
    """
    with act(actor, Action.AUDIT_EXPORT, org) as entry:
        entry.happened, entry.detail = True, {"format": form, "filters": dict(filters)}
    return AuditHead.objects.get(org=org)
