"""Past usage under another policy: replays of a draft, and the counter of a version that runs report-only.

Read from the events, a stretch of days at a time, and written where the pages of policies read it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import Event, Ledger
from analytics.models.events import Kind as Happened
from orgs.jobs.kinds import Kind, Note, Result
from orgs.models import Job, JobRow, Organization
from orgs.templatetags.ui import number
from policies import facts, judging, people
from policies.facts import Facts
from policies.models import Judged, PolicyInForce, PolicyVersion

NOBODY = 0  # stands for whoever is unknown or has left


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of an organization from `first` to `last`, as its totals tell days."""

    org: Organization
    first: date
    last: date


def judged(stretch: Stretch, scope: int, document: Mapping[str, Any], now: datetime) -> list[Judged]:
    """The responses of a stretch under `document` as the policy of `scope`: unsaved rows, one for each member, model
    and use case. People are judged as they are now. 4 queries beside what policies know of the organization."""
    found = Event.objects.filter(
        org_id=stretch.org.pk, kind=Happened.RESPONSE, day__range=(stretch.first, stretch.last)
    )
    groups = found.order_by().values_list("member", "model", "use_case").annotate(n=Count("id"), cost=Sum("cost_nanos"))
    everybody = [one.who for one in people.everybody(stretch.org)]
    known = facts.under(stretch.org, everybody, scope, document)
    rows: dict[tuple[int, str, str], Judged] = {}
    for member, model, use_case, responses, cost in groups:
        key = (member if member in known else NOBODY, model, use_case)
        rule = _rule(known[member], model, use_case, now) if member in known else ""
        row = rows.setdefault(key, _row(stretch, *key, rule))
        row.responses += responses
        row.cost_nanos += cost
    return list(rows.values())


def _rule(known: Facts, model: str, use_case: str, now: datetime) -> str:
    return judging.refusal(known, {"model": model, "use_case": use_case}, now)[:255]


def _row(stretch: Stretch, member: int, model: str, use_case: str, rule: str) -> Judged:
    named = {"member": member, "model": model, "use_case": use_case, "rule": rule}
    return Judged(org=stretch.org, day=stretch.first, responses=0, cost_nanos=0, **named)


# ---------------------------------------------------------------- a replay


def _replay(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    scope, document = int(job.params["scope"]), job.params["document"]
    for row in rows:
        stretch = Stretch(job.org, date.fromisoformat(row.data["first"]), date.fromisoformat(row.data["last"]))
        found = judged(stretch, scope, document, timezone.now())
        for one in found:
            one.job = job
        with transaction.atomic():
            Judged.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)
            note([Result(row.target_id, "done", _said(found))])


def _said(found: Sequence[Judged]) -> str:
    refused = sum(one.responses for one in found if one.rule)
    words = {"refused": number(refused), "n": number(sum(one.responses for one in found))}
    return ngettext("%(refused)s of %(n)s response", "%(refused)s of %(n)s responses", refused) % words


REPLAY = Kind(_replay, lambda _job: _("Replay past usage under the draft"), size=1, at_once=0)


# ---------------------------------------------------------------- report-only


def count_trials(now: datetime) -> int:
    """Count what versions that run report-only would have refused, up to now; how many those are.

    The last two days that were counted are counted again: usage comes late. A fixed number of queries for each version
    and day.
    """
    lately = PolicyInForce.objects.filter(trial_from__lte=now, trial_until__gt=now - timedelta(days=1))
    counted = 0
    for force in lately.select_related("org", "trial"):
        if (version := force.trial) is not None:
            counted += 1
            for stretch in _open_days(force, version, now):
                _count(stretch, version, now)
    return counted


def _open_days(force: PolicyInForce, version: PolicyVersion, now: datetime) -> Iterator[Stretch]:
    """The days of a trial that are not counted for good, one by one. 2 queries."""
    ledger = Ledger.objects.filter(org=force.org).first()
    zone = ledger.zone if ledger is not None else force.org.zone
    first, last = (at.astimezone(zone).date() for at in (force.trial_from or now, min(now, force.trial_until or now)))
    counted = Judged.objects.filter(version=version).order_by("-day").values_list("day", flat=True).first()
    day = max(first, counted - timedelta(days=1)) if counted is not None else first
    while day <= last:
        yield Stretch(force.org, day, day)
        day += timedelta(days=1)


def _count(stretch: Stretch, version: PolicyVersion, now: datetime) -> None:
    found = judged(stretch, version.scope, version.document, now)
    for one in found:
        one.version = version
    with transaction.atomic():
        Judged.objects.filter(version=version, day=stretch.first).delete()
        Judged.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)
