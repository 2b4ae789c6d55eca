"""An Owner's first steps, hidden by hand; they go away by themselves when they are done."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs import actions
from orgs.web import ConsoleRequest, see_other


@require_POST
def dismiss(request: ConsoleRequest) -> HttpResponse:
    actions.organizations.put_checklist_away(request.member, request.org)
    messages.success(request, _("The first steps are hidden."))
    return see_other(reverse("overview", args=[request.org.slug]))
