"""The model catalogue: the list, adding a model, changing and deleting one, and models from a file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.access import Action, require
from orgs.views.jobs import FilePages
from orgs.web import ConsoleRequest, page, posted, see_other
from policies import actions
from policies.forms import catalogue as forms
from policies.jobs import catalogue as on_catalogue
from policies.models import CatalogueModel
from policies.queries import catalogue as queries

LIST, FORM, IMPORT = "policies/catalogue.html", "policies/catalogue_model.html", "policies/catalogue_import.html"
JOBS = FilePages(
    prefix=on_catalogue.PREFIX,
    action=Action.CATALOGUE_MANAGE,
    section="catalogue",
    template="policies/catalogue_job.html",
    columns=("line", "model", "result", "reason"),
    name="models",
    file=on_catalogue.FILE,
)


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.POLICY_VIEW, request.org)
    form = forms.Find(request.GET)
    place = {name: request.GET.get(name, "")[:100] for name in ("before", "after")}
    shown = queries.listed(request.member, **form.asked(), **place)
    return page(request, LIST, {"form": form, "listed": shown}, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.CATALOGUE_MANAGE, request.org)
    beside = CatalogueModel(org=request.org)
    form = forms.Describe(posted(request), beside=beside)
    if not form.is_valid():
        return page(request, FORM, {"form": form}, part="panel", status=form.status_code if form.is_bound else 200)
    model = actions.catalogue.add(request.member, form.described())
    return _back(request, _("%(name)s is in the catalogue.") % {"name": model})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ConsoleRequest, model_id: int) -> HttpResponse:
    model = _find(request, model_id)
    form = forms.Describe.of(model, posted(request))
    if not form.is_valid():
        context = {"form": form, "model": model, "warnings": queries.retiring(model)}
        return page(request, FORM, context, part="panel", status=form.status_code if form.is_bound else 200)
    actions.catalogue.change(request.member, model, form.described())
    return _back(request, _("%(name)s is changed.") % {"name": model})


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, model_id: int) -> HttpResponse:
    model = _find(request, model_id)
    if request.method == "POST":
        actions.catalogue.delete(request.member, model)
        return _back(request, _("%(name)s is deleted from the catalogue.") % {"name": model})
    context: dict[str, Any] = {"panel": queries.deletion(model), "url": request.path, "home": _home(request)}
    context |= {"home_label": _("Models"), "row": str(model)}
    context["back"] = reverse("catalogue_change", args=[request.org.slug, model.pk])
    return page(request, "orgs/deed.html", context, part="panel")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.CATALOGUE_MANAGE, request.org)
    form = forms.File(request.POST, request.FILES) if request.method == "POST" else forms.File()
    if not form.is_valid():
        return page(request, IMPORT, {"form": form}, part="panel", status=form.status if form.is_bound else 200)
    return see_other(JOBS.url(on_catalogue.FILE.look_through(request.member, form.lines)))


def _find(request: ConsoleRequest, model_id: int) -> CatalogueModel:
    require(request.member, Action.CATALOGUE_MANAGE, request.org)
    return get_object_or_404(CatalogueModel.objects.visible_to(request.member).select_related("org"), pk=model_id)


def _home(request: ConsoleRequest) -> str:
    return reverse("catalogue", args=[request.org.slug])


def _back(request: ConsoleRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(_home(request))
