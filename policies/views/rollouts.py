"""Rollouts: the list, planning one, one with its stages, its deeds, its people, and what those say."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from orgs import tables
from orgs.access import Action, require
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted, see_other
from policies import actions
from policies.forms import rollouts as forms
from policies.models import Rollout
from policies.queries import rollouts as queries
from policies.queries import rollouts_panels as panels
from policies.queries import rollouts_people as on_people
from policies.queries import rollouts_plans as plans

LIST, ONE, FORM = "policies/rollouts.html", "policies/rollout.html", "policies/rollout_form.html"
PEOPLE, ANSWER = "policies/rollout_people.html", "policies/rollout_answer.html"
DEEDS: dict[str, Callable[..., None]] = {
    "start": actions.rollouts.start,
    "advance": actions.rollouts.advance,
    "pause": actions.rollouts.pause,
    "resume": actions.rollouts.resume,
    "back": actions.rollouts.go_back,
    "finish": actions.rollouts.finish,
    "discard": actions.rollouts.discard,
}
SAID = {
    "start": gettext_lazy("“%(name)s” is started."),
    "advance": gettext_lazy("The next stage of “%(name)s” has begun."),
    "pause": gettext_lazy("“%(name)s” is paused."),
    "resume": gettext_lazy("“%(name)s” goes on."),
    "back": gettext_lazy("The last stage of “%(name)s” is taken back."),
    "finish": gettext_lazy("“%(name)s” is finished: everybody has it."),
    "discard": gettext_lazy("“%(name)s” is discarded."),
}


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ROLLOUT_MANAGE, request.org)
    place = {name: request.GET.get(name, "")[:20] for name in ("before", "after")}
    return page(request, LIST, {"listed": queries.listing(request.member, **place)}, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.ROLLOUT_MANAGE, request.org)
    form = _plan(request, None)
    if not form.is_valid():
        return page(request, FORM, {"form": form}, part="form", status=422 if form.is_bound else 200)
    said = {"name": form.cleaned_data["name"], "stages": form.planned()}
    rollout = actions.rollouts.create(request.member, request.org, form.thing(), **said)
    return _to(request, rollout, _("“%(name)s” is planned. Nothing changes before you start it."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ConsoleRequest, rollout_id: int) -> HttpResponse:
    rollout = _find(request, rollout_id)
    form = _plan(request, rollout)
    if not form.is_valid():
        context = {"form": form, "rollout": rollout}
        return page(request, FORM, context, part="form", status=422 if form.is_bound else 200)
    said = {"name": form.cleaned_data["name"], "stages": form.planned()}
    actions.rollouts.revise(request.member, rollout, **said)
    return _to(request, rollout, _("The plan of “%(name)s” is saved."))


@require_safe
def show(request: ConsoleRequest, rollout_id: int) -> HttpResponse:
    rollout = _find(request, rollout_id)
    return page(request, ONE, {"shown": queries.one(rollout, timezone.now())})


@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: ConsoleRequest, rollout_id: int, deed: str) -> HttpResponse:
    rollout = _find(request, rollout_id, deed)
    form = _reason(rollout, deed)(posted(request))
    if not form.is_valid():
        return _ask(request, rollout, deed, form)
    DEEDS[deed](request.member, rollout, **form.cleaned_data)
    return _to(request, rollout, str(SAID[deed]))


@require_safe
def people(request: ConsoleRequest, rollout_id: int) -> HttpResponse:
    rollout = _find(request, rollout_id)
    show = "next" if request.GET.get("show") == "next" else "in"
    place = {name: request.GET.get(name, "")[:20] for name in ("before", "after")}
    context = {"rollout": rollout, "show": show, "listed": on_people.listing(rollout, show, **place)}
    return page(request, PEOPLE, context, part="list")


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest, rollout_id: int) -> HttpResponseBase:
    rollout = _find(request, rollout_id)
    actions.rollouts_people.export(request.member, rollout)
    found = on_people.exported(request.member, rollout)
    return tables.download(f"{request.org.slug}-rollout.csv", on_people.COLUMNS, found)


@require_POST
def answer(request: ConsoleRequest, rollout_id: int) -> HttpResponse:
    seen = Rollout.objects.visible_to(request.member).select_related("org")
    rollout, form = get_object_or_404(seen, pk=rollout_id), forms.Answer(request.POST)
    if not form.is_valid():
        return page(request, ANSWER, {"rollout": rollout, "form": form}, part="question", status=422)
    actions.rollouts_people.answer(request.member, rollout, **form.cleaned_data)
    said = _("Thank you: your answer is noted.") if form.cleaned_data["score"] else _("You are not asked again.")
    own = reverse("overview", args=[request.org.slug])
    return done(request, ANSWER, {"rollout": rollout, "said": said}, part="said", message=said, url=own)


def _find(request: ConsoleRequest, rollout_id: int, deed: str = "") -> Rollout:
    require(request.member, Action.ROLLOUT_MANAGE, request.org)
    if deed and deed not in panels.DEEDS:
        raise Http404
    seen = Rollout.objects.visible_to(request.member).select_related("org", "owner__user", "version")
    return get_object_or_404(seen, pk=rollout_id)


def _plan(request: ConsoleRequest, rollout: Rollout | None) -> forms.Plan:
    """The form of a plan: of a new one with the stages by default, else with those that have not begun."""
    data, org = posted(request), request.org
    who = plans.audiences(org)
    if rollout is None:
        found = plans.things(request.member)
        stages = [forms.values_of(stage, org, why) for stage, why in plans.thin(org, plans.by_default(org))]
        return forms.Plan(data, org=org, who=who, stages=stages, things=found, grouped=plans.grouped(found))
    ahead, begun = plans.to_come(rollout)
    stages = [forms.values_of(stage, org, why) for stage, why in plans.thin(org, ahead, rollout)]
    initial = {"name": rollout.name}
    return forms.Plan(data, org=org, who=who, stages=stages, things=None, least=0 if begun else 1, initial=initial)


def _reason(rollout: Rollout, deed: str) -> type[Form]:
    """What a deed takes: for the next stage a reason where gates are not met."""
    if deed == "advance" and queries.is_held_up(rollout, timezone.now()):
        return forms.Reasoned
    return forms.Reason if deed == "pause" else forms.Confirm


def _ask(request: ConsoleRequest, rollout: Rollout, deed: str, form: Form) -> HttpResponse:
    above = {"home": reverse("rollouts", args=[request.org.slug]), "home_label": _("Rollouts")}
    back = reverse("rollouts_page", args=[request.org.slug, rollout.pk])
    return ask(request, panels.asking(rollout, deed, timezone.now()), form, **above, row=rollout, back=back)


def _to(request: ConsoleRequest, rollout: Rollout, said: str) -> HttpResponse:
    messages.success(request, said % {"name": rollout})
    return see_other(reverse("rollouts_page", args=[request.org.slug, rollout.pk]))
