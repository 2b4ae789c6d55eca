"""What each message got: one response or two, a refusal, an error; from which model; for how much."""

from __future__ import annotations

from random import Random
from typing import Any

from config.demo import catalogue
from config.demo.people import Person
from config.demo.usage.attendance import Habit
from config.demo.usage.figures import Figures
from config.demo.usage.sittings import Sitting

REFUSED, FAILED = 0, -1
# How much more a model reads with each turn, as a share of its usual prompt.
GROWTH = 0.06


def set_outcomes(rng: Random, sittings: list[Sitting], figures: Figures) -> None:
    """Say of each message how many responses it got; refusals and errors come late in a sitting."""
    for sitting in sittings:
        sitting.outcomes = [1] * sitting.messages
    late = [(s, turn) for s in sittings for turn in range(2, s.messages)]
    unlucky = rng.sample(late, figures.refusals + figures.errors)
    for i, (sitting, turn) in enumerate(unlucky):
        sitting.outcomes[turn] = REFUSED if i < figures.refusals else FAILED
    answered = [(s, turn) for s in sittings for turn, got in enumerate(s.outcomes) if got > 0]
    for sitting, turn in rng.sample(answered, figures.responses - len(answered)):
        sitting.outcomes[turn] = 2


def set_models(rng: Random, sittings: list[Sitting], habit: dict[str, Habit], figures: Figures) -> None:
    """Name the model of each response: by the person's group, then so that the shares come out exactly."""
    free: list[tuple[float, Sitting]] = []
    for sitting in sittings:
        count = sum(got for got in sitting.outcomes if got > 0)
        own = _model_of_the_group(rng, sitting.person)
        sitting.models = [own] * count
        if not own:
            free.append((habit[sitting.person.email].taste + rng.gauss(0, 0.6), sitting))
    slots = [(s, i) for _, s in sorted(free, key=lambda pair: pair[0]) for i in range(len(s.models))]
    first, second = figures.models
    head = round(figures.models[first] * figures.responses)
    tail = len(slots) - round(figures.models[second] * figures.responses)
    for place, (sitting, i) in enumerate(slots):
        sitting.models[i] = first if place < head else second if place >= tail else "balanced-creative"


def _model_of_the_group(rng: Random, person: Person) -> str:
    """The model that only this person's group has, if it is used now; else nothing."""
    if person.intern:
        return "efficient-basic"
    if person.department == "Research" and rng.random() < 0.5:
        return rng.choice(("research-optimized", "fast-iteration", "fast-iteration"))
    if (person.leads or person.role == "owner") and rng.random() < 0.12:
        return "premium-creative"
    return ""


def tokens(rng: Random, model: str, turn: int) -> tuple[float, float]:
    """Tokens read and written by one response, before the price of all of them is fitted."""
    usual = catalogue.BY_NAME[model]
    size = rng.lognormvariate(-0.1, 0.45)
    return usual.usual_in * size * (1 + GROWTH * min(turn, 20)), usual.usual_out * rng.lognormvariate(-0.1, 0.4)


Event = dict[str, Any]


def fit_cost(earlier: list[Event], last: list[Event], total_nanos: int) -> None:
    """Scale the tokens of all responses so that the `last` ones cost `total_nanos` exactly, and price them."""
    scale = total_nanos / sum(_cost(event) for event in last)
    for event in (*earlier, *last):
        event["tokens_in"] = max(1, round(event["tokens_in"] * scale))
        event["tokens_out"] = max(1, round(event["tokens_out"] * scale))
    _settle(last, total_nanos - round(sum(_cost(event) for event in last)))
    for event in (*earlier, *last):
        event["cost"] = usd(round(_cost(event)))


def _settle(last: list[Event], missing: int) -> None:
    """Spread `missing` nano-USD over the prompts of `last`: large steps first, the rest on one cheap response."""
    dearest = max({event["model"] for event in last}, key=lambda name: catalogue.BY_NAME[name].nanos_in)
    step = catalogue.BY_NAME[dearest].nanos_in
    dear = [event for event in last if event["model"] == dearest]
    each, few = divmod(missing // step, len(dear))
    for i, event in enumerate(dear):
        event["tokens_in"] += each + (i < few)
    cheap = max(
        (event for event in last if event["model"] == catalogue.CHEAPEST.name), key=lambda e: int(e["tokens_in"])
    )
    cheap["tokens_in"] += missing % step // catalogue.CHEAPEST.nanos_in


def _cost(event: Event) -> float:
    model = catalogue.BY_NAME[event["model"]]
    cost: float = event["tokens_in"] * model.nanos_in + event["tokens_out"] * model.nanos_out
    return cost


def usd(nanos: int) -> str:
    """`nanos` nano-USD as a decimal string in USD."""
    return f"{nanos // 10**9}.{nanos % 10**9:09d}"
