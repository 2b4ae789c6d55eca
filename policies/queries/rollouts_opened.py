"""Whom a rollout opens something to: of those whom it reaches, whom nothing else refuses it, as the engine answers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from orgs.models.members import MemberQuerySet
from orgs.subjects import Subject
from orgs.templatetags.ui import number
from policies.alike import Alike, Thing, alike
from policies.facts import Applied, Facts
from policies.models import Rollout
from policies.people import Some, together
from policies.places import place


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


def opened(rollout: Rollout, members: MemberQuerySet, now: datetime) -> Opened | None:
    """What the rest of the rules says to members; None of what only a place can be asked of. As many queries as
    `alike`.
    """
    thing = Thing.of(rollout)
    if not thing.can_be_asked:
        return None
    found = Opened()
    for some in alike(rollout.org, members, now, [thing]):
        _count(found, some, thing, now)
    return found


def _count(found: Opened, alike_: Alike, thing: Thing, now: datetime) -> None:
    refusing, people = thing.refused_to(alike_.subject, now), alike_.some.count
    found.people += people
    lacking = _lacking(alike_.subject, thing, now) if "model" in refusing else []
    if not refusing:
        found.may += people
    elif lacking:
        found.groups[lacking[0].scope, lacking[0].groups[0]] += people
        found.by_policy += people
    elif "plan" in refusing:
        found.by_plan += people


def _lacking(subject: Subject, thing: Thing, now: datetime) -> list[Applied]:
    """The policies that name the model for none of their groups; none of them where it is retired."""
    facts: Facts = subject.policies
    name = facts.catalogue.names.get(thing.what, thing.what)
    return [one for one in facts.policies_at(now) if name not in one.models]


def today(rollout: Rollout, members: MemberQuerySet, now: datetime) -> Some:
    """Those of `members` who may use it now, the first of them by name, but for what is used up; nobody of what only a
    place can be asked of. As many queries as `alike`.
    """
    thing = Thing.of(rollout)
    found = alike(rollout.org, members, now, [thing]) if thing.can_be_asked else ()
    return together(one.some for one in found if thing.had_by(one.subject, now))
