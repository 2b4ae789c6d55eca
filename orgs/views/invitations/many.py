"""Deeds on many invitations: the panel that asks, the job that does them."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orgs.access import Action, require
from orgs.forms import invitations as forms
from orgs.jobs import invitations as on_invitations
from orgs.models import Invitation
from orgs.models.invitations import InvitationQuerySet
from orgs.queries import invitations as queries
from orgs.templatetags.ui import number
from orgs.views.invitations import files
from orgs.views.lists import ticked
from orgs.web import ConsoleRequest, done, page

PANEL = "orgs/invitations_panel.html"


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_INVITE, request.org)
    asking = request.method != "POST"
    form, chosen = forms.Bulk(request.GET if asking else request.POST), forms.Filter(request.GET)
    fits = form.is_valid() and chosen.is_valid()
    if asking or not fits:
        return _ask(request, form, chosen, status=200 if fits else 422)
    return _do(request, form, chosen)


def _meant(request: ConsoleRequest, form: forms.Bulk, chosen: forms.Filter) -> InvitationQuerySet:
    """All that match, or those that were ticked."""
    if form.cleaned_data.get("all_matching"):
        return queries.matching(request.member, chosen.filters(), timezone.now())
    return ticked(Invitation.objects.visible_to(request.member), form.cleaned_data.get("ids", []))


def _ask(request: ConsoleRequest, form: forms.Bulk, chosen: forms.Filter, *, status: int) -> HttpResponse:
    chosen.full_clean()
    deed, base = form.cleaned_data.get("deed", ""), reverse("invitations", args=[request.org.slug])
    panel = queries.bulk(deed, _meant(request, form, chosen)) if deed else None
    said = urlencode(chosen.filters().said())
    context = {"panel": panel, "form": form, "chosen": chosen, "url": f"{base}bulk/?{said}", "base": base}
    return page(request, PANEL, {**context, "bulk": True}, part="panel", status=status)


def _do(request: ConsoleRequest, form: forms.Bulk, chosen: forms.Filter) -> HttpResponse:
    job = on_invitations.start(request.member, _meant(request, form, chosen), deed=form.cleaned_data["deed"])
    context = files.JOBS.shown(job, in_list=True)
    shown, url = context["job"], context["url"]
    facts = {"done": number(shown.done), "refused": number(shown.refused)}
    message = _("%(done)s done, %(refused)s refused.") % facts if shown.over else _("Started; it goes on by itself.")
    return done(request, files.JOBS.template, context, part="panel", message=message, url=url)
