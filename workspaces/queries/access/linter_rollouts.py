"""What nobody can use, as its rollout stands: a part of the linter (product.md 5)."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Member
from orgs.subjects import Subject
from policies.alike import Thing, alike
from policies.models import Reached, Rollout
from policies.rollouts.courses import courses_of
from policies.rollouts.stages import Course
from workspaces.queries.access.findings import NAMED, Finding, Named, url
from workspaces.queries.access.linter_policies import Published


def reaching_nobody(found: Published) -> Finding | None:
    """Models, features and tools that nobody can use, for a rollout of them was discarded, or reached nobody who may.

    2 queries beside the catalogue's, and those of `alike`. A version of a policy shuts nobody out: the one in force
    counts for the others.
    """
    courses = courses_of(found.org, found.catalogue.names)
    things = {one.id: one for one in courses if one.kind != Rollout.Kind.POLICY}
    reached, using = _reached_and_using(found, things)
    shut = [one for one in things.values() if _is_shut(one, found.now, using=one.id in using)]
    if not shut:
        return None
    rows = [
        Named(one.label, _beside(one, reached=one.id in reached), url("rollouts_page", found.org, one.id))
        for one in shut[:NAMED]
    ]
    n = len(shut)
    title = ngettext(
        "%(n)s thing can be used by nobody, as its rollout stands.",
        "%(n)s things can be used by nobody, as their rollouts stand.",
        n,
    )
    means = _(
        "While it goes on only those whom it reached can use it, as far as the policy lets them; discarded, nobody. "
        "Take it on, start another, or allow it in the policy."
    )
    return Finding(title % {"n": n}, means, n, tuple(rows), _("Open the rollout"), rows[0].url)


def _reached_and_using(found: Published, courses: Mapping[int, Course]) -> tuple[set[int], set[int]]:
    """The rollouts that reached anybody, and those of them that reached somebody who may use it.

    A model that is retired is left to its page, and what only a place can be asked of to everybody.
    """
    rows = Reached.objects.filter(rollout__in=courses)
    members = Member.objects.filter(org=found.org, pk__in=rows.values("member")).holding_a_seat()
    things = {id_: Thing.of(course) for id_, course in courses.items()}
    reached, using = set[int](), set[int]()
    for some in alike(found.org, members, found.now, list(things.values())) if courses else ():
        for id_ in some.reached & things.keys():
            reached.add(id_)
            if _can_be_used(things[id_], some.subject, found):
                using.add(id_)
    return reached, using


def _can_be_used(thing: Thing, subject: Subject, found: Published) -> bool:
    left = thing.what in found.catalogue.retired or not thing.can_be_asked
    return left or not thing.refused_to(subject, found.now)


def _is_shut(course: Course, now: datetime, *, using: bool) -> bool:
    """Nobody has it: it was discarded; or it reached nobody who may, and no stage's day came since that was counted."""
    if course.state == "discarded":
        return True
    steps = zip(course.steps, course.begins(), strict=True)
    due = any(not step.begun and moment is not None and moment <= now for step, moment in steps)
    return not using and not (due and course.state == "running")


def _beside(course: Course, *, reached: bool) -> str:
    said = {"name": course.name}
    if course.state == "discarded":
        return _("“%(name)s” was discarded") % said
    if reached:
        return _("“%(name)s” has reached only people who are refused it") % said
    if course.state == "paused":
        return _("“%(name)s” is paused and has reached nobody") % said
    return _("“%(name)s” has reached nobody") % said
