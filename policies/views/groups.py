"""Groups: the grid of models, who is in one, its rule; and use cases."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action
from orgs.web import ConsoleRequest, page, posted
from policies.engine import EVERYONE
from policies.forms import policy as forms
from policies.forms.grid import Grid
from policies.queries import grid as grids
from policies.queries import policy as queries
from policies.queries import reaching
from policies.queries.policy import Writing
from policies.views.writing import context, find, save, url

GRID, GROUPS, GROUP, PEOPLE = (f"policies/policy_{part}.html" for part in ("grid", "groups", "group", "people"))
THIS = "this"  # what a group that has no name yet is called while it is counted
CASES, CASE = "policies/policy_cases.html", "policies/policy_case.html"


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    form, among = Grid(posted(request), at=at), request.GET.get("group", "")[:64]
    valid = form.is_valid()
    shown = grids.grid(request.member, at, form.names, among)
    fill = valid and form.cleaned_data["fill"]
    if form.is_bound:
        groups = [row.group for row in shown.rows]
        shown = shown.with_ticks(form.filled(groups, shown.models) if fill else form.ticked())
    given = context(at, "policies_grid", form, grid=shown)
    if not valid or fill:
        return page(request, GRID, given, part="grid", status=422 if form.is_bound and not valid else 200)
    return save(request, form, GRID, given, message=_("The draft is saved."), to=request.get_full_path())


@require_safe
def groups(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id)
    rows = queries.groups(request.member, at, at.document, at.names())
    return page(request, GROUPS, context(at, "policies_groups", rows=rows))


@require_http_methods(["GET", "HEAD", "POST"])
def group(request: ConsoleRequest, scope_id: int, group: str = "") -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    _is_there(at, group)
    form = forms.Group(posted(request), at=at, group=group)
    said: dict[str, Any] = {"group": group, "count": _count(request, at, group, at.document)}
    given = context(at, "policies_groups", form, title=group or _("New group"), **said)
    if not form.is_valid():
        return page(request, GROUP, given, status=422 if form.is_bound else 200)
    return save(request, form, GROUP, given, **_saved(at, form, group))


def _saved(at: Writing, form: forms.Group, group: str) -> dict[str, str]:
    """What is told of a saved group, and where to go on: a new one has no models yet, and gets them in the grid."""
    if group:
        return {"message": _("The draft is saved."), "to": url(at, "policies_groups")}
    name = form.cleaned_data["name"]
    said = _("The draft is saved. %(group)s names no model yet: tick what its people may use.") % {"group": name}
    return {"message": said, "to": f"{url(at, 'policies_grid')}?group={name}#row-{name}"}


@require_safe
def count(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    """How many people the rule that is being written takes in; by htmx, as it is ticked together."""
    at = find(request, scope_id, Action.POLICY_EDIT)
    group = request.GET.get("group", "")
    _is_there(at, group)
    form = forms.Group(request.GET, at=at, group=group or THIS)
    counted = _count(request, at, group or THIS, form.stored) if form.is_valid() else None
    given = context(at, "policies_groups", form, title=group or _("New group"), group=group, count=counted)
    return page(request, GROUP, given, part="count")


def _count(request: ConsoleRequest, at: Writing, group: str, document: Any) -> Any:
    return reaching.count(request.member, at.scope, document, group)


@require_safe
def people(request: ConsoleRequest, scope_id: int, group: str) -> HttpResponse:
    at = find(request, scope_id)
    place = {name: request.GET.get(name, "")[:20] for name in ("before", "after")}
    said = at.document if request.GET.get("of") == "draft" or not at.version else at.before
    listed = reaching.people_of(request.member, at.scope, said, group, **place)
    if listed is None:
        raise Http404
    given = context(at, "policies_groups", title=_("For whom %(group)s counts") % {"group": group}, listed=listed)
    return page(request, PEOPLE, given, part="list")


@require_POST
def remove(request: ConsoleRequest, scope_id: int, group: str = "", case: str = "") -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    _is_there(at, group)
    _is_described(at, case)
    form = forms.Gone(request.POST, at=at, group=group, case=case)
    name, template = ("policies_groups", GROUPS) if group else ("policies_cases", CASES)
    given = context(at, name, form, rows=_rows(request, at, group))
    if not form.is_valid():
        return page(request, template, given, status=422)
    said = _("%(name)s is taken out of the draft.") % {"name": group or case}
    return save(request, form, template, given, message=said, to=url(at, name))


def _rows(request: ConsoleRequest, at: Writing, group: str) -> Any:
    return queries.groups(request.member, at, at.document, at.names()) if group else queries.cases(at.document)


@require_safe
def cases(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id)
    return page(request, CASES, context(at, "policies_cases", rows=queries.cases(at.document)))


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: ConsoleRequest, scope_id: int, case: str = "") -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    _is_described(at, case)
    form = forms.Case(posted(request), at=at, case=case)
    given = context(at, "policies_cases", form, title=case or _("New use case"), case=case)
    if not form.is_valid():
        return page(request, CASE, given, status=422 if form.is_bound else 200)
    return save(request, form, CASE, given, message=_("The draft is saved."), to=url(at, "policies_cases"))


def _is_there(at: Writing, group: str) -> None:
    """404 where there is no such group to write a rule for; everybody's takes none."""
    if group and (group == EVERYONE or group not in at.groups):
        raise Http404


def _is_described(at: Writing, case: str) -> None:
    if case and case not in at.cases:
        raise Http404
