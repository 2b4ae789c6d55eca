"""Templates of invitations: the list, making one, changing one, deleting one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions
from orgs.access import Action, require
from orgs.forms import invitations as forms
from orgs.models import InvitationTemplate
from orgs.queries import invitations as queries
from orgs.web import ConsoleRequest, done, page, posted

PAGE, ONE = "orgs/invitations_templates.html", "orgs/invitations_template.html"


@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_INVITE, request.org)
    form = forms.Template(posted(request), actor=request.member)
    if not form.is_valid():
        status = form.status if form.is_bound else 200
        return page(request, PAGE, _around(request, form=form), part="new", status=status)
    new = InvitationTemplate(org=request.org)
    actions.invitations.keep_template(request.member, new, values=form.values())
    return _kept(request, _("The template %(name)s is made.") % {"name": new})


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ConsoleRequest, template_id: int) -> HttpResponse:
    found = _find(request, template_id)
    data = posted(request)
    form = forms.Template(data, actor=request.member, template=found)
    if not form.is_valid():
        status = form.status if form.is_bound else 200
        return page(request, ONE, _around(request, form=form, template=found), part="panel", status=status)
    actions.invitations.keep_template(request.member, found, values=form.values())
    return _kept(request, _("The template %(name)s is saved.") % {"name": found})


@require_POST
def template_delete(request: ConsoleRequest, template_id: int) -> HttpResponse:
    found = _find(request, template_id)
    actions.invitations.delete_template(request.member, found)
    return _kept(request, _("The template %(name)s is deleted.") % {"name": found})


def _find(request: ConsoleRequest, template_id: int) -> InvitationTemplate:
    require(request.member, Action.MEMBER_INVITE, request.org)
    return get_object_or_404(InvitationTemplate.objects.visible_to(request.member), pk=template_id)


def _around(request: ConsoleRequest, **more: Any) -> dict[str, Any]:
    base = reverse("invitations", args=[request.org.slug])
    return {"templates": queries.templates(request.member), "base": base, **more}


def _kept(request: ConsoleRequest, message: str) -> HttpResponse:
    url = reverse("invitations_templates", args=[request.org.slug])
    context = _around(request, form=forms.Template(actor=request.member))
    return done(request, PAGE, context, part="templates", message=message, url=url)
