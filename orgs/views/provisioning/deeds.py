"""One newcomer's items, and what is done about them."""

from typing import Any

from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.evidence import TYPES
from orgs.forms import provisioning as forms
from orgs.models import Member, ProvisioningItem
from orgs.provisioning import DEFINITIONS
from orgs.queries import newcomer as queries
from orgs.queries.members.panels import Panel
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted

PAGE = "orgs/provisioning_member.html"
Undo = tuple[str, list[tuple[str, str]]] | None


@require_safe
def show(request: ConsoleRequest, member_id: int) -> HttpResponse:
    return page(request, PAGE, _shown(request, member_id))


@require_http_methods(["GET", "HEAD", "POST"])
def tick(request: ConsoleRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    require(request.member, Action.PROVISIONING_TICK, item)
    actions.provisioning.ticked_by_people(request.member, item)
    definition = DEFINITIONS[item.item]
    form = forms.Tick(posted(request), request.FILES or None, note=item.note, needs_note=definition.needs_note)
    panel = Panel("tick", definition.label, _("Tick it"), (("info-circle", definition.needs),), dangerous=False)
    if not form.is_valid():
        return _ask(request, item, panel, form, target="")
    given = form.cleaned_data
    actions.provisioning.tick(request.member, item, note=given["note"], evidence=given["evidence"], kind=form.kind)
    return _done(request, item, _("Ticked: %(item)s.") % {"item": definition.label}, "provisioning_untick")


@require_POST
def untick(request: ConsoleRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    actions.provisioning.untick(request.member, item)
    return _done(request, item, _("Open again: %(item)s.") % {"item": DEFINITIONS[item.item].label})


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: ConsoleRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    require(request.member, Action.PROVISIONING_PLAN, item)
    form = forms.Plan(posted(request), actor=request.member, owner=item.owner, due_day=item.due_day)
    if not form.is_valid():
        people = queries.may_own(request.member, item.member, timezone.now())
        panel = Panel("plan", DEFINITIONS[item.item].label, _("Save it"), (), dangerous=False)
        return _ask(request, item, panel, form, people=people)
    actions.provisioning.plan(
        request.member, item, owner=form.cleaned_data["member"], due_day=form.cleaned_data["due_day"]
    )
    return _done(request, item, _("%(owner)s looks after it now.") % {"owner": item.owner})


@require_safe
def evidence(request: ConsoleRequest, item_id: int) -> HttpResponseBase:
    """The file as it was sent, never shown in the page: an attachment of a type that was found in it."""
    item = _find(request, item_id)
    file = queries.evidence(request.member, item)
    if file is None:
        raise Http404
    kind = TYPES[file.name.rpartition(".")[2]]
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=item.evidence_name, content_type=kind)
    answer["X-Content-Type-Options"], answer["Content-Security-Policy"] = "nosniff", "sandbox; default-src 'none'"
    return answer


@require_POST
def remind(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = _newcomer(request, member_id)
    actions.provisioning.remind(request.member, member)
    message = _("Everybody whom %(name)s waits for gets a mail.") % {"name": member}
    return _answered(request, member, message)


@require_POST
def welcome(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = _newcomer(request, member_id)
    actions.provisioning.welcome_again(request.member, member)
    facts = {"name": member, "email": member.user.email}
    return _answered(request, member, _("The welcome of %(name)s goes out to %(email)s.") % facts)


@require_POST
def confirm(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = _newcomer(request, member_id)
    actions.provisioning.confirm_introduction(request.member, member)
    return _answered(request, member, _("The introduction of %(name)s is confirmed.") % {"name": member})


def _find(request: ConsoleRequest, item_id: int) -> ProvisioningItem:
    """An item that the reader can see, or 404."""
    seen = ProvisioningItem.objects.visible_to(request.member)
    return get_object_or_404(seen.select_related("org", "owner__user", "member__user", "member__team"), pk=item_id)


def _newcomer(request: ConsoleRequest, member_id: int) -> Member:
    """A newcomer of whom the reader can see something, or 404."""
    seen = ProvisioningItem.objects.visible_to(request.member).filter(member=member_id)
    item = seen.select_related("member__user", "member__team", "member__org").first()
    if item is None:
        raise Http404
    return item.member


def _shown(request: ConsoleRequest, member_id: int) -> dict[str, Any]:
    found = queries.newcomer(request.member, _newcomer(request, member_id), timezone.now())
    return {"shown": found, "base": reverse("provisioning", args=[request.org.slug])}


def _ask(request: ConsoleRequest, item: ProvisioningItem, panel: Panel, form: Form, **more: Any) -> HttpResponse:
    """What a deed on an item of a newcomer needs."""
    above = {"home": reverse("provisioning", args=[request.org.slug]), "home_label": _("Provisioning")}
    back = reverse("provisioning_member", args=[request.org.slug, item.member_id])
    return ask(request, panel, form, **above, **{"row": item.member, "back": back, "target": "#items", **more})


def _done(request: ConsoleRequest, item: ProvisioningItem, message: str, back: str = "") -> HttpResponse:
    """The newcomer's items, and a toast that takes the deed back where `back` names the deed that does."""
    undo: Undo = (reverse(back, args=[request.org.slug, item.pk]), []) if back else None
    return _answered(request, item.member, message, undo)


def _answered(request: ConsoleRequest, member: Member, message: str, undo: Undo = None) -> HttpResponse:
    url = reverse("provisioning_member", args=[request.org.slug, member.pk])
    context = _shown(request, member.pk)
    return done(request, PAGE, context, part="items", message=message, url=url, undo=undo, target="#items")
