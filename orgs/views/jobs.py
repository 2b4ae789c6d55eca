"""The pages of jobs: how far one is, what became of each of its targets, all of it as a file."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from orgs import tables
from orgs.access import Action, require
from orgs.forms.members import Results
from orgs.jobs.files import File
from orgs.models import Job
from orgs.queries import members as queries
from orgs.web import ConsoleRequest, page, see_other


@dataclass(frozen=True, slots=True)
class Pages:
    """Where jobs whose kinds begin with `prefix` are shown: `<section>_job` below the list `section`.

    Whoever may `action` sees those that are visible to them. `columns` and `name` are those of the results as a file.
    """

    prefix: str
    action: Action
    section: str
    template: str
    columns: tuple[str, ...]
    name: str

    def find(self, request: ConsoleRequest, job_id: int) -> Job:
        """One of these jobs; 403 for others who belong here, else 404."""
        require(request.member, self.action, request.org)
        jobs = Job.objects.visible_to(request.member).filter(kind__startswith=self.prefix)
        return get_object_or_404(jobs.select_related("org", "started_by__user"), pk=job_id)

    def url(self, job: Job) -> str:
        return reverse(f"{self.section}_job", args=[job.org.slug, job.pk])

    def shown(self, job: Job, *, in_list: bool = False, **place: Any) -> dict[str, Any]:
        """What a template shows of a job. `in_list`: in the list's side panel, so that the list follows its end."""
        context = {"job": queries.progress(job, **place), "in_list": in_list}
        return context | {"url": self.url(job), "base": reverse(self.section, args=[job.org.slug])}

    def page(self, request: ConsoleRequest, job: Job) -> HttpResponse:
        form = Results(request.GET)
        status = 200 if form.is_valid() else 422
        context = self.shown(job, in_list=request.GET.get("in") == "list", **form.place())
        return page(request, self.template, context, part="work", status=status)


@dataclass(frozen=True, slots=True)
class FilePages(Pages):
    """Pages of jobs that may come of a file: what became of it, and once it was looked through what is to be done."""

    file: File

    def shown(self, job: Job, *, in_list: bool = False, **place: Any) -> dict[str, Any]:
        context = Pages.shown(self, job, in_list=in_list, **place)
        checked, good = job.kind == self.file.check, any(getattr(context["job"], word) for word in self.file.good)
        after = self.file.carried_out_by(job)
        return context | {"checked": checked, "good": good, "carried_out": self.url(after) if after else ""}


@require_http_methods(["GET", "HEAD", "POST"])
def from_file(request: ConsoleRequest, job_id: int, pages: FilePages) -> HttpResponse:
    found = pages.find(request, job_id)
    if request.method == "POST":
        return see_other(pages.url(pages.file.carry_out(request.member, found)))
    return pages.page(request, found)


@require_safe
def results(request: ConsoleRequest, job_id: int, pages: Pages) -> HttpResponseBase:
    found = pages.find(request, job_id)
    return tables.download(f"{pages.name}-{job_id}.csv", pages.columns, queries.results(found))
