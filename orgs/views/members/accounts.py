"""Deeds on a member's account: a password reset is sent, a lost second factor is taken away."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions
from orgs.forms.members import Reason
from orgs.queries.members import accounts as queries
from orgs.views.members.deeds import find
from orgs.web import ConsoleRequest, page, see_other

PANEL = "orgs/deed.html"


@require_POST
def reset(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    actions.accounts.send_reset(request.member, member)
    message = _("%(name)s gets a mail with a link to choose a new password.") % {"name": member}
    return _done(request, member.pk, message)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    panel, form = queries.resetting(request.member, member), Reason(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        slug = request.org.slug
        context = {"panel": panel, "form": form, "url": request.path, "row": member, "home_label": _("Members")}
        context |= {"home": reverse("members", args=[slug]), "back": reverse("member", args=[slug, member.pk])}
        return page(request, PANEL, context, part="panel", status=422 if form.is_bound else 200)
    actions.accounts.reset_second_factor(request.member, member, **form.cleaned_data)
    return _done(request, member.pk, _("The second factor of %(name)s is gone. They are told.") % {"name": member})


def _done(request: ConsoleRequest, member_id: int, message: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(reverse("member", args=[request.org.slug, member_id]))
