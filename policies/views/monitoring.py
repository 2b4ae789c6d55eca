"""Monitoring: the queue of flagged messages and their reviews; reading what was written, with a purpose."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.models import Member
from orgs.views import lists
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, done, page, posted
from policies import actions
from policies.forms import monitoring as forms
from policies.models import FlaggedMessage, HeardConversation
from policies.queries import conversations as talks
from policies.queries import monitoring as queries

QUEUE, ONE = "policies/monitoring.html", "policies/monitoring_flagged.html"
TALKS, TALK = "policies/monitoring_conversations.html", "policies/monitoring_read.html"


@require_safe
def queue(request: ConsoleRequest) -> HttpResponse:
    form = forms.Find(request.GET)
    status = 200 if form.is_valid() else 422
    return page(request, QUEUE, _context(request, form), part="list", status=status)


@require_POST
def bulk(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MONITORING_REVIEW, request.org)
    form, find = forms.Bulk(request.POST), forms.Find(request.GET)
    if not form.is_valid():
        return page(request, QUEUE, _context(request, find) | {"problem": form}, part="list", status=422)
    rows = lists.ticked(FlaggedMessage.objects.visible_to(request.member), form.cleaned_data["ids"])
    outcomes = actions.monitoring.decide(request.member, list(rows), state=form.cleaned_data["state"])
    context, refused = _context(request, find), [one.reason for one in outcomes if one.outcome == "refused"]
    n = len(outcomes) - len(refused)
    said = ngettext("%(n)s message is reviewed.", "%(n)s messages are reviewed.", n) % {"n": n}
    message = " ".join([said, *dict.fromkeys(refused)])
    return done(request, QUEUE, context, part="list", message=message, url=_here(request))


@require_http_methods(["GET", "HEAD", "POST"])
def flagged(request: ConsoleRequest, flagged_id: int) -> HttpResponse:
    found = _find(request, flagged_id)
    form = forms.Review(posted(request), actor=request.member, flagged=found)
    if not form.is_valid():
        return page(request, ONE, _one(request, found, form), part="review", status=422 if form.is_bound else 200)
    before = found.assignee_id
    actions.monitoring.review(request.member, found, **form.cleaned_data)
    said = _reviewed(request.member, found, before)
    return done(request, ONE, _one(request, found, form), part="review", message=said, url=request.path)


def _reviewed(actor: Member, found: FlaggedMessage, before: int | None) -> str:
    """Who looks after it, where that is somebody else than before."""
    now = found.assignee
    if now is None or now.pk == before:
        return _("Saved.")
    return _("You look after it.") if now == actor else _("%(name)s looks after it.") % {"name": now}


@require_http_methods(["GET", "HEAD", "POST"])
def content(request: ConsoleRequest, flagged_id: int) -> HttpResponse:
    found = _find(request, flagged_id)
    require(request.member, Action.MONITORING_READ, request.org)
    form = forms.Purpose(posted(request))
    if not form.is_valid():
        back = reverse("monitoring_flagged", args=[request.org.slug, found.pk])
        return _ask(request, found.member_name, form, target="#content", back=back, row=found)
    text = actions.monitoring.read(request.member, found, **form.cleaned_data)
    review = forms.Review(actor=request.member, flagged=found)
    return page(request, ONE, _one(request, found, review) | {"text": text, "was_read": True}, part="content")


@require_safe
def conversations(request: ConsoleRequest) -> HttpResponse:
    form = forms.FindConversation(request.GET)
    status = 200 if form.is_valid() else 422
    context = {"list": talks.conversations(request.member, **form.asked()), "form": form}
    base = reverse("monitoring_conversations", args=[request.org.slug])
    return page(request, TALKS, {**context, "base": base}, part="list", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: ConsoleRequest, heard_id: int) -> HttpResponse:
    seen = HeardConversation.objects.visible_to(request.member).select_related("org")
    found: HeardConversation = get_object_or_404(seen, pk=heard_id)
    require(request.member, Action.MONITORING_READ, found)
    form = forms.Purpose(posted(request))
    if not form.is_valid():
        back = reverse("monitoring_conversations", args=[request.org.slug])
        return _ask(request, found.member_name, form, target="", back=back)
    actions.monitoring.read_conversation(request.member, found, **form.cleaned_data)
    return page(request, TALK, {"heard": found, "said": talks.said_in(found)}, part="said")


def _find(request: ConsoleRequest, flagged_id: int) -> FlaggedMessage:
    """A flagged message that the reader can see; 403 for others who belong here, else 404."""
    require(request.member, Action.MONITORING_VIEW, request.org)
    seen = FlaggedMessage.objects.visible_to(request.member)
    related = ("org", "member__user", "team", "assignee__user")
    found: FlaggedMessage = get_object_or_404(seen.select_related(*related), pk=flagged_id)
    return found


def _here(request: ConsoleRequest) -> str:
    said = urlencode(forms.Find(request.GET).filters().said())
    base = reverse("monitoring", args=[request.org.slug])
    return f"{base}?{said}" if said else base


def _context(request: ConsoleRequest, form: forms.Find) -> dict[str, Any]:
    shown = queries.queue(request.member, form.filters(), **form.place())
    context = {"list": shown, "form": form, "choices": queries.choices(request.member)}
    return context | {"base": reverse("monitoring", args=[request.org.slug]), "states": forms.STATES}


def _one(request: ConsoleRequest, found: FlaggedMessage, form: forms.Review) -> dict[str, Any]:
    shown = queries.level(request.member, [found.member_id])
    return {"row": queries.row_of(found, shown), "level": shown, "form": form, "has_text": bool(found.text)}


def _ask(request: ConsoleRequest, name: str, form: forms.Purpose, **more: Any) -> HttpResponse:
    """What reading does, with the purpose to be stated."""
    panel = queries.reading(request.member, name or _("somebody unknown"))
    home = reverse("monitoring", args=[request.org.slug])
    return ask(request, panel, form, home=home, home_label=_("Monitoring"), **more)
