"""A newcomer's own first days: what is done and what waits, the setup guide, the training, the introduction."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import provisioning as forms
from orgs.markdown import to_html
from orgs.models import TrainingModule
from orgs.queries import newcomer as queries
from orgs.web import ConsoleRequest, page, see_other

PAGE, MODULE = "orgs/first_days.html", "orgs/first_days_module.html"


@require_safe
def first_days(request: ConsoleRequest) -> HttpResponse:
    return _first_days(request, forms.Post())


def _first_days(request: ConsoleRequest, form: forms.Post) -> HttpResponse:
    require(request.member, Action.PROVISIONING_VIEW, request.member)
    shown = queries.first_days(request.member, timezone.now())
    if shown.introduction and not form.is_bound:
        form.initial = {"text": shown.introduction.text}
    return page(request, PAGE, {"shown": shown, "form": form}, status=422 if form.is_bound else 200)


@require_POST
def introduce(request: ConsoleRequest) -> HttpResponse:
    form = forms.Post(request.POST)
    if not form.is_valid():
        return _first_days(request, form)
    actions.provisioning.introduce(request.member, request.member, text=form.cleaned_data["text"])
    messages.success(request, _("Your introduction is posted. It counts when it was read."))
    return see_other(_here(request))


@require_http_methods(["GET", "HEAD", "POST"])
def module(request: ConsoleRequest, module_id: int) -> HttpResponse:
    found = get_object_or_404(TrainingModule.objects.visible_to(request.member), pk=module_id)
    if request.method == "POST":
        actions.training.confirm(request.member, request.member, module=found)
        messages.success(request, _("“%(title)s” is confirmed.") % {"title": found})
        return see_other(_here(request))
    mine = next((row for row in queries.modules(request.member) if row.id == found.pk), None)
    return page(request, MODULE, {"module": found, "mine": mine, "html": to_html(found.text)})


def _here(request: ConsoleRequest) -> str:
    return reverse("first_days", args=[request.org.slug])
