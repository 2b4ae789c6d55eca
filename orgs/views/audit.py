"""The audit log: the list, one entry, the export, and the walk along its chain."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from orgs import actions, chain, tables
from orgs.access import Action, require
from orgs.forms import audit as forms
from orgs.jobs import verification as long_walks
from orgs.models import AuditEntry, Job
from orgs.queries import audit as queries
from orgs.queries.verification import walk
from orgs.web import ConsoleRequest, page, see_other, wants_part

VERIFIED = "orgs/audit_verified.html"


@require_safe
def log(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.AUDIT_VIEW, request.org)
    form = forms.Log(request.GET)
    status = 200 if form.is_valid() else 422
    shown = queries.log(request.member, form.filters(), **form.place())
    form.show(queries.names(request.member, form.filters()))
    return page(request, "orgs/audit.html", {"form": form, "log": shown}, part="log", status=status)


@require_safe
def entry(request: ConsoleRequest, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(AuditEntry.objects.visible_to(request.member), pk=entry_id)
    require(request.member, Action.AUDIT_VIEW, request.org)
    return page(request, "orgs/audit_entry.html", {"shown": queries.detail(entry)})


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.AUDIT_EXPORT, request.org)
    form = forms.Export(request.GET)
    if not form.is_valid():
        shown = queries.log(request.member, form.filters())
        return page(request, "orgs/audit.html", {"form": form, "log": shown}, status=422)
    chosen, filters = form.cleaned_data["format"], form.filters()
    head = actions.audit.export(request.member, request.org, form=chosen, filters=filters.said())
    return FILES[chosen](request.member, filters, head)


def _csv(*of: Any) -> HttpResponseBase:
    return tables.download("audit-log.csv", ("row", *queries.COLUMNS), queries.table(*of))


def _json_lines(*of: Any) -> HttpResponseBase:
    headers = {"Content-Disposition": 'attachment; filename="audit-log.jsonl"'}
    return StreamingHttpResponse(queries.json_lines(*of), content_type="application/x-ndjson", headers=headers)


FILES = {"csv": _csv, "jsonl": _json_lines}


@require_POST
def verify(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.AUDIT_VIEW, request.org)
    if not long_walks.takes_long(request.org):
        return page(request, VERIFIED, {"verified": chain.verify(request.org)}, part="verdict")
    job = long_walks.start(request.member)
    url = reverse("audit_verification", args=[request.org.slug, job.pk])
    context = {"walk": walk(job), "url": url, "in_log": True}
    return page(request, VERIFIED, context, part="walk") if wants_part(request) else see_other(url)


@require_safe
def verification(request: ConsoleRequest, job_id: int) -> HttpResponse:
    require(request.member, Action.AUDIT_VIEW, request.org)
    walks = Job.objects.visible_to(request.member).filter(kind=long_walks.KIND).select_related("started_by__user")
    shown = walk(get_object_or_404(walks, pk=job_id))
    context = {"walk": shown, "verified": shown.verified, "url": request.path}
    return page(request, VERIFIED, {**context, "in_log": request.GET.get("in") == "log"}, part="walk")
