"""What nobody can use, as its rollout stands: a part of the linter (product.md 5)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies import facts, people
from policies.engine import Person, Policy
from policies.models import WHOLE, Rollout
from policies.rollouts.courses import courses_of
from policies.rollouts.stages import Course
from workspaces.queries.access.findings import NAMED, Finding, Named, url
from workspaces.queries.access.linter_policies import Published


def reaching_nobody(found: Published) -> Finding | None:
    """Models, features and tools that nobody can use, for a rollout of them was discarded, or reached nobody who may.

    4 queries beside the catalogue's. A version of a policy shuts nobody out: the one in force counts for the others.
    """
    courses = courses_of(found.org, found.catalogue.names)
    judging = Judging(found, courses)
    things = [one for one in courses if one.kind != Rollout.Kind.POLICY]
    reached = people.kinds_reached(found.org, judging.policies, [one.id for one in things])
    using = {one.id for one in things if any(judging.lets(who, one) for who in reached.get(one.id, ()))}
    shut = [one for one in things if _is_shut(one, found.now, using=one.id in using)]
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


class Judging:
    """The policies that judge those whom a rollout reached: those in force, and versions that are being rolled out."""

    def __init__(self, found: Published, courses: Collection[Course]) -> None:
        self.catalogue, self._by_scope = found.catalogue, dict[int, list[Policy]]()
        for scope, (policy, _number, _name) in found.policies.items():
            self._by_scope[scope] = [policy]
        for scope, (policy, _number, _name) in facts.versions_of(courses, found.catalogue.names).values():
            if scope in self._by_scope:  # where nothing is in force it can take nothing from those who do not have it
                self._by_scope[scope].append(policy)

    @property
    def policies(self) -> Iterator[Policy]:
        return chain.from_iterable(self._by_scope.values())

    def lets(self, who: Person, course: Course) -> bool:
        """Whether `who` can use it once it has reached them; under some version, where several may hold for them.

        A model that is retired is left to its page.
        """
        if course.kind != Rollout.Kind.MODEL or course.what in self.catalogue.retired:
            return True
        both = (self._by_scope[scope] for scope in {WHOLE, who.department} if scope in self._by_scope)
        named = all(any(self._names(policy, who, course.what) for policy in versions) for versions in both)
        return people.uses_models(who) and named

    def _names(self, policy: Policy, who: Person, model: str) -> bool:
        return model in policy.models_of(who) or (policy.unknown_models and model not in self.catalogue.names)


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
        return _("“%(name)s” has reached only people whom the policy refuses it") % said
    if course.state == "paused":
        return _("“%(name)s” is paused and has reached nobody") % said
    return _("“%(name)s” has reached nobody") % said
