"""Deeds on one member. Each is a POST that answers with the row; what is hard to take back asks on a panel first."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from orgs import actions, adapter, links
from orgs.access import Action, check, require
from orgs.forms import members as forms
from orgs.forms import places
from orgs.models import Member, Plan, Role
from orgs.places import Place
from orgs.queries import members as queries
from orgs.queries.members import accounts, delegation
from orgs.queries.members.panels import Panel
from orgs.web import ConsoleRequest, done, page, posted

LIST, PANEL, PAGE = "orgs/members.html", "orgs/members_panel.html", "orgs/member.html"


@require_POST
def role(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, form = find(request, member_id), forms.SetRole(request.POST)
    if not form.is_valid():
        return _unclear(request, member, form)
    before, wanted = member.role, Role(form.cleaned_data["role"])
    if "ask" in request.POST and wanted != before and wanted in (Role.OWNER, Role.ADMIN):
        return _ask_to_promote(request, member, wanted)
    actions.members.set_role(request.member, member, role=wanted)
    message = _("%(name)s is %(role)s now.") % {"name": member, "role": wanted.label}
    return _changed(request, member, message, undo=("role", [("role", before)]) if before != wanted else None)


@require_POST
def plan(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, form = find(request, member_id), forms.SetPlan(request.POST)
    if not form.is_valid():
        return _unclear(request, member, form)
    before, wanted = member.plan, Plan(form.cleaned_data["plan"])
    actions.members.set_plan(request.member, member, plan=wanted)
    message = _("%(name)s is on %(plan)s now.") % {"name": member, "plan": wanted.label}
    return _changed(request, member, message, undo=("plan", [("plan", before)]) if before != wanted else None)


@require_POST
def place(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    before, form = Place(member.department, member.team), places.To(request.POST, actor=request.member)
    require(request.member, Action.MEMBER_PLACE, member)
    if not form.is_valid():
        return _unclear(request, member, form)
    to = form.cleaned_data["to"]
    actions.places.place(request.member, member, to=to)
    undo = ("place", [("to", places.word_for(before))]) if before != to else None
    return _changed(request, member, _("%(name)s: %(place)s.") % {"name": member, "place": to}, undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, form = find(request, member_id), forms.Reason(posted(request))
    if not form.is_valid():
        return _ask(request, member, queries.suspension(request.member, member), form)
    actions.members.suspend(request.member, member, **form.cleaned_data)
    message = _("%(name)s is suspended. Their seat is held.") % {"name": member}
    return _changed(request, member, message, undo=("reactivate", []))


@require_POST
def reactivate(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    actions.members.reactivate(request.member, member)
    return _changed(request, member, _("%(name)s is back, as before.") % {"name": member})


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    form = forms.Remove(posted(request), actor=request.member, member=member)
    if not form.is_valid():
        return _ask(request, member, queries.removal(request.member, member), form)
    actions.members.remove(request.member, member, **form.cleaned_data)
    message = _("%(name)s is removed. Their seat is free.") % {"name": member}
    return _changed(request, member, message, undo=("restore", [("mode", "as_before")]))


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member, form = find(request, member_id), forms.Restore(posted(request))
    if not form.is_valid():
        return _ask(request, member, queries.restoration(request.member, member), form)
    actions.members.restore(request.member, member, fresh=form.cleaned_data["mode"] == "fresh")
    return _changed(request, member, _("%(name)s is a member again.") % {"name": member})


@require_POST
def sessions(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    ended = actions.members.end_sessions(request.member, member)
    if adapter.is_ended(request):  # one's own, this one among them
        adapter.sign_out(request)
        return redirect("account_login")
    text = ngettext("%(n)s session of %(name)s ended.", "%(n)s sessions of %(name)s ended.", ended)
    return _changed(request, member, text % {"n": ended, "name": member})


def profile(request: ConsoleRequest, member: Member) -> dict[str, Any]:
    """What a member's page is drawn from, with the select of places for those who may place them."""
    context: dict[str, Any] = {"shown": queries.profile(request.member, member)}
    context["account"] = accounts.account(request.member, member)
    context["delegation"] = delegation.delegable(request.member, member)
    if member.removed_at is None and check(request.member, Action.MEMBER_PLACE, member).allowed:
        here = places.word_for(Place(member.department, member.team))
        context["place"] = places.To(actor=request.member, initial={"to": here}, auto_id=False)
        label = _("Department and team")
        context["place"].fields["to"].widget.attrs |= {"class": "form-select form-select-sm", "aria-label": label}
    return context


def find(request: ConsoleRequest, member_id: int) -> Member:
    """A member that the reader can see, or 404."""
    related = ("user", "team", "department", "sponsor__user")
    member = get_object_or_404(Member.objects.visible_to(request.member).select_related(*related), pk=member_id)
    member.org = request.org
    return member


def _ask(request: ConsoleRequest, member: Member, panel: Panel, form: Form) -> HttpResponse:
    """What the deed would do, with its form; again with what is missing (422) after an attempt."""
    status = 422 if form.is_bound else 200
    url, on_page = request.path, request.GET.get("on") == "page"
    context = {"panel": panel, "form": form, "url": url, "row_id": "" if on_page else f"#member-{member.pk}"}
    return page(
        request, PANEL, {**context, "member": member, "back": _back(request, member)}, part="panel", status=status
    )


def _ask_to_promote(request: ConsoleRequest, member: Member, wanted: Role) -> HttpResponse:
    """A select of the list hands out no such power by itself: the panel opens in place of the row's answer."""
    form = forms.Promotion(initial={"role": wanted})
    response = _ask(request, member, queries.promotion(request.member, member, wanted), form)
    response["HX-Retarget"], response["HX-Reswap"] = "#panel", "innerHTML"
    return response


def _changed(
    request: ConsoleRequest, member: Member, message: str, *, undo: tuple[str, Sequence[tuple[str, str]]] | None = None
) -> HttpResponse:
    """The member's row as it is now, and a toast that takes the deed back where that is a deed."""
    slug, row = request.org.slug, queries.row(request.member, member)
    backwards = (reverse(f"members_{undo[0]}", args=[slug, member.pk]), undo[1]) if undo else None
    context = {"row": row, "base": reverse("members", args=[slug])}
    target, back = f"#member-{member.pk}", _back(request, member)
    return done(request, LIST, context, part="row", message=message, undo=backwards, target=target, url=back)


def _unclear(request: ConsoleRequest, member: Member, form: Form) -> HttpResponse:
    """What was sent is no value of this field: a toast, or the member's page with the reason."""
    context = {**profile(request, member), "problem": form}
    response = page(request, PAGE, context, part="problem", status=422)
    response["HX-Reswap"] = "none"
    return response


def _back(request: ConsoleRequest, member: Member) -> str:
    """Where a plain form came from: the list as it was filtered, else the member's page. Never another place."""
    came = urlsplit(links.asked_from(request))
    listed = reverse("members", args=[request.org.slug])
    if came.path == listed:
        return f"{listed}?{came.query}" if came.query else listed
    return reverse("member", args=[request.org.slug, member.pk])
