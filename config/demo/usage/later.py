"""The days after the 90, added as they come: each is like the one thirty days before it.

So any 30 days add up to what the first ones did, and the overview of the demo is the same on every day. The price:
weekdays move, as 30 is no multiple of seven.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from config.demo.people import Company, Person
from config.demo.usage.answers import Event
from config.demo.usage.figures import RANGE_DAYS

Days = Sequence[list[Event]]


def later(company: Company, events: list[Event], seed: int, today: date, until: date) -> Iterator[tuple[date, Event]]:
    """The events of the days from `today` to `until`, both included, each with its day.

    `events` are those of the 90 days before `today`. The same arguments give the same events with the same ids.
    """
    by_day: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_day[event["at"][:10]].append(event)
    past = (today - timedelta(days=ago) for ago in range(RANGE_DAYS, 0, -1))
    window = deque((by_day[str(day)] for day in past), maxlen=RANGE_DAYS)
    for ahead in range((until - today).days + 1):
        day = today + timedelta(days=ahead)
        instead = _stand_ins(Random(f"{seed}:{company.slug}:{day}"), company, window, ahead)
        prefix = f"{company.slug}-{seed}-{today:%Y%m%d}-{day:%Y%m%d}"
        window.append(
            [_moved(event, f"{prefix}-{n:05d}", day, company.zone, instead) for n, event in enumerate(window[0])]
        )
        yield from ((day, event) for event in window[-1])


def _moved(event: Event, key: str, day: date, zone: str, instead: dict[str, str]) -> Event:
    """The same at the same time of another day, by whoever stands in for its member."""
    at = datetime.combine(day, time.fromisoformat(event["at"][11:19]), ZoneInfo(zone))
    return {**event, "id": key, "at": at.isoformat(), "member": instead.get(event["member"], event["member"])}


def _stand_ins(rng: Random, company: Company, window: Days, ahead: int) -> dict[str, str]:
    """Who takes the place of those who may not act any more, `ahead` days after the demo was made.

    As long as somebody is still among the active members of the 30 days, one of the others stands in for them, and when
    they drop out somebody new: the number of active members stays the same.
    """
    present, others = _members(window[0]), set().union(*map(_members, list(window)[1:]))
    able = [p for p in company.people if p.role != "viewer" and _may_act(p, ahead) and p.email not in present]
    instead: dict[str, str] = {}
    for gone in (p for p in company.people if p.email in present and not _may_act(p, ahead)):
        alike = [p for p in able if (p.email in others) == (gone.email in others)]
        chosen = rng.choice(alike or able)
        able.remove(chosen)
        instead[gone.email] = chosen.email
    return instead


def _members(events: list[Event]) -> set[str]:
    return {event["member"] for event in events if event["kind"] == "message"}


def _may_act(person: Person, ahead: int) -> bool:
    """Whether the person is neither suspended nor removed, and no guest whose stay is over."""
    return not person.last_day_ago and (not person.guest or ahead < person.ends_in_days)
