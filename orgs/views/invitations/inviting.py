"""Inviting people: the form, filled from a template where one is picked; what became of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods

from orgs import actions
from orgs.access import Action, require
from orgs.actions.invitations import Invited
from orgs.forms import invitations as forms
from orgs.ids import written
from orgs.models import InvitationTemplate, Kind
from orgs.queries import invitations as queries
from orgs.queries.invitations.lists import clock
from orgs.web import ConsoleRequest, done, page

LIST, NEW = "orgs/invitations.html", "orgs/invitations_new.html"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    """The form. A POST is the form as it is typed so far, to be filled from the template that was picked."""
    require(request.member, Action.MEMBER_INVITE, request.org)
    picked = _picked(request, request.POST.get("fill") or request.GET.get("template") or "")
    form = forms.Invite(actor=request.member, template=picked)
    form.initial["emails"] = request.POST.get("emails", "")
    if request.GET.get("kind") == Kind.GUEST:
        form.initial["kind"] = Kind.GUEST.value
    return page(request, NEW, around(request, form), part="form")


def invite(request: ConsoleRequest) -> HttpResponse:
    form = forms.Invite(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, NEW, around(request, form), part="form", status=form.status)
    found = actions.invitations.invite(request.member, request.org, form.everybody())
    url, message = reverse("invitations", args=[request.org.slug]), _said(found, form.pasted.doubles)
    everything = forms.Filter({})
    everything.full_clean()
    listed = queries.listing(request.member, everything.filters(), everything.place())
    context = {"form": everything, "list": listed, "progress": listed.progress, "base": url}
    return done(request, LIST, context, part="list", message=message, url=url)


def around(request: ConsoleRequest, form: forms.Invite, upload: forms.Upload | None = None) -> dict[str, Any]:
    """What the page shows around its form. It is no tab itself, though it may answer at the address of one."""
    known = queries.templates(request.member)
    base = reverse("invitations", args=[request.org.slug])
    return {"form": form, "upload": upload or forms.Upload(), "templates": known, "base": base, "tabs": ()}


def _picked(request: ConsoleRequest, text: str) -> InvitationTemplate | None:
    """The template that is named; 404 where it is none of the organization's."""
    if not text:
        return None
    return get_object_or_404(InvitationTemplate.objects.visible_to(request.member), pk=written(text))


def _said(found: Sequence[Invited], doubles: int) -> str:
    """What became of everybody, in one or more sentences."""
    now, count = timezone.now(), Counter(one.outcome for one in found)
    later = [one.due_at for one in found if one.due_at and one.due_at > now + timedelta(minutes=1)]
    texts = (
        (count["done"], ngettext_lazy("%(n)s person invited.", "%(n)s people invited.", "n")),
        (count["changed"], ngettext_lazy("%(n)s changed; the link stays.", "%(n)s changed; the links stay.", "n")),
        (count["same"], ngettext_lazy("%(n)s was invited so already.", "%(n)s were invited so already.", "n")),
        (doubles, ngettext_lazy("%(n)s address came twice.", "%(n)s addresses came twice.", "n")),
        (len(later), ngettext_lazy("%(n)s mail goes out by %(when)s.", "%(n)s mails go out by %(when)s.", "n")),
    )
    when = clock(max(later), now) if later else ""
    return " ".join(str(text % {"n": n, "when": when}) for n, text in texts if n)
