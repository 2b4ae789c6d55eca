"""The provisioning board, its template, and the setup guide."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs import actions
from orgs.access import Action, check, require
from orgs.forms import provisioning as forms
from orgs.markdown import to_html
from orgs.queries import newcomer
from orgs.queries import provisioning as queries
from orgs.web import ConsoleRequest, done, page, posted

PAGE, TEMPLATE, GUIDE = "orgs/provisioning.html", "orgs/provisioning_template.html", "orgs/provisioning_guide.html"


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    form = forms.Filter(request.GET, teams=queries.teams(request.member))
    status = 200 if form.is_valid() else 422
    context = _board(request, form) | {"form": form, "base": _here(request), "filters": form.filters().said()}
    return page(request, PAGE, context, part="board", status=status)


def _board(request: ConsoleRequest, form: forms.Filter) -> dict[str, Any]:
    now, may = timezone.now(), check(request.member, Action.PROVISIONING_TEMPLATE, request.org).allowed
    if form.cleaned_data.get("view") == "list" or form.filters().step:
        number = form.cleaned_data.get("page") or 1
        shown = queries.listing(request.member, form.filters(), now, page=number)
        return {"list": shown, "total": shown.total, "may_set": may}
    board = queries.board(request.member, form.filters(), now)
    return {"board": board, "total": board.total, "may_set": may}


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.PROVISIONING_TEMPLATE, request.org)
    form = forms.Template(posted(request), org=request.org)
    people = newcomer.may_own(request.member, request.member, timezone.now())
    context = {"form": form, "base": _here(request), "people": [request.member, *people]}
    if not form.is_valid():
        return page(request, TEMPLATE, context, part="form", status=422 if form.is_bound else 200)
    actions.provisioning.set_template(request.member, request.org, rules=form.rules)
    message = _("The template is saved. It holds for those who join from now on.")
    return done(request, TEMPLATE, context, part="form", message=message, url=request.path)


@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.SETUP_GUIDE_WRITE, request.org)
    form = forms.Guide(posted(request), initial={"text": request.org.setup_guide})
    context = {"form": form, "base": _here(request), "shown": to_html(request.org.setup_guide)}
    if not form.is_valid():
        return page(request, GUIDE, context, part="form", status=422 if form.is_bound else 200)
    context["shown"] = to_html(form.cleaned_data["text"])
    if "preview" in request.POST:
        return page(request, GUIDE, context, part="form")
    actions.provisioning.write_guide(request.member, request.org, text=form.cleaned_data["text"])
    return done(request, GUIDE, context, part="form", message=_("The setup guide is saved."), url=request.path)


def _here(request: ConsoleRequest) -> str:
    return reverse("provisioning", args=[request.org.slug])
