"""The first page of a policy, how its draft begins and ends, the whole as JSON, and what is kept of conversations."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, Refused
from orgs.web import ConsoleRequest, page, posted
from policies import actions, beginnings
from policies.forms.grid import Begin
from policies.forms.policy import Level, Revision, Text
from policies.models import CatalogueModel, PolicyDraft, PolicyVersion
from policies.names import names_of
from policies.queries import policy as queries
from policies.queries import reaching, trials, versions
from policies.queries.policy import Writing
from policies.views.writing import context, find, needs_draft, onward, save, url

PAGE, JSON, LEVEL, DISCARD = (f"policies/policy{part}.html" for part in ("", "_json", "_level", "_discard"))


@require_safe
def overview(request: ConsoleRequest, scope_id: int = 0) -> HttpResponse:
    at = find(request, scope_id)
    return page(request, PAGE, shown(request, at))


def shown(request: ConsoleRequest, at: Writing) -> dict[str, Any]:
    """What the first page is given."""
    cut = reaching.cut(at) if at.department else None
    course = versions.course(request.member, at.version) if at.version else None
    begun = {
        "cut": cut,
        "course": course,
        "templates": queries.templates(),
        "trial": trials.trial(request.member, at.scope),
    }
    return {**context(at, "policies_scope"), "shown": queries.overview(request.member, at), **begun}


@require_POST
def begin(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, form = find(request, scope_id, Action.POLICY_EDIT), Begin(request.POST)
    if not form.is_valid():
        return page(request, PAGE, {**shown(request, at), "problem": form}, status=422)
    return _begin(request, at, *_beginning(request, at, form.cleaned_data), form.cleaned_data["revision"] or 0)


def _begin(
    request: ConsoleRequest, at: Writing, document: dict[str, Any], based_on: int, lost: list[str], revision: int
) -> HttpResponse:
    """Save the first text of a draft; refused where there is one that the writer has not seen."""
    said = dict[str, Any](document=document, revision=revision, begun_as=at.before, based_on=based_on)
    saved = actions.drafts.save(request.member, request.org, at.scope, **said)
    if saved is None:
        raise Refused(_("There is a draft, and not the one that you have seen. Look at it first."), page="policies")
    return onward(request, _begun(lost), url(at))


def _begun(lost: list[str]) -> str:
    """What is told of a draft that begins: also which models it lost, because they are in no catalogue any more."""
    gone = _("No longer in the catalogue and left out: %(models)s.") % {"models": ", ".join(lost)} if lost else ""
    return f"{_('The draft is there.')} {gone}".strip()


def _beginning(request: ConsoleRequest, at: Writing, said: dict[str, Any]) -> tuple[dict[str, Any], int, list[str]]:
    """The document that a draft begins as, the number of the version it is, and the models it lost."""
    if said["start"] in beginnings.TEMPLATES:
        models = list(CatalogueModel.objects.visible_to(request.member).available())
        return beginnings.from_template(said["start"], models), 0, []
    seen = PolicyVersion.objects.visible_to(request.member)
    if said["start"] == "version":
        version = get_object_or_404(seen.of(request.org, at.scope), number=said["version"])
    else:
        version = get_object_or_404(seen, pk__in=queries.in_force(request.member))
    document, lost = beginnings.again(version.document, names_of(request.org))
    return document, version.number if said["start"] == "version" else 0, lost


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at, form = find(request, scope_id, Action.POLICY_EDIT), Revision(posted(request))
    if not form.is_valid():
        needs_draft(request, at)
        given = context(at, "policies_scope", title=_("Throw the draft away?"))
        given |= {"shown": queries.overview(request.member, at), "problem": form}
        return page(request, DISCARD, given, part="panel", status=422 if form.is_bound else 200)
    draft = get_object_or_404(PolicyDraft.objects.visible_to(request.member).of(request.org, at.scope))
    actions.drafts.discard(request.member, draft, revision=form.cleaned_data["revision"])
    return onward(request, _("The draft is thrown away."), url(at))


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    form = Text(posted(request), at=at)
    given = context(at, "policies_json", form)
    if not form.is_valid():
        return page(request, JSON, given, status=422 if form.is_bound else 200)
    return save(request, form, JSON, given, message=_("The draft is saved."), to=url(at, "policies_json"))


@require_http_methods(["GET", "HEAD", "POST"])
def level(request: ConsoleRequest, scope_id: int) -> HttpResponse:
    at = find(request, scope_id, Action.POLICY_EDIT)
    form = Level(posted(request), at=at)
    given = context(at, "policies_level", form)
    if not form.is_valid():
        return page(request, LEVEL, given, status=422 if form.is_bound else 200)
    return save(request, form, LEVEL, given, message=_("The draft is saved."), to=url(at, "policies_level"))
