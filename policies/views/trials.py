"""Before a policy counts: past usage replayed under the draft, and versions that run report-only."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from orgs import actions as orgs_actions
from orgs import jobs, tables
from orgs.access import Action, Refused
from orgs.models import Job
from orgs.queries import members as progressing
from orgs.web import ConsoleRequest, page, posted, see_other
from policies import actions
from policies.forms import trials as forms
from policies.forms.publishing import Typed
from policies.queries import judged as counted
from policies.queries import trials as queries
from policies.queries import versions
from policies.queries.policy import Writing
from policies.queries.trials import Trial
from policies.views.writing import context, find, in_force, needs_draft, onward, url

REPLAY, RESULT, TRIAL, DEED = (f"policies/policy_{part}.html" for part in ("replay", "replayed", "trial", "deed"))


@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    """Choose how far back; the document is kept as it is now, so that the result is about exactly that."""
    at, form = find(request, scope_id, Action.POLICY_EDIT), forms.Replay(posted(request))
    if not form.is_valid():
        said: dict[str, Any] = {"choice": form, "replays": queries.replays(request.member, at.scope)}
        given = context(at, "policies_scope", title=_("Replay past usage under the draft"), **said)
        return page(request, REPLAY, given, part="panel", status=422 if form.is_bound else 200)
    weeks = queries.weeks(request.org, int(form.cleaned_data["days"]), timezone.now())
    said = {"scope": str(at.scope), "document": at.document, "revision": at.draft.revision if at.draft else 0}
    said |= {"first": weeks[0].data["first"], "last": weeks[-1].data["last"]}
    return see_other(_url_of(at, jobs.start(request.member, queries.KIND, weeks, params=said)))


@require_safe
def replayed(request: ConsoleRequest, scope_id: int, job_id: int) -> HttpResponse:
    at, job = _found(request, scope_id, job_id)
    first, last = queries.days_of(job)
    given: dict[str, Any] = {"job": progressing.progress(job), "first": first, "last": last, "url": _url_of(at, job)}
    if given["job"].over:
        given["result"] = counted.result(request.member, counted.of_replay(job))
        given["by_tag_alone"] = counted.by_tag_alone(job.params["document"])
    given["of_draft"] = at.draft is not None and at.draft.revision == job.params.get("revision")
    given["under"] = versions.replayed(request.member, at, job)
    title = _("Past usage under %(what)s") % {"what": given["under"]}
    return page(request, RESULT, context(at, "policies_scope", title=title, **given), part="work")


@require_GET  # not HEAD: an export leaves an entry
def replayed_people(request: ConsoleRequest, scope_id: int, job_id: int) -> HttpResponseBase:
    _at, job = _found(request, scope_id, job_id)
    by = {"list": "replay", "from": job.params["first"], "to": job.params["last"]}
    return _people(request, counted.of_replay(job), f"replay-{job.pk}", by)


@require_safe
def trial(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, shown = _running(request, scope_id)
    result = counted.result(request.member, counted.of_trial(shown.version))
    given: dict[str, Any] = {
        "trial": shown,
        "result": result,
        "by_tag_alone": counted.by_tag_alone(shown.version.document),
    }
    title = _("Version %(n)s runs report-only") % {"n": shown.version.number}
    return page(request, TRIAL, context(at, "policies_scope", title=title, **given))


@require_GET  # not HEAD: an export leaves an entry
def trial_people(request: ConsoleRequest, scope_id: int) -> HttpResponseBase:
    _at, shown = _running(request, scope_id)
    by = {"list": "report-only", "thing": str(shown.version.number)}
    return _people(request, counted.of_trial(shown.version), f"report-only-{shown.version.number}", by)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_TRY)
    form = forms.Try(posted(request), org=request.org, now=timezone.now(), revision=at.revision)
    if not form.is_valid():
        needs_draft(request, at)
        return _ask(request, at, queries.beginning_trial(at, None, timezone.now()), form)
    said = {"revision": form.cleaned_data["revision"], "note": form.cleaned_data["note"], "until": form.until()}
    version = actions.trials.begin(request.member, request.org, at.scope, **said)
    return onward(request, _("Version %(n)s runs report-only.") % {"n": version.number}, url(at))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, shown = _running(request, scope_id, Action.POLICY_TRY)
    form = forms.Until(posted(request), org=request.org, now=timezone.now())
    if not form.is_valid():
        return _ask(request, at, queries.beginning_trial(at, shown, timezone.now()), form)
    actions.trials.extend(request.member, shown.force, until=form.until())
    return onward(request, _("Version %(n)s runs report-only longer.") % {"n": shown.version.number}, url(at))


@require_http_methods(["GET", "HEAD", "POST"])
def enforce(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, shown = _running(request, scope_id, Action.POLICY_PUBLISH)
    found = queries.effect(at, shown)
    form = Typed(posted(request), name=at.whose, losing=found.lose.count)
    if not form.is_valid():
        return _ask(request, at, queries.enforcing(at, shown, found, timezone.now()), form)
    actions.trials.enforce(request.member, shown.force)
    return onward(request, in_force(at, shown.version, found), url(at))


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, shown = _running(request, scope_id, Action.POLICY_TRY)
    if request.method != "POST":
        return _ask(request, at, queries.discarding(shown))
    actions.trials.discard(request.member, shown.force)
    return onward(request, _("Version %(n)s is discarded.") % {"n": shown.version.number}, url(at))


def _running(request: ConsoleRequest, scope_id: int, action: Action = Action.POLICY_VIEW) -> tuple[Writing, Trial]:
    at = find(request, scope_id, action)
    shown = queries.trial(request.member, at.scope)
    if shown is None:
        raise Refused(_("No version runs report-only any more."), page="policies")
    return at, shown


def _found(request: ConsoleRequest, scope_id: int, job_id: int) -> tuple[Writing, Job]:
    at = find(request, scope_id, Action.POLICY_EDIT)
    seen = Job.objects.visible_to(request.member).filter(kind=queries.KIND, params__scope=str(at.scope))
    return at, get_object_or_404(seen.select_related("org", "started_by__user"), pk=job_id)


def _url_of(at: Writing, job: Job) -> str:
    return url(at, "policies_replayed", job.pk)


def _ask(request: ConsoleRequest, at: Writing, panel: Any, form: Any = None) -> HttpResponse:
    """What a deed would do, with its form; again with what is missing after an attempt."""
    asked = {"panel": panel, "url": request.path, "back": url(at)}
    given = {**context(at, "policies_scope", title=panel.title), **asked, "form": form or ""}
    return page(request, DEED, given, part="panel", status=422 if form is not None and form.is_bound else 200)


def _people(request: ConsoleRequest, found: Any, name: str, by: dict[str, str]) -> HttpResponseBase:
    orgs_actions.exports.touched(request.member, request.org, by=by)
    rows = counted.rows(request.member, found)
    return tables.download(f"{request.org.slug}-{name}.csv", counted.COLUMNS, rows)
