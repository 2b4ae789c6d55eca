"""Whom a rollout opens something to: of those whom it reaches, whom nothing else refuses it, as the engine answers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from orgs import subjects
from orgs.access import Action, ask, uses
from orgs.decision import REFUSES, Decision
from orgs.models import Member
from orgs.models.members import MemberQuerySet
from orgs.subjects import Subject
from orgs.templatetags.ui import number
from policies.facts import Applied, Facts
from policies.models import Rollout
from policies.places import place

OPENED = (Rollout.Kind.MODEL, Rollout.Kind.FEATURE)  # what a question can be put of without a place or a mate
OWN = frozenset({"rollout", "limit"})  # what passes: the rollout itself, and a limit that is used up


@dataclass(slots=True)
class Opened:
    """Of `people` those who may use it as soon as they are reached, and how many a policy or a plan refuses it.

    `groups`: (whose policy, policy group) → how many people the policy refuses it there.
    """

    people: int = 0
    may: int = 0
    by_policy: int = 0
    by_plan: int = 0
    groups: Counter[tuple[int, str]] = field(default_factory=Counter)

    def way(self, rollout: Rollout) -> str:
        """The cell of the grid in which the policy refuses it to the most of them; empty: it refuses it to nobody."""
        if not self.groups:
            return ""
        scope, group = self.groups.most_common(1)[0][0]
        return place(rollout.org, scope, group=group, model=rollout.what)

    def sentence(self, rollout: Rollout) -> str:
        """How many may use it, and what refuses it to the others; empty: nothing refuses it to anybody."""
        if self.may == self.people:
            return ""
        words = {"n": number(self.may), "all": number(self.people), "what": rollout.label}
        return f"{_('%(n)s of the %(all)s whom it reaches may use %(what)s') % words}{self._why()}."

    def _why(self) -> str:
        rest = self.people - self.may - self.by_policy - self.by_plan
        why = [
            (self.by_policy, _("the policy refuses it to %(n)s (%(groups)s)")),
            (self.by_plan, _("the plan of %(n)s does not include it")),
            (rest, _("role, status or the catalogue keeps it from %(n)s")),
        ]
        groups = ", ".join(dict.fromkeys(group for (_scope, group), _n in self.groups.most_common()))
        return "".join(f"; {text % {'n': number(n), 'groups': groups}}" for n, text in why if n)


def opened(rollout: Rollout, members: Iterable[Member], now: datetime) -> Opened | None:
    """What the rest of the rules says to members, read with their `user`; None of what only a place can be asked of.

    No query for those whose subjects are kept, else 8 for every 2,000.
    """
    if rollout.kind not in OPENED:
        return None
    people, found = list(members), Opened()
    for subject in subjects.of_many(rollout.org, people).values():
        _count(found, subject, rollout, now)
    return found


def _count(found: Opened, subject: Subject, rollout: Rollout, now: datetime) -> None:
    refusing = {step.layer for step in _asked(subject, rollout, now).steps if step.verdict is REFUSES} - OWN
    found.people += 1
    found.may += not refusing
    lacking = _lacking(subject, rollout, now) if "model" in refusing else []
    if lacking:
        found.groups.update((one.scope, one.groups[0]) for one in lacking[:1])
        found.by_policy += 1
    elif "plan" in refusing:
        found.by_plan += 1


def _lacking(subject: Subject, rollout: Rollout, now: datetime) -> list[Applied]:
    """The policies that name the model for none of their groups; none of them where it is retired."""
    facts: Facts = subject.policies
    name = facts.catalogue.names.get(rollout.what, rollout.what)
    return [one for one in facts.policies_at(now) if name not in one.models]


def _asked(subject: Subject, rollout: Rollout, now: datetime) -> Decision:
    if rollout.kind == Rollout.Kind.FEATURE:
        return uses(subject, rollout.what, now)
    return ask(subject, Action.MODEL_USE, None, now, {"model": rollout.what}, trace=True)


def today(rollout: Rollout, members: MemberQuerySet, now: datetime) -> list[Member]:
    """Those of `members` who may use it at this moment, by name; nobody of what only a place can be asked of.

    One query, and those of `opened`.
    """
    if rollout.kind not in OPENED:
        return []
    people = list(members.select_related("user").order_by("listed_as", "pk"))
    known = subjects.of_many(rollout.org, people)
    return [one for one in people if _asked(known[one.pk], rollout, now).allowed]
