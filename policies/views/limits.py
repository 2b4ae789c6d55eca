"""The pages of limits: what is set for whom, setting it, and who comes near."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from orgs import actions as below
from orgs import tables
from orgs.access import Action, require
from orgs.models import Member, Plan, Team
from orgs.web import ConsoleRequest, page, see_other
from policies.actions import limits as actions
from policies.actions.limits import Target
from policies.forms import limits as forms
from policies.models import Limit
from policies.queries import limits as queries
from policies.queries import limits_effect, limits_near

PAGE, PANEL, DEED = "policies/limits.html", "policies/limits_panel.html", "orgs/deed.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.LIMIT_SET, request.org)
    form = forms.Find(request.GET)
    place = {name: request.GET.get(name, "") for name in ("before", "after")}
    near = limits_near.listing(request.member, form.asked(), timezone.now(), **place)
    context = {"form": form, "near": near, "shown": queries.overview(request.member), "kinds": Limit.Kind}
    return page(request, PAGE, {**context, "show": form.asked()["show"]}, part="near")


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.LIMIT_SET, request.org)
    asked = forms.Find(request.GET).asked()
    below.exports.touched(request.member, request.org, by={"list": "limits", "show": asked["show"], "q": asked["q"]})
    rows = limits_near.cells(request.member, asked, timezone.now())
    return tables.download(f"{request.org.slug}-limits.csv", limits_near.COLUMNS, rows)


@require_safe
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.LIMIT_SET, request.org)
    form = forms.Whom(request.GET, actor=request.member)
    if not form.is_valid():
        context = {"form": form, "title": _("Set a limit"), "url": request.path, "home": _home(request)}
        return page(request, PANEL, context, part="panel", status=422 if form.is_bound else 200)
    target = form.target(request.member)
    return _ask(request, target, forms.Amounts.starting(queries.amounts_of(target)))


@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: ConsoleRequest) -> HttpResponse:
    return _edit(request, Target(request.org))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: ConsoleRequest, plan: str) -> HttpResponse:
    if plan not in Plan.values:
        raise Http404
    return _edit(request, Target(request.org, "plan", plan=plan))


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: ConsoleRequest, team_id: int) -> HttpResponse:
    row = get_object_or_404(Team.objects.visible_to(request.member), pk=team_id)
    return _edit(request, Target(request.org, "team", team=row))


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: ConsoleRequest, member_id: int) -> HttpResponse:
    people = Member.objects.visible_to(request.member).filter(removed_at=None).select_related("org", "user")
    return _edit(request, Target(request.org, "member", member=get_object_or_404(people, pk=member_id)))


def _edit(request: ConsoleRequest, target: Target) -> HttpResponse:
    """Three steps under one address: the fields, what they would do, the deed."""
    require(request.member, Action.LIMIT_SET, target.member or target.team or request.org)
    given = request.POST if request.method == "POST" else request.GET if "check" in request.GET else None
    form = forms.Amounts(given) if given is not None else forms.Amounts.starting(queries.amounts_of(target))
    if not form.is_valid():
        return _ask(request, target, form)
    if request.method != "POST":
        return _show(request, target, form)
    actions.set_limits(request.member, target, amounts=form.amounts())
    messages.success(request, _("The limits of %(name)s are set.") % {"name": target.name})
    return see_other(_home(request))


def _ask(request: ConsoleRequest, target: Target, form: forms.Amounts) -> HttpResponse:
    url = queries.address(request.org, target.level, target.whom)
    title = _("Limits of %(name)s") % {"name": target.name}
    context = {"form": form, "title": title, "url": url, "home": _home(request), "check": True}
    return page(request, PANEL, context, part="panel", status=422 if form.is_bound else 200)


def _show(request: ConsoleRequest, target: Target, form: forms.Amounts) -> HttpResponse:
    if queries.amounts_of(target) == form.set_amounts():
        form.add_error(None, _("These are the limits already. Change one of them, or cancel."))
        return _ask(request, target, form)
    context: dict[str, Any] = {"panel": limits_effect.panel(request.member, target, form.amounts(), timezone.now())}
    context |= {"url": request.path, "back": request.path, "home": _home(request), "home_label": _("Limits")}
    return page(request, DEED, {**context, "hidden": form.said(), "row": target.name}, part="panel")


def _home(request: ConsoleRequest) -> str:
    return reverse("limits", args=[request.org.slug])
