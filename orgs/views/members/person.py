"""A member's own page: for those who manage them, their leads, and themselves."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from orgs.views.members.deeds import find, profile
from orgs.web import ConsoleRequest, page


@require_safe
def member(request: ConsoleRequest, member_id: int) -> HttpResponse:
    return page(request, "orgs/member.html", profile(request, find(request, member_id)))
