"""Deeds on many members: the panel that asks, the job that does them, its progress and its results."""

from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.forms import members as forms
from orgs.jobs import members as on_members
from orgs.models import Job, Member
from orgs.models.members import MemberQuerySet
from orgs.queries import members as queries
from orgs.queries.members.job import Progress
from orgs.templatetags.ui import number
from orgs.views.jobs import Pages
from orgs.views.lists import ticked
from orgs.web import ConsoleRequest, done, page

PANEL = "orgs/members_panel.html"
JOBS = Pages(
    prefix=on_members.PREFIX,
    action=Action.MEMBER_LIST,
    section="members",
    template="orgs/job.html",
    columns=("member", "name", "outcome", "reason"),
    name="results",
)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_LIST, request.org)
    asking = request.method != "POST"
    form = forms.Bulk(request.GET if asking else request.POST, actor=request.member, asking=asking)
    chosen = forms.Filter(_filter(request), actor=request.member)
    if not (form.is_valid() and chosen.is_valid()) or asking:
        return _ask(request, form, chosen, status=200 if asking and form.is_valid() else 422)
    members = _members(request, form, chosen)
    job = on_members.start(request.member, members, deed=form.cleaned_data["deed"], values=form.values())
    return _started(request, job)


def _filter(request: ConsoleRequest) -> QueryDict:
    """The filter stands in the URL; one in the body counts too, but for the field that the deed itself needs."""
    deed = request.POST.get("deed", "")
    own = ("team", "department") if deed == "move" else (forms.Bulk.NEEDS.get(deed),)
    found = request.GET.copy()
    for name in forms.Filter.base_fields:
        if name not in request.GET and name not in own and name in request.POST:
            found[name] = request.POST[name]
    return found


def _members(request: ConsoleRequest, form: forms.Bulk, chosen: forms.Filter) -> MemberQuerySet:
    """Who is meant: all that match, or those who were ticked."""
    if form.cleaned_data.get("all_matching"):
        return queries.matching(request.member, chosen.filters())
    return ticked(Member.objects.visible_to(request.member), form.cleaned_data.get("ids", []))


def _ask(request: ConsoleRequest, form: forms.Bulk, chosen: forms.Filter, *, status: int) -> HttpResponse:
    """What the deed would do to how many, with its form; again with what is missing (422) after an attempt."""
    chosen.full_clean()
    deed = form.cleaned_data.get("deed", "")
    panel = queries.bulk(request.member, deed, _members(request, form, chosen)) if deed else None
    said = urlencode(chosen.filters().said())
    base = reverse("members", args=[request.org.slug])
    context = {"panel": panel, "form": form, "chosen": chosen, "url": f"{base}bulk/?{said}", "back": f"{base}?{said}"}
    return page(request, PANEL, {**context, "bulk": True, "fields": form.needed()}, part="panel", status=status)


def _started(request: ConsoleRequest, job: Job) -> HttpResponse:
    """The job's results, or how far it is, and a toast that takes it back where that can be done."""
    context = JOBS.shown(job, in_list=True)
    shown, url = context["job"], context["url"]
    undo = (f"{url}undo/?{request.GET.urlencode()}", ()) if shown.can_undo else None
    return done(request, JOBS.template, context, part="panel", message=_message(shown), url=url, undo=undo)


def _message(shown: Progress) -> str:
    if not shown.over:
        text = ngettext("Started for %(n)s member.", "Started for %(n)s members.", shown.total)
        return text % {"n": number(shown.total)}
    text = ngettext("%(n)s member changed.", "%(n)s members changed.", shown.done)
    if shown.undoes:
        text = ngettext("%(n)s member is as before.", "%(n)s members are as before.", shown.done)
    refused = ngettext("%(n)s refused.", "%(n)s refused.", shown.refused) % {"n": number(shown.refused)}
    return " ".join([text % {"n": number(shown.done)}, *([refused] if shown.refused else [])])


@require_POST
def undo(request: ConsoleRequest, job_id: int) -> HttpResponse:
    """Take a deed back. The answer opens in the panel, whether it was asked for there or from a toast."""
    job = on_members.undo(request.member, JOBS.find(request, job_id))
    response = _started(request, job)
    response["HX-Retarget"], response["HX-Reswap"] = "#panel", "innerHTML"
    return response


@require_safe
def job(request: ConsoleRequest, job_id: int) -> HttpResponse:
    return JOBS.page(request, JOBS.find(request, job_id))
