"""What nobody can use, as its rollout stands: a part of the linter (product.md 5)."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.models import Reached, Rollout
from policies.rollouts.courses import courses_of
from policies.rollouts.stages import Course
from workspaces.queries.access.findings import NAMED, Finding, Named, url
from workspaces.queries.access.linter_policies import Published


def reaching_nobody(found: Published) -> Finding | None:
    """Models, features and tools that nobody can use, for a rollout of them reached nobody or was discarded.

    3 queries beside the catalogue's. A version of a policy shuts nobody out: the one in force counts for the others.
    """
    courses = [one for one in courses_of(found.org, found.catalogue.names) if one.kind != Rollout.Kind.POLICY]
    reached = set(Reached.objects.filter(rollout__in=[one.id for one in courses]).values_list("rollout", flat=True))
    shut = [one for one in courses if _is_shut(one, found.now, reached=one.id in reached)]
    if not shut:
        return None
    rows = [Named(one.label, _beside(one), url("rollouts_page", found.org, one.id)) for one in shut[:NAMED]]
    n = len(shut)
    title = ngettext(
        "%(n)s thing can be used by nobody, as its rollout stands.",
        "%(n)s things can be used by nobody, as their rollouts stand.",
        n,
    )
    means = _(
        "While it goes on only those whom it reached can use it; discarded, nobody. Take it on, or start another."
    )
    return Finding(title % {"n": n}, means, n, tuple(rows), _("Open the rollout"), rows[0].url)


def _is_shut(course: Course, now: datetime, *, reached: bool) -> bool:
    """Nobody has it: it was discarded; or nobody was reached, and no stage's day has come since that was counted."""
    if course.state == "discarded":
        return True
    steps = zip(course.steps, course.begins(), strict=True)
    due = any(not step.begun and moment is not None and moment <= now for step, moment in steps)
    return not reached and not (due and course.state == "running")


def _beside(course: Course) -> str:
    said = {"name": course.name}
    if course.state == "discarded":
        return _("“%(name)s” was discarded") % said
    if course.state == "paused":
        return _("“%(name)s” is paused and has reached nobody") % said
    return _("“%(name)s” has reached nobody") % said
