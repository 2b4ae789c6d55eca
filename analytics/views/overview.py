"""`/o/<slug>/`: the overview for whoever may see usage, their teams for a lead, their own page for the rest."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.forms.overview import About, Range
from analytics.queries import explained, scopes
from analytics.queries.definitions import DEFINITIONS
from analytics.queries.leading import leading
from analytics.queries.panels import panels
from analytics.queries.scopes import Scope
from orgs.models import Department, Team
from orgs.views import members
from orgs.web import ConsoleRequest, page


@require_safe
def overview(request: ConsoleRequest) -> HttpResponse:
    form = Range(request.GET, org=request.org, now=timezone.now())
    valid = form.is_valid()
    scope = scope_of(request, form)
    if scope is None:
        return members.member(request, member_id=request.member.pk)
    shown = panels(request.member, scope, form.period)
    context = {"shown": shown, "scope": scope, "found": shown.found, "form": form, "checklist": shown.checklist}
    context["leading"] = leading(request.member, scope, form.now)
    return page(request, "analytics/overview.html", context, part="figures", status=200 if valid else 422)


@require_safe
def figure(request: ConsoleRequest, name: str) -> HttpResponse:
    form = Range(request.GET, org=request.org, now=timezone.now())
    valid = form.is_valid()
    scope = scope_of(request, form)
    if scope is None or name not in DEFINITIONS or (DEFINITIONS[name].cost and not scope.cost):
        raise Http404
    found = explained.explain(request.org, form.period, name, scope.subject)
    context = {"found": found, "scope": scope, "form": form}
    return page(request, "analytics/figure.html", context, part="panel", status=200 if valid else 422)


def scope_of(request: ConsoleRequest, form: About) -> Scope | None:
    """Whose usage is asked for, as far as the member may see it; None where they may see nobody's but their own."""
    asked = form.about
    if "team" in asked:
        return scopes.of(request.member, get_object_or_404(Team.objects.visible_to(request.member), pk=asked["team"]))
    if "department" in asked:
        found = get_object_or_404(Department.objects.visible_to(request.member), pk=asked["department"])
        return scopes.of(request.member, found)
    return scopes.of(request.member, None)
