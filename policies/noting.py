"""What the audit log keeps of a policy that is written and published."""

from collections.abc import Mapping
from typing import Any

from orgs.models import Department, Organization
from policies.differences import differences
from policies.names import names_of

TOLD = 50  # sentences that the log keeps of one change


def changed(org: Organization, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What is otherwise, in sentences: the text itself is whole in the version that becomes of it. 4 queries."""
    said = [one.text for one in differences(before, after, names_of(org, before, after))]
    more = {"more_changes": len(said) - TOLD} if len(said) > TOLD else {}
    return {"changes": said[:TOLD], **more}


def whose(org: Organization, scope: int) -> dict[str, str]:
    """Whose policy it is: a department's is named. One query for a department, else none."""
    name = Department.objects.filter(org=org, pk=scope).values_list("name", flat=True).first() if scope else ""
    return {"department": name} if name else {}
