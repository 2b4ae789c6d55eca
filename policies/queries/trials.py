"""What pages show of versions that run report-only, and of replays of past usage under a draft."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.access import Action, check
from orgs.jobs.kinds import Target
from orgs.models import Job, Member, Organization
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import ending, number
from policies import facts
from policies.models import Judged, PolicyInForce, PolicyVersion
from policies.obstacles import newer_in_force, rollout_in_the_way
from policies.people import Some
from policies.queries import impact, judged
from policies.queries.impact import Impact
from policies.queries.policy import Writing
from policies.queries.raised import raised

KIND = "policies.replay"
WEEK = timedelta(days=7)
LATEST = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """A version that runs report-only: `refused` is what it would have refused by now, `over` that its day is past."""

    force: PolicyInForce
    version: PolicyVersion
    refused: int
    since: datetime
    until: datetime
    over: bool


def trial(actor: Member, scope: int) -> Trial | None:
    """What runs report-only for the organization or a department; None: nothing does. At most 2 queries."""
    force = (
        PolicyInForce.objects.visible_to(actor).filter(scope=scope).select_related("version", "trial", "org").first()
    )
    if force is None or force.trial is None or force.trial_from is None or force.trial_until is None:
        return None
    refused = judged.refused(judged.of_trial(force.trial))
    over = force.trial_until <= timezone.now()
    return Trial(force, force.trial, refused, force.trial_from, force.trial_until, over)


def banners(actor: Member) -> list[tuple[str, str, str, str]]:
    """What every page tells whoever may read policies while a version runs report-only, as the frame's `banners`.

    As kept facts, no query; while one runs, two.
    """
    if not facts.trials(actor.org) or not check(actor, Action.POLICY_VIEW, actor.org).allowed:
        return []
    running = PolicyInForce.objects.visible_to(actor).filter(trial__isnull=False).select_related("trial")
    told = [(force.scope, force.trial, force.trial_until) for force in running if force.trial and force.trial_until]
    found = Judged.objects.filter(version__in=[version for _scope, version, _until in told]).by("version")
    counts = {row["version"]: row["refused"] for row in found}
    return [
        (*_running(version, until, counts.get(version.pk, 0)), reverse("policies_trial", args=[actor.org.slug, scope]))
        for scope, version, until in told
    ]


def _running(version: PolicyVersion, until: datetime, refused: int) -> tuple[str, str, str]:
    said = {"n": version.number, "day": ending(until), "count": number(refused)}
    text = _("Version %(n)s of the policy runs report-only until %(day)s") % said
    return text, _("Report-only"), _("%(count)s refused so far") % said


def effect(at: Writing, shown: Trial) -> Impact:
    """Who gains and who loses what once a version is enforced. One query at most."""
    return impact.impact(replace(at, document=shown.version.document))


def enforcing(at: Writing, shown: Trial, found: Impact, now: datetime) -> Panel:
    """What enforcing a version does, by name; `found` is its effect. 4 queries, and those of `raised`."""
    at = replace(at, document=shown.version.document)
    said = {"n": shown.version.number, "count": number(shown.refused)}
    happens = (
        ("lock", _("From the next question on it refuses what it has only counted so far: %(count)s by now.") % said),
        *_changes(found),
        ("history", _("The version in force before stays readable, and can be restored as a new draft.")),
    )
    force = shown.force
    obstacle = rollout_in_the_way(force.org, force.scope) or newer_in_force(force, shown.version)
    title, button = _("Enforce version %(n)s?") % said, _("Enforce version %(n)s") % said
    return Panel("enforce", title, button, happens, obstacle, warning=raised(at, now))


def _changes(found: Impact) -> Iterator[tuple[str, str]]:
    """Who gains and who loses which model."""
    if found.none.count:
        yield "alert-triangle", _("Left with no model at all: %(people)s") % {"people": _people(found.none)}
    for one in found.models:
        if one.gain.count:
            yield "circle-check", _("%(model)s is gained by %(people)s") % _named(one.model, one.gain)
        if one.lose.count:
            yield "circle-x", _("%(model)s is lost by %(people)s") % _named(one.model, one.lose)


def _named(model: str, some: Some) -> dict[str, str]:
    return {"model": model, "people": _people(some)}


def _people(some: Some) -> str:
    count = ngettext("%(n)s person", "%(n)s people", some.count) % {"n": number(some.count)}
    more = _(" and %(n)s more") % {"n": number(some.more)} if some.more else ""
    away = _(" (and %(n)s suspended)") % {"n": number(some.suspended)} if some.suspended else ""
    return f"{count} ({', '.join(some.names)}{more}){away}"


def discarding(shown: Trial) -> Panel:
    """What discarding a version does. No query."""
    said = {"n": shown.version.number}
    happens = (
        ("x", _("It never comes into force, and counts no further.")),
        ("history", _("It stays readable with what it has counted, and can become a draft again.")),
    )
    return Panel("discard", _("Discard version %(n)s?") % said, _("Discard version %(n)s") % said, happens)


def beginning_trial(at: Writing, shown: Trial | None, now: datetime) -> Panel:
    """What a trial does before it begins, or goes on longer. No query but those of `raised`."""
    if shown is not None:
        said = {"n": shown.version.number, "day": ending(shown.until)}
        title = _("Let version %(n)s run report-only longer?") % said
        return Panel(
            "extend", title, _("Extend it"), (("clock", _("It runs until %(day)s now.") % said),), dangerous=False
        )
    happens = (
        ("shield-check", _("The draft becomes a version that refuses nothing: what is in force goes on to decide.")),
        ("chart-line", _("What it would have refused is counted every quarter of an hour, by person, model and use.")),
        ("clock", _("On its last day you decide: enforce, extend or discard it.")),
    )
    title, button = _("Let the draft run report-only?"), _("Run it report-only")
    rises = raised(at, now)
    later = (_("None of this while it runs report-only, all of it once it is enforced."),) if rises else ()
    return Panel("begin", title, button, happens, at.idle, dangerous=False, warning=rises + later)


def weeks(org: Organization, days: int, now: datetime) -> list[Target]:
    """The last `days` full days, a week a target, the earliest first."""
    yesterday = now.astimezone(org.zone).date() - timedelta(days=1)
    first = yesterday - timedelta(days=days - 1)
    found = []
    while first <= yesterday:
        last = min(first + WEEK - timedelta(days=1), yesterday)
        found.append(Target(first.toordinal(), str(first), {"first": str(first), "last": str(last)}))
        first += WEEK
    return found


def days_of(job: Job) -> tuple[date, date]:
    """The first and the last day that a replay is about."""
    return date.fromisoformat(job.params["first"]), date.fromisoformat(job.params["last"])


def replays(actor: Member, scope: int) -> list[Job]:
    """The latest replays of a policy's drafts. One query."""
    jobs = Job.objects.visible_to(actor).filter(kind=KIND, params__scope=str(scope))
    return list(jobs.select_related("started_by__user").order_by("-created_at")[:LATEST])
