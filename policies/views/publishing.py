"""Versions of a policy: before one is published, the list, one, two beside each other."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from orgs import actions as orgs_actions
from orgs import tables
from orgs.access import Action
from orgs.web import ConsoleRequest, done, page, posted
from policies import actions
from policies.forms.grid import Compare
from policies.forms.publishing import Publish
from policies.models import PolicyVersion
from policies.obstacles import rollout_in_the_way
from policies.queries import impact
from policies.queries import policy as queries
from policies.queries import versions as listing
from policies.queries.grid import without_models
from policies.queries.policy import Writing
from policies.queries.raised import raised
from policies.views.policy import PAGE
from policies.views.policy import shown as first_page
from policies.views.writing import context, find, in_force, needs_draft, url

PUBLISH, VERSIONS, VERSION, COMPARE = (
    f"policies/policy_{part}.html" for part in ("publish", "versions", "version", "compare")
)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_PUBLISH)
    found = impact.impact(at)
    form = Publish(posted(request), name=at.whose, losing=found.lose.count)
    if not form.is_valid():
        return _ask(request, at, form, found)
    said = {name: form.cleaned_data[name] for name in ("revision", "note")}
    version = actions.policies.publish(request.member, request.org, at.scope, **said)
    told, now = in_force(at, version, found), find(request, scope_id)
    return done(request, PAGE, first_page(request, now), part="policy", message=told, url=url(at))


def _ask(request: ConsoleRequest, at: Writing, form: Publish, found: impact.Impact) -> HttpResponse:
    """What publishing the draft would do."""
    needs_draft(request, at)
    given = context(at, "policies_scope", title=_question(at), shown=queries.overview(request.member, at))
    obstacle = rollout_in_the_way(request.org, at.scope) or at.idle
    given |= {"form": form, "impact": found, "giving_none": without_models(request.member, at), "obstacle": obstacle}
    given |= {"raised": raised(at, timezone.now())}
    return page(request, PUBLISH, given, part="panel", status=422 if form.is_bound else 200)


def _question(at: Writing) -> str:
    return _("Publish the policy of %(name)s?") % {"name": at.department} if at.department else _("Publish the policy?")


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest, scope_id: int) -> HttpResponseBase:
    at = find(request, scope_id, Action.POLICY_PUBLISH)
    needs_draft(request, at)
    orgs_actions.exports.touched(request.member, request.org, by={"list": "draft"})
    return tables.download(f"{request.org.slug}-policy-change.csv", impact.COLUMNS, impact.rows(at))


@require_safe
def versions(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id)
    place = {name: _number(request.GET.get(name, "")) for name in ("before", "after")}
    listed = listing.listed(request.member, at, **place)
    return page(request, VERSIONS, context(at, "policies_versions", listed=listed), part="list")


@require_safe
def version(request: ConsoleRequest, scope_id: int, number: int) -> HttpResponse:
    at = find(request, scope_id)
    seen = PolicyVersion.objects.visible_to(request.member).of(request.org, at.scope)
    shown = listing.shown(request.member, at, get_object_or_404(seen, number=number))
    title = _("Version %(n)s") % {"n": number}
    return page(request, VERSION, context(at, "policies_versions", title=title, shown=shown))


@require_safe
def compare(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id)
    numbers = listing.numbers(request.member, at)
    form = Compare(request.GET or listing.chosen(at, numbers))
    given = context(at, "policies_versions", title=_("Compare two versions"), choice=form, numbers=numbers)
    if not form.is_valid():
        return page(request, COMPARE, given, status=422 if request.GET else 200)
    found = listing.compared(request.member, at, **form.cleaned_data)
    if found is None:
        raise Http404
    return page(request, COMPARE, {**given, "compared": found})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
