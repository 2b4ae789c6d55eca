"""What happens beside the talk: files handed in, integrations called, sign-ins that failed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from config.demo.people import Person
from config.demo.shares import apportion
from config.demo.usage.attendance import Habit
from config.demo.usage.figures import Figures
from config.demo.usage.sittings import Sitting

# What draws a department to an integration; the rest of the order is chance.
PULL = {
    "crm": {"Sales": 3.0, "Customer Success": 1.6, "Marketing": 1.2, "Commerce": 2.0},
    "code-host": {"Engineering": 3.0, "Research": 1.5},
    "ticketing": {"Customer Success": 2.5, "IT": 2.5, "Operations": 1.5},
    "productivity-suite": {"Finance": 1.0, "People": 0.8, "Legal": 0.8},
}
# Calls a user of it makes, against the others.
LIVELINESS = {"team-chat": 1.0, "productivity-suite": 0.9, "crm": 0.9, "code-host": 1.1, "ticketing": 0.6}

Place = tuple[Sitting, int]  # a sitting and the message there that the event belongs to


def files(rng: Random, sittings: list[Sitting], figures: Figures) -> Iterator[tuple[Place, int]]:
    """Where each file was handed in and its bytes; nobody on Essential hands in any."""
    able = [s for s in sittings if s.person.plan != "essential"]
    for sitting in rng.choices(able, [s.messages for s in able], k=figures.files):
        size = int(rng.lognormvariate(12.6, 1.3))
        yield (sitting, rng.randrange(sitting.messages)), min(max(size, 900), 25_000_000)


def calls(
    rng: Random, sittings: list[Sitting], habit: dict[str, Habit], figures: Figures
) -> Iterator[tuple[Place, str]]:
    """Where each integration was called; the users of each are its exact share of the active members."""
    by_person: dict[str, list[Sitting]] = {}
    for sitting in sittings:
        by_person.setdefault(sitting.person.email, []).append(sitting)
    pairs = [(name, email) for name in figures.integrations for email in _users(by_person, habit, name, figures)]
    weights = [LIVELINESS[name] * sum(s.messages for s in by_person[email]) ** 0.8 for name, email in pairs]
    counts = apportion(figures.integration_calls, weights, least=1)
    for (name, email), count in zip(pairs, counts, strict=True):
        own = by_person[email]
        for sitting in rng.choices(own, [s.messages for s in own], k=count):
            yield (sitting, rng.randrange(sitting.messages)), name


def _users(by_person: dict[str, list[Sitting]], habit: dict[str, Habit], name: str, figures: Figures) -> list[str]:
    """The people with the strongest pull towards `name`; mostly the same ones in every range."""
    count = round(figures.integrations[name] * len(by_person))
    people = [sittings[0].person for sittings in by_person.values()]
    ranked = sorted(people, key=lambda person: -_pull(person, habit[person.email], name))
    return sorted(person.email for person in ranked[:count])


def _pull(person: Person, habit: Habit, name: str) -> float:
    chance = Random(f"{person.email}:{name}").gauss(0, 1)
    return PULL.get(name, {}).get(person.department, 0.0) + chance + 0.3 * habit.talk
