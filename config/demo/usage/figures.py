"""The figures that the overview shall show for each 30 days of the demo."""

from __future__ import annotations

from dataclasses import dataclass, replace

RANGE_DAYS = 30
RANGES = 3
# Use grows evenly over the 90 days, from this share of its last day.
FIRST_DAY_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Figures:
    """What 30 days add up to; shares of models and use cases as product.md section 6 defines them.

    The heaviest hours are the curve of the day: messages an hour, in thousandths, from 6 o'clock.
    """

    active: int
    conversations: int
    member_days: int
    messages: int
    responses: int
    files: int
    integration_calls: int
    refusals: int
    errors: int
    cost_nanos: int
    models: dict[str, float]
    integrations: dict[str, float]
    use_cases: dict[str, float]
    day_curve: tuple[int, ...]


NORTHWIND = Figures(
    active=247,
    conversations=3_847,
    member_days=3_840,
    messages=27_412,
    responses=28_934,
    files=1_205,
    integration_calls=15_623,
    refusals=164,
    errors=92,
    cost_nanos=8_456_000_000_000,
    models={"advanced-reasoning": 0.45, "standard-creative": 0.32},
    integrations={"team-chat": 0.67, "productivity-suite": 0.45, "crm": 0.23, "code-host": 0.14, "ticketing": 0.08},
    use_cases={
        "analysis": 0.34,
        "content": 0.28,
        "code": 0.19,
        "research": 0.07,
        "translation": 0.04,
        "planning": 0.03,
    },
    #          6  7   8   9  10   11   12   13   14  15  16  17  18  19  20 21
    day_curve=(3, 9, 34, 73, 128, 145, 123, 144, 97, 88, 71, 47, 19, 8, 7, 4),
)
FABRIKAM = Figures(
    active=18,
    conversations=231,
    member_days=210,
    messages=1_310,
    responses=1_404,
    files=66,
    integration_calls=538,
    refusals=9,
    errors=7,
    cost_nanos=318_500_000_000,
    models={"standard-creative": 0.48, "advanced-reasoning": 0.24},
    integrations={"team-chat": 0.72, "crm": 0.39, "productivity-suite": 0.33, "ticketing": 0.17},
    use_cases={"content": 0.41, "planning": 0.22, "analysis": 0.17, "translation": 0.09},
    day_curve=(6, 40, 98, 140, 150, 146, 118, 72, 80, 66, 44, 22, 10, 5, 3, 0),
)


def ranges(last: Figures) -> list[Figures]:
    """The figures of each 30 days, oldest first; only the last ones are exact in money."""
    steps = [(RANGES - 1 - i) * RANGE_DAYS for i in range(RANGES)]
    level = [_level(RANGE_DAYS * RANGES - ago - RANGE_DAYS / 2) for ago in steps]
    return [_earlier(last, share / level[-1]) for share in level[:-1]] + [last]


def day_share(day: float) -> float:
    """How much a day is used against the last of the 90, both without weekends and chance."""
    return _level(day)


def _level(day: float) -> float:
    return FIRST_DAY_SHARE + (1 - FIRST_DAY_SHARE) * day / (RANGE_DAYS * RANGES)


def _earlier(last: Figures, share: float) -> Figures:
    """Less of everything, fewer people, and a mix that was still on its way to the last one."""
    member_days = round(last.member_days * share)
    return replace(
        last,
        active=round(last.active * share**0.4),
        member_days=member_days,
        conversations=round(last.conversations * share),
        messages=round(last.messages * share),
        responses=round(last.responses * share),
        files=round(last.files * share),
        integration_calls=round(last.integration_calls * share),
        refusals=round(last.refusals * share),
        errors=round(last.errors * share),
        models={name: part * (0.75 + 0.25 * share) for name, part in last.models.items()},
        integrations={name: part * (0.6 + 0.4 * share) for name, part in last.integrations.items()},
        use_cases={name: part * (0.85 + 0.15 * share) for name, part in last.use_cases.items()},
    )
