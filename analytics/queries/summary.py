"""The overview as `GET /api/v1/usage/summary` answers it: flat, money as decimal strings."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from analytics.queries.overview import Overview, Share

_FIGURES = (
    "active_members",
    "members",
    "conversations",
    "messages",
    "responses",
    "files",
    "integration_calls",
    "refusals",
    "errors",
    "tokens_in",
    "tokens_out",
    "cost",
    "cost_per_active_day",
    "cost_per_response",
    "daily_active",
    "peak_from",
    "peak_to",
)


def summary(found: Overview, *, cost: bool) -> dict[str, Any]:
    """`found` for a machine; without `cost` no amount of money is in it. No query."""
    figures = {name: getattr(found.figures, name) for name in _FIGURES}
    if figures["daily_active"] is not None:
        figures["daily_active"] = round(figures["daily_active"], 2)
    answer = {
        "from": found.period.first,
        "to": found.period.last,
        "timezone": found.freshness.zone,
        **figures,
        "models": [{"model": share.value, "responses": share.number, **_split(share)} for share in found.models],
        "integrations": [
            {"integration": share.value, "active_members": share.number, "share": round(share.share, 4)}
            for share in found.integrations
        ],
        "use_cases": [
            {"use_case": share.value, "conversations": share.number, "share": round(share.share, 4)}
            for share in found.use_cases
        ],
        "days": [asdict(day) for day in found.days],
        "unattributed": asdict(found.unattributed),
        "rolled_up_at": found.freshness.rolled_up_at,
    }
    return answer if cost else _without_cost(answer)


def _split(share: Share) -> dict[str, Any]:
    numbers = {"tokens_in": share.tokens_in, "tokens_out": share.tokens_out, "cost": share.cost}
    return {"share": round(share.share, 4), **numbers}


def _without_cost(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_cost(inner) for name, inner in value.items() if not name.startswith("cost")}
    if isinstance(value, list):
        return [_without_cost(inner) for inner in value]
    return None if isinstance(value, Decimal) else value
