"""A message that a policy flagged, and an exception, for the list of every page."""

from datetime import timedelta

from django.utils import timezone

from policies.models import FlaggedMessage, UseCaseException


def watched(cast):
    now = timezone.now()
    line = {"use_case": "competing_business_analysis", "phrase": "market share", "policy_number": 1}
    who = {"member": cast.mika, "member_name": "Mika", "team": cast.search}
    flagged = FlaggedMessage.objects.create(
        org=cast.acme, event_id="1", source="api", at=now, title="x" * 200, text="The market share", **line, **who
    )
    UseCaseException.objects.create(
        org=cast.acme,
        member=cast.mika,
        use_case="customer_data",
        reason="y" * 300,
        approver_name="Olive",
        ends_at=now + timedelta(days=9),
    )
    return {"flagged": flagged.pk}
