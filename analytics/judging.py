"""Past usage under another policy: replays of a draft, and the counter of a version that runs report-only.

Read from the events, a stretch of days at a time, and written where the pages of policies read it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import Event, Ledger
from analytics.models.events import Kind as Happened
from orgs.jobs.kinds import Kind, Note, Result
from orgs.models import Job, JobRow, Member, Organization, Role
from orgs.tasks import each
from orgs.templatetags.ui import number
from policies import facts, judging, people
from policies.facts import Facts
from policies.models import Judged, PolicyInForce, PolicyVersion

NOBODY = 0  # stands for whoever is unknown or has left
LATE = timedelta(days=2)  # usage that comes later than this is not counted for a trial

Pair = tuple[Facts, Facts]  # as it would be, and as it is


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days of an organization from `first` to `last`, as its totals tell days; nothing of before `since`."""

    org: Organization
    first: date
    last: date
    since: datetime | None = None


def judged(stretch: Stretch, known: Mapping[int, Pair], now: datetime) -> list[Judged]:
    """The responses of a stretch under what is `known` of people: unsaved rows, one for each member, model and use
    case. People are judged as they are now; what is refused to them today already is no news and counts as not
    refused. One query."""
    found = Event.objects.filter(
        org_id=stretch.org.pk, kind=Happened.RESPONSE, day__range=(stretch.first, stretch.last)
    )
    if stretch.since is not None:
        found = found.filter(at__gte=stretch.since)
    groups = found.order_by().values_list("member", "model", "use_case").annotate(n=Count("id"), cost=Sum("cost_nanos"))
    rows: dict[tuple[int, str, str], Judged] = {}
    for member, model, use_case, responses, cost in groups:
        key = (member if member in known else NOBODY, model, use_case)
        rule = _rule(known[member], model, use_case, now) if member in known else ""
        row = rows.setdefault(key, _row(stretch, *key, rule))
        row.responses += responses
        row.cost_nanos += cost
    return list(rows.values())


def _known(org: Organization, scope: int, document: Mapping[str, Any]) -> dict[int, Pair]:
    """What holds for each member under `document` as the policy of `scope`, and what holds today. 4 queries beside
    what policies know of people.

    Nothing changes for a Viewer, nor for whoever is shut out: they are refused everything already.
    """
    everybody = [one.who for one in people.everybody(org)]
    sending = Member.objects.filter(org=org).active(timezone.now()).exclude(role=Role.VIEWER)
    some, today = set(sending.values_list("pk", flat=True)), facts.under(org, everybody)
    supposed = facts.under(org, everybody, scope, document)
    return {pk: (supposed[pk] if pk in some else held, held) for pk, held in today.items()}


def _rule(known: Pair, model: str, use_case: str, now: datetime) -> str:
    """The rule that would refuse it and does not refuse it today; empty: none."""
    supposed, today = known
    used = {"model": model, "use_case": use_case}
    rule = judging.refusal(supposed, used, now)
    return rule[:255] if rule and not judging.refusal(today, used, now) else ""


def _row(stretch: Stretch, member: int, model: str, use_case: str, rule: str) -> Judged:
    named = {"member": member, "model": model, "use_case": use_case, "rule": rule}
    return Judged(org=stretch.org, day=stretch.first, responses=0, cost_nanos=0, **named)


# ---------------------------------------------------------------- a replay


def _replay(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    known = _known(job.org, int(job.params["scope"]), job.params["document"])
    for row in rows:
        stretch = Stretch(job.org, date.fromisoformat(row.data["first"]), date.fromisoformat(row.data["last"]))
        found = judged(stretch, known, timezone.now())
        for one in found:
            one.job = job
        with transaction.atomic():
            Judged.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)
            note([Result(row.target_id, "done", _said(found))])


def _said(found: Sequence[Judged]) -> str:
    refused = sum(one.responses for one in found if one.rule)
    words = {"refused": number(refused), "n": number(sum(one.responses for one in found))}
    return ngettext("%(refused)s of %(n)s response", "%(refused)s of %(n)s responses", refused) % words


def _page(job: Job) -> str:
    return reverse("policies_replayed", args=[job.org.slug, int(job.params["scope"]), job.pk])


REPLAY = Kind(_replay, lambda _job: _("Replay past usage under the draft"), _page, size=1, at_once=0)


# ---------------------------------------------------------------- report-only


def count_trials(now: datetime) -> int:
    """Count what versions that run report-only would have refused, from their first moment to the end of their last
    day; how many days were counted.

    The day that was counted last and the two before it are counted again, and so for two days after the last: usage may
    come two days late, and what comes later is not counted. Suspended organizations wait, and one that fails keeps no
    other from its turn. A fixed number of queries for each version, and 4 for each of its days.
    """
    due = PolicyInForce.objects.filter(
        trial__isnull=False, trial_from__lte=now, trial_until__gt=now - LATE, org__suspended_at=None
    )
    return each(lambda force: _count_trial(force, now), due.select_related("org", "trial"))


def _count_trial(force: PolicyInForce, now: datetime) -> int:
    """Count the days of a trial that are not counted for good; how many."""
    version, since, until = force.trial, force.trial_from, force.trial_until
    if version is None or since is None or until is None:
        return 0
    open_days = list(_open_days(force.org, version, since, min(now, until - timedelta(microseconds=1))))
    known = _known(force.org, version.scope, version.document)
    for stretch in open_days:
        _count(stretch, version, known, now)
    return len(open_days)


def _open_days(org: Organization, version: PolicyVersion, since: datetime, last: datetime) -> Iterator[Stretch]:
    """The days of a trial that are not counted for good, one by one. 2 queries."""
    ledger = Ledger.objects.filter(org=org).first()
    zone = ledger.zone if ledger is not None else org.zone
    day, end = since.astimezone(zone).date(), last.astimezone(zone).date()
    counted = Judged.objects.filter(version=version).order_by("-day").values_list("day", flat=True).first()
    if counted is not None:
        day = max(day, min(counted, end) - LATE)
    while day <= end:
        yield Stretch(org, day, day, since)
        day += timedelta(days=1)


def _count(stretch: Stretch, version: PolicyVersion, known: Mapping[int, Pair], now: datetime) -> None:
    """Write what a day comes to; a day without usage has a row of nothing, which says that it was counted."""
    found = judged(stretch, known, now) or [_row(stretch, NOBODY, "", "", "")]
    for one in found:
        one.version = version
    with transaction.atomic():
        Judged.objects.filter(version=version, day=stretch.first).delete()
        Judged.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)
