"""LiteLLM's generic guardrail (`litellm_basic_guardrail_api`): a call is judged before it reaches its model.

The answer is the engine's on `model.use`: the model, what the texts are about, the member's standing and limits; a call
that names no model is judged by all the rest. Members are found and tags are read as by the webhook; a call of nobody
whom the organization knows is blocked, and one of a model that no row can be called. No text is kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from analytics import body, litellm
from orgs.access import Action, ask
from orgs.decision import to_themself
from orgs.keys import KeyRequest, door, x_api_key
from orgs.models import ServiceKey
from orgs.queries.members.named import can_be_asked
from policies import recognising, watching
from workspaces.decisions.people import subjects_named

NONE, BLOCKED = "NONE", "BLOCKED"


class Call(msgspec.Struct):
    """What LiteLLM asks with, as far as it is read; the rest is left alone."""

    input_type: str = "request"
    texts: list[str] | None = None
    structured_messages: list[Any] | None = None
    model: str | None = None
    request_data: dict[str, Any] | None = None
    request_headers: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(Call).decode


@require_POST
@door(Action.DECISIONS_READ, sent=x_api_key, decides=True)
def judge(request: KeyRequest) -> HttpResponse:
    """Let a call through (`NONE`), or block it with the reason, in words to the person. Always 200 for a call."""
    try:
        call = _decode(body.read(request))
    except body.Unreadable as reason:
        return JsonResponse({"error": reason.error}, status=reason.status)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # the last: nested too deep
        return JsonResponse({"error": f"This is no call of LiteLLM's guardrail: {error}"}, status=422)
    refused = "" if call.input_type == "response" else refusal(request.key, call, now=timezone.now())
    return JsonResponse({"action": BLOCKED, "blocked_reason": refused} if refused else {"action": NONE})


def refusal(key: ServiceKey, call: Call, *, now: datetime) -> str:
    """Why a call must not reach its model; empty where it may. As many queries as one decision."""
    name = _person(key, call)
    if not name:
        return f"The call names nobody whom {key.org} could know. Forward who is asking, or give the key an e-mail."
    subject = subjects_named(key.org, [name]).get(name)
    if subject is None:
        return f"{key.org} has no member {name}."
    if call.model and not can_be_asked(call.model):
        return "There is no model of this name."
    asked: dict[str, Any] = {"model": call.model} if call.model else {}
    asked |= _use_cases(call, watching.told_by(subject.policies, _text(call), now))
    decision = ask(subject, Action.MODEL_USE, key.org, now, asked)
    return "" if decision.allowed else to_themself(decision.reason, subject.name)


def _person(key: ServiceKey, call: Call) -> str:
    data: Mapping[str, Any] = call.request_data or {}
    named = {"end_user": data.get("user_api_key_end_user_id")}
    metadata = {**data, "requester_custom_headers": call.request_headers or {}}
    return litellm.person(named, metadata, shared=key.shared)[:254]


def _text(call: Call) -> str:
    """What is asked: the texts, else the messages that they are taken from."""
    if any(call.texts or ()):
        return "\n".join(call.texts or ())
    return "\n".join(litellm.content(one) for one in call.structured_messages or () if isinstance(one, dict))


def _use_cases(call: Call, told: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What the texts tell, and the platform's tags."""
    said = (call.request_data or {}).get("requester_metadata")
    tags = recognising.tags(said.get("use_case")) if isinstance(said, dict) else ()
    found = (*told.get("use_case", ()), *tags)
    return {"use_case": found} if found else {}
