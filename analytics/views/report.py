"""A month's report of a team, a department or the organization: as a page that prints, as CSV and as PDF."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from analytics import actions, pdf
from analytics.forms.overview import Month
from analytics.queries import report as queries
from analytics.queries.scopes import Scope
from analytics.views.overview import scope_of
from orgs import tables
from orgs.access import Action, Denied, check
from orgs.web import ConsoleRequest, page


@require_safe
def report(request: ConsoleRequest) -> HttpResponse:
    form, scope = _asked(request)
    return _page(request, form, scope)


@require_GET  # not HEAD: an export leaves an entry
def as_csv(request: ConsoleRequest) -> HttpResponseBase:
    form, scope = _asked(request)
    if not form.is_valid():
        return _page(request, form, scope)
    actions.reports.export(request.member, scope.target, form="csv", month=form.period.first)
    rows = queries.lines(request.member, scope, form.period)
    return tables.download(f"{queries.file_name(scope, request.org, form.period)}.csv", queries.columns(scope), rows)


@require_GET
def as_pdf(request: ConsoleRequest) -> HttpResponseBase:
    form, scope = _asked(request)
    if not form.is_valid():
        return _page(request, form, scope)
    actions.reports.export(request.member, scope.target, form="pdf", month=form.period.first)
    drawn = pdf.draw(queries.report(request.member, scope, form.period, timezone.now()))
    name = f'attachment; filename="{queries.file_name(scope, request.org, form.period)}.pdf"'
    return HttpResponse(drawn, content_type="application/pdf", headers={"Content-Disposition": name})


def _asked(request: ConsoleRequest) -> tuple[Month, Scope]:
    """The month and whose report it is. Whoever sees nobody's usage but their own is told why."""
    form = Month(request.GET, org=request.org, now=timezone.now())
    form.is_valid()
    scope = scope_of(request, form)
    if scope is None:
        raise Denied(check(request.member, Action.USAGE_VIEW, request.org))
    return form, scope


def _page(request: ConsoleRequest, form: Month, scope: Scope) -> HttpResponse:
    report = queries.report(request.member, scope, form.period, timezone.now())
    context = {"report": report, "shown": report.shown, "scope": scope, "found": report.shown.found, "form": form}
    return page(request, "analytics/report.html", context, part="figures", status=200 if form.is_valid() else 422)
