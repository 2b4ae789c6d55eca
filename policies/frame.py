"""What policies show around a page: how a rollout is, asked of those whom it reached. A context processor."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from orgs.models import Member
from policies.queries import rollouts

_FIRST_PAGES = {"overview", "member", "first_days"}


def context(request: HttpRequest) -> dict[str, Any]:
    """On a member's own pages, what they are asked. Asked for only where the frame is shown."""
    member: Member | None = getattr(request, "member", None)
    match = request.resolver_match
    if member is None or match is None or match.url_name not in _FIRST_PAGES:
        return {}
    if match.kwargs.get("member_id", member.pk) != member.pk:
        return {}
    return {"rollout_questions": lambda: rollouts.questions(member, timezone.now())}
