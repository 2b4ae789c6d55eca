"""Who wrote on which day: so many people, so many member-days, fewer at weekends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from config.demo.people import Company, Person
from config.demo.shares import apportion
from config.demo.usage.figures import RANGE_DAYS, RANGES, Figures, day_share

A_WEEK = 6  # whoever leaves within the first week of a range is left out of it
WEEKDAYS = (1.00, 1.08, 1.06, 1.03, 0.88, 0.17, 0.13)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day of the organization; `offset` is its zone's at noon, as RFC 3339 writes it."""

    day: date
    ago: int
    offset: str

    @property
    def weight(self) -> float:
        return WEEKDAYS[self.day.weekday()] * day_share(RANGE_DAYS * RANGES - self.ago + 0.5)

    @property
    def weekend(self) -> bool:
        return self.day.weekday() > 4


@dataclass(frozen=True, slots=True)
class Habit:
    """How a person uses the platform; each trait is a number whose order alone matters."""

    reluctance: float
    keenness: float
    lateness: float
    talk: float
    taste: float


Attendance = list[tuple[Day, list[Person]]]


def days(company: Company, today: date) -> list[Day]:
    """The 90 full days that end yesterday, oldest first."""
    zone = ZoneInfo(company.zone)
    whole = RANGE_DAYS * RANGES
    return [_day(today - timedelta(days=ago), ago, zone) for ago in range(whole, 0, -1)]


def _day(day: date, ago: int, zone: ZoneInfo) -> Day:
    noon = datetime.combine(day, time(12), zone).isoformat()
    return Day(day, ago, noon[-6:])


def habits(rng: Random, company: Company) -> dict[str, Habit]:
    """Everybody's habits by e-mail; leads, Owners and Admins are the least reluctant."""
    return {person.email: _habit(rng, person) for person in company.people}


def _habit(rng: Random, person: Person) -> Habit:
    forward = bool(person.leads) or person.role in ("owner", "admin") or person.last_day_ago > 0
    return Habit(
        reluctance=rng.random() * (0.2 if forward else 1.0),
        keenness=rng.lognormvariate(0, 1.1),
        lateness=rng.gauss(0, 1),
        talk=rng.lognormvariate(0, 0.5),
        taste=rng.gauss(0, 1),
    )


def attendance(rng: Random, company: Company, habit: dict[str, Habit], span: list[Day], figures: Figures) -> Attendance:
    """Exactly `figures.active` people on exactly `figures.member_days` member-days of `span`."""
    people = _active(rng, company, habit, span, figures.active)
    counts = apportion(figures.member_days, [day.weight * rng.uniform(0.96, 1.04) for day in span])
    book = [(day, _present(rng, people, habit, day, count)) for day, count in zip(span, counts, strict=True)]
    _nobody_left_out(rng, people, book)
    return book


def _active(rng: Random, company: Company, habit: dict[str, Habit], span: list[Day], count: int) -> list[Person]:
    able = [p for p in company.people if p.role != "viewer" and may_act(p, span[A_WEEK])]
    ranked = sorted(able, key=lambda p: habit[p.email].reluctance + rng.uniform(0, 0.12))
    chosen = {person.email for person in ranked[:count]}
    return [person for person in able if person.email in chosen]


def may_act(person: Person, day: Day) -> bool:
    """Whether the person was neither suspended nor removed yet on `day`."""
    return day.ago > person.last_day_ago


def _present(rng: Random, people: list[Person], habit: dict[str, Habit], day: Day, count: int) -> list[Person]:
    """`count` people drawn without replacement, the keen ones likelier (Efraimidis and Spirakis)."""
    drawn = [(rng.random() ** (1 / habit[p.email].keenness), i) for i, p in enumerate(people) if may_act(p, day)]
    chosen = sorted(drawn, reverse=True)[:count]
    return [people[i] for i in sorted(i for _, i in chosen)]


def _nobody_left_out(rng: Random, people: list[Person], book: Attendance) -> None:
    """Give everybody at least one day, each in the place of whoever has most days then."""
    total = Counter(person.email for _, present in book for person in present)
    for person in people:
        if total[person.email]:
            continue
        able = [present for day, present in book if not day.weekend and may_act(person, day)]
        present = rng.choice(able)
        busiest = max(range(len(present)), key=lambda i: total[present[i].email])
        total[present[busiest].email] -= 1
        total[person.email] += 1
        present[busiest] = person
