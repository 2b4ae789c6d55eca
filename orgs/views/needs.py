"""What waits for a person, and the daily mail of it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions, digests
from orgs.forms.needs import Digest
from orgs.models import Recovery
from orgs.queries import needs as queries
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/needs.html"


@require_http_methods(["GET", "HEAD", "POST"])
def needs(request: ConsoleRequest) -> HttpResponse:
    form = Digest(posted(request))
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(
            request, PAGE, {"needs": queries.needs(request.member, timezone.now()), "form": form}, status=status
        )
    digests.switch(request.member, wanted=form.wanted, at=timezone.now())
    told = _("You get a mail each morning on which something waits.") if form.wanted else _("You get no daily mail.")
    return _done(request, told)


@require_POST
def recovery_stop(request: ConsoleRequest, recovery_id: int) -> HttpResponse:
    seen = Recovery.objects.visible_to(request.member).select_related("org", "user")
    recovery = get_object_or_404(seen, pk=recovery_id)
    actions.recoveries.stop(request.member, recovery)
    return _done(request, _("The recovery of %(name)s is stopped.") % {"name": recovery.user})


def _done(request: ConsoleRequest, message: str) -> HttpResponse:
    request.member.refresh_from_db(fields=["digest_from"])
    context, url = {"needs": queries.needs(request.member, timezone.now())}, reverse("needs", args=[request.org.slug])
    return done(request, PAGE, context, part="list", message=message, url=url)
