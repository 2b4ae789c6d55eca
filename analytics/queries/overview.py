"""The overview of product.md 6, for an organization or any other subject, over any range, beside the range before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from analytics import subjects
from analytics.models import MemberDay
from analytics.models.totals import COUNTS, MEASURES
from analytics.queries import freshness, money
from analytics.queries.freshness import Freshness
from analytics.queries.periods import Period
from analytics.queries.reading import NOTHING, Reading, Sums, read
from orgs.models import Member, Organization


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of product.md 6, under their names. None: no source has ever reported it."""

    active_members: int | None
    members: int
    conversations: int | None
    messages: int | None
    responses: int | None
    files: int | None
    integration_calls: int | None
    refusals: int | None
    errors: int | None
    tokens_in: int | None
    tokens_out: int | None
    cost: Decimal | None
    cost_per_active_day: Decimal | None
    cost_per_response: Decimal | None
    daily_active: float | None
    peak_from: int | None
    peak_to: int | None

    @property
    def active_share(self) -> float | None:
        return None if self.active_members is None or not self.members else self.active_members / self.members


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the range; the sum of the days is the range, distinct members and conversations excepted."""

    day: date
    active_members: int
    conversations: int
    messages: int
    responses: int
    files: int
    integration_calls: int
    refusals: int
    errors: int
    tokens_in: int
    tokens_out: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """One value of a split: its number and its share of the whole (see the overview's fields).

    An empty `value` is what names none; with it the rows add up to the card.
    """

    value: str
    number: int
    share: float
    cost: Decimal
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Unattributed:
    """What was reported of people whom nobody here knows; it is part of every figure but the active members."""

    events: int
    messages: int
    responses: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """All panels. `models` share responses, `use_cases` conversations; `integrations` tell how many of the active

    members used each, so their shares may add up to more than 1. `heat` is messages by weekday (Monday first) and
    hour; `hours` by hour alone. `by_workspace` are the sums of each workspace, in the order of MEASURES.
    """

    subject: str
    period: Period
    figures: Figures
    before: Figures
    days: tuple[Day, ...]
    heat: tuple[tuple[int, ...], ...]
    hours: tuple[int, ...]
    models: tuple[Share, ...]
    integrations: tuple[Share, ...]
    use_cases: tuple[Share, ...]
    by_workspace: Mapping[str, Sums]
    unattributed: Unattributed
    freshness: Freshness

    @property
    def happened_after(self) -> bool:
        """Whether the range is empty only because it ends before the events of today."""
        empty = not any(getattr(day, name) for day in self.days for name in COUNTS)
        return bool(empty and self.freshness.events_today and self.period.last < self.freshness.today)


def overview(org: Organization, period: Period, subject: str = subjects.ORGANIZATION) -> Overview:
    """Every panel for `subject` (see `analytics.models.totals`) in `period`. 16 queries, 11 for a member."""
    fresh = freshness.of(org, subject)
    now = read(fresh.book, subject, period, *subjects.DIMENSIONS)
    before = read(fresh.book, subject, period.before)
    counted, counted_before = _members(org, subject, period)
    hours = _hours(now)
    return Overview(
        subject=subject,
        period=period,
        figures=_figures(now, period, counted, fresh.reported),
        before=_figures(before, period.before, counted_before, fresh.reported),
        days=tuple(_day(now, day) for day in period.days()),
        heat=_heat(now),
        hours=hours,
        models=_shares(now.values[subjects.MODEL], "responses"),
        integrations=_used(now),
        use_cases=_talked(now),
        by_workspace=dict(now.values[subjects.WORKSPACE]),
        unattributed=_unattributed(fresh.book, subject, period),
        freshness=fresh,
    )


def peak(hours: tuple[int, ...]) -> tuple[int, int] | None:
    """The shortest run of hours that holds at least half of the messages, end exclusive; the earliest of equals.

    It may pass midnight: (22, 2). The whole day is (0, 24). None without messages. Source: product.md 6.
    """
    total = sum(hours)
    if not total:
        return None
    for length in range(1, 24):
        for start in range(24):
            if 2 * sum(hours[(start + step) % 24] for step in range(length)) >= total:
                return start, (start + length) % 24
    return 0, 24


def _figures(found: Reading, period: Period, members: int, reported: frozenset[str]) -> Figures:
    def told(name: str, number: int) -> int | None:
        return number if name in reported else None

    counts = {name: told(name.removesuffix("s"), found.total(name)) for name in COUNTS}
    nanos = told("cost", found.total("cost_nanos"))
    active = told("message", found.bits().bit_count())
    daily = sum(bits.bit_count() for bits in found.active.values()) / period.length
    run = peak(_hours(found)) or (None, None)
    responses = counts["responses"]
    return Figures(
        active_members=active,
        members=members,
        conversations=told("conversation", sum(found.conversations.values())),
        **counts,
        tokens_in=told("tokens", found.total("tokens_in")),
        tokens_out=told("tokens", found.total("tokens_out")),
        cost=None if nanos is None else money.usd(nanos),
        cost_per_active_day=money.per(nanos, active * period.length) if active and nanos is not None else None,
        cost_per_response=money.per(nanos, responses) if responses and nanos is not None else None,
        daily_active=None if active is None else daily,
        peak_from=run[0],
        peak_to=run[1],
    )


def _day(found: Reading, day: date) -> Day:
    sums = dict(zip(MEASURES, found.days.get(day, NOTHING), strict=True))
    return Day(
        day=day,
        active_members=found.active.get(day, 0).bit_count(),
        conversations=found.seen.get(day, 0),
        **{name: sums[name] for name in (*COUNTS, "tokens_in", "tokens_out")},
        cost=money.usd(sums["cost_nanos"]),
    )


def _hours(found: Reading) -> tuple[int, ...]:
    hours = [0] * 24
    for (_, hour), messages in found.hours.items():
        hours[hour] += messages
    return tuple(hours)


def _heat(found: Reading) -> tuple[tuple[int, ...], ...]:
    heat = [[0] * 24 for _ in range(7)]
    for (day, hour), messages in found.hours.items():
        heat[day.weekday()][hour] += messages
    return tuple(map(tuple, heat))


def _shares(values: Mapping[str, Sums], measure: str) -> tuple[Share, ...]:
    """The values with any of `measure`, the most first."""
    place = MEASURES.index(measure)
    total = sum(sums[place] for sums in values.values())
    return _ranked(_share(value, sums[place], total, sums) for value, sums in values.items() if sums[place])


def _used(found: Reading) -> tuple[Share, ...]:
    """Integrations by the share of active members who called them; `number` counts those members."""
    active = found.bits()
    values = found.values[subjects.INTEGRATION]
    used = ((name, (users & active).bit_count()) for name, users in found.users.items())
    return _ranked(_share(name, number, active.bit_count(), values.get(name, NOTHING)) for name, number in used)


def _talked(found: Reading) -> tuple[Share, ...]:
    total, values = sum(found.conversations.values()), found.values[subjects.USE_CASE]
    talked = found.conversations.items()
    return _ranked(_share(name, number, total, values.get(name, NOTHING)) for name, number in talked)


def _ranked(shares: Iterable[Share]) -> tuple[Share, ...]:
    """The most first; what names no value last."""
    return tuple(sorted(shares, key=lambda share: (share.value == "", -share.number, share.value)))


def _share(value: str, number: int, total: int, sums: Sums) -> Share:
    tokens_in, tokens_out, cost, _ = sums[len(COUNTS) :]
    return Share(value, number, number / total if total else 0.0, money.usd(cost), tokens_in, tokens_out)


def _members(org: Organization, subject: str, period: Period) -> tuple[int, int]:
    """Members on the last day of `period` and of the range before: joined by its end, not removed by then. One query.

    Of a department or team: those who are in it now. Of one member: one. Source: product.md 6.
    """
    members = Member.objects.filter(org=org)
    if subject[:2] in ("d:", "t:", "p:"):
        column = {"d": "department", "t": "team", "p": "pk"}[subject[0]]
        members = members.filter(**{column: int(subject[2:]) or None})
    told = {}
    for name, end in (("now", period.end), ("before", period.before.end)):
        there = Q(joined_at__lt=end) & (Q(removed_at=None) | Q(removed_at__gte=end))
        told[name] = Count("pk", filter=there)
    found = members.aggregate(**told)
    return found["now"], found["before"]


def _unattributed(book: int, subject: str, period: Period) -> Unattributed:
    """Whom nobody knows is of no team: only the whole organization has any. One query."""
    days = MemberDay.objects.filter(org_id=book, member=0, day__range=(period.first, period.last))
    if subject != subjects.ORGANIZATION:
        days = days.none()
    sums = [sum(column) for column in zip(NOTHING, *days.values_list(*MEASURES), strict=True)]
    cost = sums[MEASURES.index("cost_nanos")]
    return Unattributed(sum(sums[: len(COUNTS)]), sums[0], sums[1], money.usd(cost))
