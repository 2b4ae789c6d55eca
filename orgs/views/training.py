"""Training modules: the list, making one, changing one, their order, the archive."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import training as forms
from orgs.markdown import to_html
from orgs.models import TrainingModule
from orgs.queries import training as queries
from orgs.web import ConsoleRequest, done, page, posted

PAGE, ONE = "orgs/training.html", "orgs/training_module.html"


@require_safe
def training(request: ConsoleRequest) -> HttpResponse:
    return page(request, PAGE, {"modules": queries.modules(request.member)}, part="modules")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.TRAINING_MANAGE, request.org)
    return _edit(request, TrainingModule(org=request.org))


@require_http_methods(["GET", "HEAD", "POST"])
def module(request: ConsoleRequest, module_id: int) -> HttpResponse:
    return _edit(request, _find(request, module_id))


def _edit(request: ConsoleRequest, found: TrainingModule) -> HttpResponse:
    """The form; what it would look like; whom it keeps out, once; then it is saved."""
    form = forms.Module(posted(request), initial=forms.values_of(found))
    context: dict[str, Any] = {"form": form, "module": found, "base": reverse("training", args=[request.org.slug])}
    if not form.is_valid():
        return page(request, ONE, context, part="form", status=422 if form.is_bound else 200)
    if "preview" in request.POST:
        return page(request, ONE, context | {"preview": to_html(form.cleaned_data["text"])}, part="form")
    cut = queries.cut_off(request.member, found, form.values())
    if cut is not None and not form.cleaned_data["confirmed"]:
        return page(request, ONE, context | {"cut": cut}, part="form")
    actions.training.keep(request.member, found, values=form.values())
    return _kept(request, _("The module “%(title)s” is saved.") % {"title": found})


@require_POST
def move(request: ConsoleRequest, module_id: int) -> HttpResponse:
    found, form = _find(request, module_id), forms.Move(request.POST)
    if not form.is_valid():
        return page(request, PAGE, {"modules": queries.modules(request.member), "problem": form}, status=422)
    actions.training.move(request.member, found, up=form.cleaned_data["to"] == "up")
    return _kept(request, _("“%(title)s” is moved.") % {"title": found})


@require_POST
def archive(request: ConsoleRequest, module_id: int) -> HttpResponse:
    found, form = _find(request, module_id), forms.Archive(request.POST)
    if not form.is_valid():
        return page(request, PAGE, {"modules": queries.modules(request.member), "problem": form}, status=422)
    archived = form.cleaned_data["archived"] == "yes"
    actions.training.archive(request.member, found, archived=archived)
    said = _("“%(title)s” is archived.") if archived else _("“%(title)s” is in use again.")
    back = reverse("training_archive", args=[request.org.slug, found.pk])
    return _kept(request, said % {"title": found}, (back, [("archived", "no" if archived else "yes")]))


def _find(request: ConsoleRequest, module_id: int) -> TrainingModule:
    require(request.member, Action.TRAINING_MANAGE, request.org)
    return get_object_or_404(TrainingModule.objects.visible_to(request.member).select_related("org"), pk=module_id)


def _kept(request: ConsoleRequest, message: str, undo: Any = None) -> HttpResponse:
    url = reverse("training", args=[request.org.slug])
    context = {"modules": queries.modules(request.member)}
    return done(request, PAGE, context, part="modules", message=message, url=url, undo=undo, target="#modules")
