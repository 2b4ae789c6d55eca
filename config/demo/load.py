"""Brings the demo organizations into an installation: rows, deeds, keys, accounts, and their usage by the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from analytics import drain, rollouts
from analytics.models import InboxBatch
from config.demo import (
    accounts,
    billing,
    companies,
    governing,
    keeping,
    newcomers,
    people,
    rows,
    sending,
    usage,
    working,
)
from config.demo.keeping import Kept
from config.demo.people import Company, Plot
from config.demo.sending import NotTaken
from config.demo.usage import figures
from config.demo.usage.answers import Event
from config.demo.usage.later import later
from orgs import actions
from orgs.models import Member, Organization, Role, Scope

__all__ = ["InTheWay", "NotTaken", "is_wanted", "load"]

SEED = 7
MEASURES = {companies.NORTHWIND: figures.NORTHWIND, companies.FABRIKAM: figures.FABRIKAM}
MOST_DAYS = figures.RANGE_DAYS * figures.RANGES
KEY_NAME = "Chat platform (demo)"

Tell = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much


class InTheWay(Exception):
    """There is an organization of a demo's short name that the demo did not make."""


def is_wanted() -> bool:
    """Whether a start shall load the demo: settings.DEMO, and nothing there yet, or a demo of which something is lost.

    That is a load that was interrupted, and one whose passwords and keys are gone.
    """
    if not settings.DEMO:
        return False
    slugs = [plot.slug for plot in MEASURES]
    there = [org for org in Organization.objects.filter(slug__in=slugs) if rows.origin(org) is not None]
    if not there:
        return not Organization.objects.exists()
    kept = keeping.read()
    return any(slug not in kept.keys or slug not in kept.loaded for slug in slugs)


def is_behind() -> bool:
    """Whether a demo that is there whole has no usage of yesterday yet: a start shall add the days since."""
    kept = keeping.read()
    there = Organization.objects.filter(slug__in=kept.loaded) if settings.DEMO else ()
    plots = {plot.slug: plot for plot in MEASURES}
    return any(_missing(plots[org.slug], _filled(org, kept)) for org in there if org.slug in plots)


def _filled(org: Organization, kept: Kept) -> date:
    """The last day of a demo organization that has usage; of one that the demo did not make, none is missing."""
    origin = rows.origin(org)
    if origin is None:
        return date.max
    return max(origin[1] - timedelta(days=1), date.fromisoformat(kept.until.get(org.slug, str(date.min))))


def _missing(plot: Plot, filled: date) -> tuple[date, date] | None:
    """The first and the last day to add: up to yesterday by the organization's clock, and 90 days at most."""
    yesterday = timezone.localdate(timezone=ZoneInfo(plot.zone)) - timedelta(days=1)
    if filled >= yesterday:
        return None
    return max(filled + timedelta(days=1), yesterday - timedelta(days=MOST_DAYS - 1)), yesterday


def load(seed: int, tell: Tell, plots: Sequence[Plot] = tuple(MEASURES)) -> dict[str, Any]:
    """Make what is missing of the demo, the days since it was made included, and say how to sign in.

    Twice on one day changes nothing.

    Interrupted, it goes on where it stopped: the events keep their ids, so those sent before count once.

    Raises:
        InTheWay: somebody else has an organization of that short name.
        NotTaken: the API did not take the usage.
    """
    kept = keeping.read()
    made = [_one(plot, seed, kept, tell) for plot in plots]
    accounts.open_support(kept)
    keeping.write(kept)
    return accounts.told(made, kept)


def _one(plot: Plot, seed: int, kept: Kept, tell: Tell) -> Company:
    """One organization, whole; what opens it is kept before the long part begins."""
    org = Organization.objects.filter(slug=plot.slug).first()
    if org is None:
        org = _make(plot, seed, kept)
    origin = rows.origin(org)
    if origin is None:
        raise InTheWay(
            f"There is an organization at /o/{plot.slug}/ that the demo did not make. "
            "Use another DATA_DIR or database for the demo."
        )
    company = people.company(plot, origin[0])
    _key(org, kept)
    accounts.open_accounts(company, kept)
    keeping.write(kept)
    if org.slug not in kept.loaded:
        rows.furnish(company, org)
        billing.bill(org, timezone.now())
        newcomers.welcome(org, timezone.now())
        working.settle(org, timezone.now())
        governing.settle(org, company, timezone.now())
        _send(org, usage.events(company, MEASURES[plot], *origin), kept.keys[org.slug], tell)
        kept.loaded.append(org.slug)
        keeping.write(kept)
    if missing := _missing(plot, _filled(org, kept)):
        _catch_up(org, company, plot, origin, missing, kept, tell)
    rollouts.push_power_users(org, timezone.now())
    return company


def _catch_up(
    org: Organization,
    company: Company,
    plot: Plot,
    origin: tuple[int, date],
    missing: tuple[date, date],
    kept: Kept,
    tell: Tell,
) -> None:
    """Add the days since the last that has usage."""
    first, last = missing
    before = usage.events(company, MEASURES[plot], *origin)
    since = [event for day, event in later(company, before, *origin, last) if day >= first]
    _send(org, since, kept.keys[org.slug], tell)
    kept.until[org.slug] = str(last)
    keeping.write(kept)


def _make(plot: Plot, seed: int, kept: Kept) -> Organization:
    """The organization as of today, its own today; what was kept of an earlier one of that name is void."""
    kept.keys.pop(plot.slug, None)
    kept.loaded = [slug for slug in kept.loaded if slug != plot.slug]
    keeping.write(kept)
    return rows.make(people.company(plot, seed), seed, timezone.localdate(timezone=ZoneInfo(plot.zone)))


def _key(org: Organization, kept: Kept) -> None:
    """A service key with every scope, made by an Owner; a lost one is replaced."""
    if org.slug not in kept.keys:
        owner = Member.objects.filter(org=org, role=Role.OWNER).select_related("user", "org").earliest("ordinal")
        _, kept.keys[org.slug] = actions.keys.make(owner, org, name=KEY_NAME, scopes=Scope.values, ends_at=None)


def _send(org: Organization, events: list[Event], key: str, tell: Tell) -> None:
    """Send days of usage and count each batch at once: there may be no worker yet."""
    days = len({event["at"][:10] for event in events})

    def progress(sent: int) -> None:
        drain.run()
        tell(f"{org.name}: {days} days of usage", sent, len(events))

    sending.send(events, key, progress=progress)
    stuck = InboxBatch.objects.filter(org=org).waiting().exclude(error="").first()
    if stuck is not None:
        raise NotTaken(f"A batch of {org.name}'s usage could not be counted: {stuck.error}")
