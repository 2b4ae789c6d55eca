"""LiteLLM's webhook (`generic_api`, StandardLoggingPayload of 1.106): what its calls are as events.

A successful call is a `response`, and a `message` beside it where its last message has the role `user`. Embeddings
are neither: no event, and their tokens and cost are not counted. A failure is a `refusal` where a policy caused it
(403, a guardrail, a budget), else an `error`. Texts are read where the monitoring level lets them be.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from analytics import incoming, words
from analytics.incoming import NANOS, Rejected, Said, Sorted, Taken, Unfit
from policies import recognising

_BLOCKED = {"guardrail_intervened", "blocked"}
_CHAT = "x-openwebui-chat-id"
_PERSON_HEADERS = ("x-openwebui-user-email", "x-openwebui-user-id")


def sift(calls: Iterable[Any], now: datetime, *, shared: bool, listens: bool = False) -> Sorted:
    """The events of a body's calls, and the calls that are none; `listens`: with what was said in them."""
    result = Sorted()
    window = incoming.window(now)
    for index, call in enumerate(calls):
        try:
            if not isinstance(call, dict):
                raise Unfit(None, "must be a JSON object")
            found = events_of(call, window, shared=shared)
            for event in found:
                incoming.refuse_unstorable(event)
        except Unfit as reason:
            claimed = call.get("id") if isinstance(call, dict) else None
            result.rejected.append(Rejected(index, incoming.id_of(claimed), reason.field, reason.error))
        else:
            result.taken.extend(found)
            if listens:
                result.said.extend(said_in(call, found))
    return result


def events_of(call: Mapping[str, Any], window: tuple[int, int], *, shared: bool) -> list[Taken]:
    """The events that one call stands for, all of the same member, conversation and time.

    Raises:
        Unfit: it has no id, no usable time, or a number that counts nothing.
    """
    metadata = _map(call.get("metadata"))
    tags = recognising.tags(_map(metadata.get("requester_metadata")).get("use_case"))
    base = Taken(
        id=_id(call),
        at=_at(call, window),
        kind="response",
        member=person(call, metadata, shared=shared)[:254],
        conversation=conversation(call, metadata)[:128],
        workspace=_text(_map(metadata.get("requester_metadata")).get("workspace"))[:100],
        model=(_text(call.get("model_group")) or _text(call.get("model")))[:100],
        integration="",
        use_case=next(iter(tags), "")[:100],
        tokens_in=0,
        tokens_out=0,
        cost_nanos=0,
        bytes=0,
    )
    status = call.get("status")
    if status == "failure":
        kind = "refusal" if _by_policy(call) else "error"
        return [base._replace(id=f"{base.id}:{kind[0]}", kind=kind)]
    if status != "success":
        raise Unfit("status", "must be success or failure")
    if "embedding" in _text(call.get("call_type")):
        return []
    response = base._replace(
        id=f"{base.id}:a",
        tokens_in=_tokens(call, "prompt_tokens"),
        tokens_out=_tokens(call, "completion_tokens"),
        cost_nanos=_cost(call),
    )
    if not _asked_by_a_person(call.get("messages")):
        return [response]
    return [base._replace(id=f"{base.id}:m", kind="message"), response]


def said_in(call: Mapping[str, Any], events: Iterable[Taken]) -> Iterator[Said]:
    """The words of a call's events: the last message is what the person wrote, the first choice what was answered."""
    asked = call.get("messages")
    last = _map(asked[-1]) if isinstance(asked, list) and asked else {}
    choices = _map(call.get("response")).get("choices")
    first = _map(_map(choices[0]).get("message")) if isinstance(choices, list) and choices else {}
    for event in events:
        if event.kind in ("message", "response"):
            text = content(last if event.kind == "message" else first)
            if text or event.use_case:
                yield event, "", text


def content(message: Mapping[str, Any]) -> str:
    """The text of a message; of one in parts, that of its parts."""
    said = message.get("content")
    parts = said if isinstance(said, list) else [{"text": said}]
    return "\n".join(filter(None, (words.readable(_map(part).get("text")) for part in parts)))


def person(call: Mapping[str, Any], metadata: Mapping[str, Any], *, shared: bool) -> str:
    """Whose call it is: the key owner's e-mail, else their user id.

    With a `shared` service key the end user that the call names, and never the owner of the proxy's key.
    """
    if not shared:
        return _text(metadata.get("user_api_key_user_email")) or _text(metadata.get("user_api_key_user_id"))
    headers = _headers(metadata)
    named = [call.get("end_user"), metadata.get("user_api_key_end_user_id"), *map(headers.get, _PERSON_HEADERS)]
    return next(filter(None, map(_text, named)), "")


def conversation(call: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Open WebUI's chat, else what the requester calls the conversation, else the session."""
    asked = _map(metadata.get("requester_metadata"))
    named = [
        _headers(metadata).get(_CHAT),
        asked.get("conversation_id"),
        call.get("session_id"),
        metadata.get("session_id"),
    ]
    return next(filter(None, map(_text, named)), "")


def _by_policy(call: Mapping[str, Any]) -> bool:
    error = _map(call.get("error_information"))
    if _text(error.get("error_code")) == "403" or _map(call.get("status_fields")).get("guardrail_status") in _BLOCKED:
        return True
    name = _text(error.get("error_class"))
    return "Guardrail" in name or "BudgetExceeded" in name


def _id(call: Mapping[str, Any]) -> str:
    """The same for the same call sent again. `id` alone is not: an answer from the cache repeats it."""
    named = _text(call.get("id")), _text(call.get("litellm_call_id"))
    if not any(named):
        raise Unfit("id", "is missing")
    return "litellm-" + blake2b("\0".join(named).encode(errors="replace"), digest_size=16).hexdigest()


def _at(call: Mapping[str, Any], window: tuple[int, int]) -> int:
    seconds = call.get("startTime")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e11:
        raise Unfit("startTime", "must be seconds since 1970")
    at = round(seconds * 1_000_000)
    incoming.refuse_outside(at, window, "startTime")
    return at


def _tokens(call: Mapping[str, Any], field: str) -> int:
    count = call.get(field) or 0
    if isinstance(count, bool) or not isinstance(count, int):
        raise Unfit(field, "must be a whole number")
    if not 0 <= count <= incoming.MOST_TOKENS:
        raise Unfit(field, "must be 0 or more" if count < 0 else f"must be at most {incoming.MOST_TOKENS}")
    return count


def _cost(call: Mapping[str, Any]) -> int:
    """LiteLLM reckons in floats: the nearest nano-USD."""
    cost = call.get("response_cost") or 0
    if isinstance(cost, bool) or not isinstance(cost, int | float) or cost != cost:
        raise Unfit("response_cost", "must be a number of USD")
    # Compared, never turned: an integer may be larger than any float.
    if not 0 <= cost <= incoming.MOST_COST:
        raise Unfit("response_cost", "must be 0 or more" if cost < 0 else f"must be at most {incoming.MOST_COST}")
    return round(cost * NANOS)


def _asked_by_a_person(messages: Any) -> bool:
    return isinstance(messages, list) and bool(messages) and _map(messages[-1]).get("role") == "user"


def _headers(metadata: Mapping[str, Any]) -> dict[str, Any]:
    sent = {
        **_map(_map(metadata.get("requester_metadata")).get("headers")),
        **_map(metadata.get("requester_custom_headers")),
    }
    return {str(name).lower(): value for name, value in sent.items()}


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Short texts and numbers as text; anything else is nothing."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else ""
