"""A subject's totals as they are in the tables, read the same way whatever the subject is.

A member's come from `MemberDay`, everybody else's from the four tables of totals: see `analytics.models.totals`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from django.db.models import Q, Sum

from analytics import subjects
from analytics.models import ActiveDay, ConversationTotal, HourTotal, MemberDay, UsageTotal
from analytics.models.totals import MEASURES, MemberSplit
from analytics.queries.periods import Period

_split = msgspec.msgpack.Decoder(MemberSplit).decode
Sums = tuple[int, ...]  # in the order of MEASURES
NOTHING: Sums = (0,) * len(MEASURES)


@dataclass(slots=True)
class Reading:
    """What is known of a subject in a range.

    `days` are its sums by day, `values` those by dimension and value, `hours` messages by day and hour, `active`
    members as a bitmap by day, `users` as one bitmap by integration, `conversations` distinct ones by use case and
    `seen` those of each day.
    """

    days: dict[date, Sums] = field(default_factory=dict)
    values: dict[str, dict[str, Sums]] = field(default_factory=lambda: defaultdict(dict))
    hours: dict[tuple[date, int], int] = field(default_factory=dict)
    active: dict[date, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    conversations: dict[str, int] = field(default_factory=dict)
    seen: dict[date, int] = field(default_factory=dict)

    def total(self, measure: str) -> int:
        place = MEASURES.index(measure)
        return sum(sums[place] for sums in self.days.values())

    def bits(self) -> int:
        """Everybody who was active on any of the days."""
        everybody = 0
        for bits in self.active.values():
            everybody |= bits
        return everybody


def read(book: int, subject: str, period: Period, *dimensions: str) -> Reading:
    """All that `book` has of `subject` in `period`, split by `dimensions`. 6 queries, 5 without, 3 for a member."""
    found = _member(book, subject, period) if subject.startswith("p:") else _totals(book, subject, period, dimensions)
    _conversations(found, book, subject, period)
    return found


def _totals(book: int, subject: str, period: Period, dimensions: Iterable[str]) -> Reading:
    found = Reading()
    of: dict[str, Any] = {"org_id": book, "subject": subject, "day__range": (period.first, period.last)}
    usage = UsageTotal.objects.filter(**of)
    for day, *sums in usage.filter(dimension="").values_list("day", *MEASURES):
        found.days[day] = tuple(sums)
    parts = usage.filter(dimension__in=list(dimensions)).values_list("dimension", "value")
    for dimension, value, *sums in parts.annotate(*(Sum(measure) for measure in MEASURES)):
        found.values[dimension][value] = tuple(sums)
    if own := subjects.OWN.get(subject[:1]):  # kept whole only: it has one value
        found.values[own] = {subject[2:]: tuple(map(sum, zip(*found.days.values(), strict=True)))} if found.days else {}
    for day, hour, messages in HourTotal.objects.filter(**of).values_list("day", "hour", "messages"):
        found.hours[day, hour] = messages
    for integration, day, bits in ActiveDay.objects.filter(**of).values_list("integration", "day", "bits"):
        who = int.from_bytes(bytes(bits), "little")
        if integration:
            found.users[integration] |= who
        else:
            found.active[day] = who
    return found


def _member(book: int, subject: str, period: Period) -> Reading:
    """A member's days; their bitmap has one bit, the first."""
    found = Reading()
    models: dict[str, int] = defaultdict(int)
    calls: dict[str, int] = defaultdict(int)
    rows = MemberDay.objects.filter(org_id=book, member=int(subject[2:]), day__range=(period.first, period.last))
    for day, detail, *sums in rows.values_list("day", "detail", *MEASURES):
        found.days[day] = tuple(map(int.__add__, found.days.get(day, NOTHING), sums))
        split = _split(bytes(detail)) if detail else MemberSplit()
        for hour, messages in split.hours.items():
            found.hours[day, hour] = found.hours.get((day, hour), 0) + messages
            found.active[day] = 1
        for model, responses in split.models.items():
            models[model] += responses
        for integration, number in split.integrations.items():
            calls[integration] += number
            found.users[integration] = 1
    found.values[subjects.MODEL] = _alone(models, "responses", found)
    found.values[subjects.INTEGRATION] = _alone(calls, "integration_calls", found)
    return found


def _alone(values: dict[str, int], measure: str, found: Reading) -> dict[str, Sums]:
    """`values` of one measure as sums, with what names no value under the empty one."""
    place, total = MEASURES.index(measure), found.total(measure)
    values = {**values, "": total - sum(values.values())}
    return {value: (*NOTHING[:place], number, *NOTHING[place + 1 :]) for value, number in values.items() if number}


def of_conversations(subjects_: Iterable[str]) -> Q:
    """Where the conversations of subjects are: a use case's are those of the organization that have it."""
    named = list(subjects_)
    uses = [subject[2:] for subject in named if subject.startswith("u:")]
    others = [subject for subject in named if not subject.startswith("u:")]
    where = Q(subject__in=others)
    return where | Q(subject=subjects.ORGANIZATION, use_case__in=uses) if uses else where


def _conversations(found: Reading, book: int, subject: str, period: Period) -> None:
    rows = ConversationTotal.objects.filter(
        of_conversations([subject]), org_id=book, day__range=(period.first, period.last)
    )
    distinct = rows.filter(previous_day__lt=period.first).values_list("use_case").annotate(Sum("conversations"))
    found.conversations = {use_case: number for use_case, number in distinct if number}
    found.seen = dict(rows.values_list("day").annotate(Sum("conversations")))
