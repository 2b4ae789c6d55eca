"""Connect a platform: configuration to copy, a test event, a test decision, and what has arrived."""

import json
from typing import Any
from uuid import uuid4

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analytics import ingest
from analytics.forms.connect import Ask, Sent
from analytics.queries import connect as queries
from orgs.access import Action, require
from orgs.web import ConsoleRequest, done, page, posted
from workspaces.decisions import answers, wire

PAGE = "analytics/connect.html"


@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: ConsoleRequest) -> HttpResponse:
    """The page, asked again while a test event is on its way; posted, with the answer to a test decision."""
    require(request.member, Action.INGEST_VIEW, request.org)
    form, batch = Ask(posted(request)), Sent(request.GET).batch()
    if not form.is_bound:
        return page(request, PAGE, _shown(request, form, batch=batch), part="sources")
    if not form.is_valid():
        return page(request, PAGE, _shown(request, form), part="ask", status=422)
    return page(request, PAGE, _shown(request, form, _answer(request, form.cleaned_data["model"])), part="ask")


@require_POST
def event(request: ConsoleRequest) -> HttpResponse:
    """Send one message of the reader's, as a platform does: it goes the whole way and is counted."""
    require(request.member, Action.INGEST_VIEW, request.org)
    now = timezone.now()
    sent = {"id": f"test-{uuid4()}", "at": now.isoformat(), "kind": "message", "member": str(request.member.pk)}
    found = ingest.read_events(json.dumps([sent]).encode(), now)
    batch = ingest.store(request.org, None, queries.TEST, found, now)
    said = _("The test event was sent. It counts as one message of yours.")
    url = f"{reverse('connect', args=[request.org.slug])}?sent={batch.pk}"
    return done(request, PAGE, _shown(request, Ask(), batch=batch.pk), part="sources", message=said, url=url)


def _answer(request: ConsoleRequest, model: str) -> dict[str, Any]:
    """What AuthZEN answers to whether the reader may use a model: as it goes over the wire, and in a word."""
    asked = {"subject": {"type": "member", "id": str(request.member.pk)}, "action": {"name": "model.use"}}
    question = wire.parsed(json.dumps(asked | {"resource": {"type": "model", "id": model}}).encode(), wire.Evaluation)
    answer = answers.one(request.org, question, now=timezone.now())
    text = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
    return {"json": text, "allowed": answer["decision"], "reason": "".join(answer["context"]["reason_user"].values())}


def _shown(request: ConsoleRequest, form: Ask, answer: Any = None, batch: int = 0) -> dict[str, Any]:
    shown = {"connect": queries.shown(request.member, timezone.now()), "form": form, "answer": answer}
    return shown | {"sent": queries.sent(request.member, batch) if batch else None}
