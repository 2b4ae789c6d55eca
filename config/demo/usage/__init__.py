"""90 days of usage of a demo organization, as the chat platform would have reported them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from random import Random

from config.demo import catalogue
from config.demo.people import Company
from config.demo.usage import answers, extras
from config.demo.usage.answers import Event
from config.demo.usage.attendance import Attendance, Habit, attendance, days, habits
from config.demo.usage.clock import set_times
from config.demo.usage.figures import RANGE_DAYS, Figures, ranges
from config.demo.usage.sittings import Desk, Sitting, sittings

STRANGERS = ("build-bot", "old-intranet", "meeting-room-3")
ALIKE = {"analysis": "planning", "content": "translation", "code": "analysis", "research": "analysis"}

Row = tuple[int, Event]  # second since the first of the 90 days began, and the event without its id


def events(company: Company, figures: Figures, seed: int, today: date) -> list[Event]:
    """The events of the 90 full days before `today`, oldest first, in the form of `POST /api/v1/events`.

    The last 30 days add up to `figures` exactly. The same arguments give the same events with the same ids.
    """
    habit = habits(Random(f"{seed}:{company.slug}:habits"), company)
    rng = Random(f"{seed}:{company.slug}:{today}")
    desk, calendar = Desk(company, rng), days(company, today)
    rows: list[Row] = []
    responses: list[list[Event]] = []
    for i, wanted in enumerate(ranges(figures)):
        span = calendar[i * RANGE_DAYS : (i + 1) * RANGE_DAYS]
        book = attendance(rng, company, habit, span, wanted)
        found = list(_range(rng, desk, habit, book, wanted))
        responses.append([event for _, event in found if event["kind"] == "response"])
        rows += found
    answers.fit_cost([e for earlier in responses[:-1] for e in earlier], responses[-1], figures.cost_nanos)
    rows.sort(key=itemgetter(0))
    prefix = f"{company.slug}-{seed}-{today:%Y%m%d}"
    return [{"id": f"{prefix}-{n:06d}", **event} for n, (_, event) in enumerate(rows)]


def _range(rng: Random, desk: Desk, habit: dict[str, Habit], book: Attendance, figures: Figures) -> Iterator[Row]:
    everything = sittings(desk, habit, book, figures)
    set_times(rng, everything, habit, figures.day_curve)
    answers.set_outcomes(rng, everything, figures)
    answers.set_models(rng, everything, habit, figures)
    for sitting in everything:
        yield from _talk(rng, sitting)
    for (sitting, turn), size in extras.files(rng, everything, figures):
        yield _row(sitting, sitting.times[turn] - 12, "file", bytes=size)
    for (sitting, turn), name in extras.calls(rng, everything, habit, figures):
        yield _row(sitting, sitting.times[turn] + rng.randint(1, 9), "integration_call", integration=name)
    yield from _strangers(rng, desk.company, everything)


def _talk(rng: Random, sitting: Sitting) -> Iterator[Row]:
    models = iter(sitting.models)
    for turn, (second, got) in enumerate(zip(sitting.times, sitting.outcomes, strict=True)):
        about = _about(rng, sitting, turn)
        yield _row(sitting, second, "message", **about)
        if got == answers.REFUSED:
            yield _row(sitting, second + 1, "refusal", **_refused(rng, sitting))
        if got == answers.FAILED:
            yield _row(sitting, second + 30, "error", model=sitting.models[0])
        for nth in range(got):
            model = next(models)
            read, written = answers.tokens(rng, model, turn)
            wait = rng.randint(3, 14) + 20 * nth
            usage = {"model": model, "tokens_in": read, "tokens_out": written}
            yield _row(sitting, second + wait, "response", **about, **usage)


def _about(rng: Random, sitting: Sitting, turn: int) -> dict[str, str]:
    """The use case that the platform names: not always at once, and now and then another one at the end."""
    use_case = sitting.conversation.use_case
    if not use_case or (turn == 0 and sitting.messages > 1 and rng.random() < 0.1):
        return {}
    if sitting.first and turn > 8 and use_case in ALIKE:
        return {"use_case": ALIKE[use_case]}
    return {"use_case": use_case}


def _refused(rng: Random, sitting: Sitting) -> dict[str, str]:
    """Interns reach for models that they do not have, the others for what nobody may do."""
    if sitting.person.intern or not sitting.conversation.use_case:
        return {"model": "premium-creative"}
    return {"model": sitting.models[0], "use_case": rng.choice(catalogue.RESTRICTED_USE_CASES)}


def _strangers(rng: Random, company: Company, everything: list[Sitting]) -> Iterator[Row]:
    """Failed sign-ins of addresses that belong to no member; the console shows them as unattributed."""
    domain = company.people[0].email.partition("@")[2]
    for name in STRANGERS:
        sitting = rng.choice(everything)
        yield _stamped(sitting, sitting.times[0], {"member": f"{name}@{domain}", "kind": "error"})


def _row(sitting: Sitting, second: int, kind: str, **fields: object) -> Row:
    conversation = sitting.conversation
    event = {"member": sitting.person.email, "kind": kind, "conversation": conversation.key, **fields}
    if conversation.workspace:
        event["workspace"] = conversation.workspace
    return _stamped(sitting, second, event)


def _stamped(sitting: Sitting, second: int, event: Event) -> Row:
    day = sitting.day
    minute, s = divmod(second, 60)
    event["at"] = f"{day.day}T{minute // 60:02d}:{minute % 60:02d}:{s:02d}{day.offset}"
    return second - day.ago * 86_400, event
