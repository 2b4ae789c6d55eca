"""Deeds on a member's account: a password reset is sent, a lost second factor is taken away."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions
from orgs.forms.members import Reason
from orgs.queries.members import accounts as queries
from orgs.views.asking import ask
from orgs.views.members.deeds import find
from orgs.web import ConsoleRequest, posted, see_other


@require_POST
def reset(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    actions.accounts.send_reset(request.member, member)
    message = _("%(name)s gets a mail with a link to choose a new password.") % {"name": member}
    return _done(request, member.pk, message)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    panel, form = queries.resetting(request.member, member), Reason(posted(request))
    if not form.is_valid():
        home, back = reverse("members", args=[request.org.slug]), reverse("member", args=[request.org.slug, member.pk])
        return ask(request, panel, form, home=home, home_label=_("Members"), row=member, back=back)
    actions.accounts.reset_second_factor(request.member, member, **form.cleaned_data)
    return _done(request, member.pk, _("The second factor of %(name)s is gone. They are told.") % {"name": member})


def _done(request: ConsoleRequest, member_id: int, message: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(reverse("member", args=[request.org.slug, member_id]))
