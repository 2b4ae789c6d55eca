"""Events as clients send them, and what they add up to by a reference that knows nothing of the product's code."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from analytics import drain

NOON = datetime.combine(timezone.now().astimezone(UTC).date() - timedelta(days=3), datetime.min.time(), UTC).replace(
    hour=12
)


def event(id, kind="message", *, at=NOON, **fields):
    return {"id": str(id), "at": at.isoformat(), "kind": kind, **fields}


def post(client, secret, body, *, path="/api/v1/events", content_type="application/json", **headers):
    """A body, or events as JSON, as the bearer of `secret`."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Authorization": f"Bearer {secret}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return client.post(path, raw, content_type=content_type, headers=headers)


def send(client, secret, events):
    """Send, count, and give the batch's outcome."""
    answer = post(client, secret, events)
    assert answer.status_code == 202, answer.content
    drain.run()
    return outcome(client, secret, answer.json()["batch"])


def outcome(client, secret, batch):
    return client.get(f"/api/v1/events/batches/{batch}", headers={"Authorization": f"Bearer {secret}"}).json()


def reference(events, zone, first, last):
    """The figures of product.md 6 over the days `first` to `last`, counted from the events themselves."""
    events = list({one["id"]: one for one in reversed(events)}.values())  # the first of an id stands
    uses = use_cases(events)
    there = [(_local(one, zone), one) for one in events if first <= _local(one, zone).date() <= last]
    sent = [(at, one) for at, one in there if one["kind"] == "message"]
    active = {one["member"] for _, one in sent if one.get("member")}
    talked = {
        one["conversation"] for _, one in there if one["kind"] in ("message", "response") and one.get("conversation")
    }
    users = defaultdict(set)
    for _, one in there:
        if one["kind"] == "integration_call" and one.get("member") and one.get("integration"):
            users[one["integration"]].add(one["member"])
    kinds = Counter(one["kind"] for _, one in there)
    return {
        "active": len(active),
        "daily": len({(at.date(), one["member"]) for at, one in sent if one.get("member")}),
        "conversations": len(talked),
        "messages": kinds["message"],
        "responses": kinds["response"],
        "files": kinds["file"],
        "calls": kinds["integration_call"],
        "cents": sum(round(float(one.get("cost", 0)) * 100) for _, one in there),
        "hours": dict(Counter(at.hour for at, _ in sent)),
        "models": dict(Counter(one.get("model", "") for _, one in there if one["kind"] == "response")),
        "users": {name: len(who & active) for name, who in users.items()},
        "cases": dict(Counter(uses.get(conversation, "") for conversation in talked)),
    }


def use_cases(events):
    """The use case of each conversation: that of its first event that names one."""
    found = {}
    for one in sorted(events, key=lambda one: (datetime.fromisoformat(one["at"]), one["id"])):
        if one.get("use_case") and one.get("conversation"):
            found.setdefault(one["conversation"], one["use_case"])
    return found


def _local(one, zone):
    return datetime.fromisoformat(one["at"]).astimezone(ZoneInfo(zone))
