"""Deeds on seats, and the rule that nobody takes one that was not bought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Organization, Plan, PlanPrice
from orgs.rewind import OF_A_PLAN
from orgs.seats import bought, held, invited, obstacles

PAGE = "billing"  # where seats are bought


def change(actor: Actor, org: Organization, *, total: int | None, plans: Mapping[str, int | None]) -> None:
    """Buy seats or give them back: so many in all, and so many of each plan (None: any seat may be of it).

    They are there at once; the next invoice is the first to charge them.

    Raises:
        Denied: the actor is no Owner.
        Refused: fewer than are held and invited; more of the plans than in all; a plan without a price.
    """
    with act(actor, Action.SEATS_CHANGE, org) as entry:
        before = bought(org)
        wrong = obstacles(org, total, plans)
        if wrong:
            raise Refused(" ".join(wrong.values()), page=PAGE)
        org.seats = total
        org.save(update_fields=["seats"])
        for plan, seats in plans.items():
            entry.also[f"{OF_A_PLAN}{plan}"] = (before.get(plan), seats)
            PlanPrice.objects.filter(org=org, plan=plan).update(seats=seats)


def org_has_seats(org: Organization, wanted: Mapping[str, int], *, counting_invitations: bool = False) -> None:
    """Raises Refused when fewer seats are free than `wanted`, in all or of a plan: how many are missing, where to buy.

    `counting_invitations` counts the seats of open invitations as held: for those who invite. Whoever accepts, or is
    restored, takes what nobody sits on. Call it while the organization is locked. 2 queries, or 3.
    """
    taken = _taken(org, counting_invitations=counting_invitations)
    if org.seats is not None:
        _enough(org, org.seats, sum(taken.values()), sum(wanted.values()))
    _plans_have(org, taken, wanted)


def plans_have_seats(org: Organization, wanted: Mapping[str, int], *, counting_invitations: bool = False) -> None:
    """Raises Refused when too few seats of a plan are free for `wanted`, who have a seat already and change its plan.

    Call it while the organization is locked. 2 queries, or 3.
    """
    _plans_have(org, _taken(org, counting_invitations=counting_invitations), wanted)


@dataclass(slots=True)
class Moves:
    """People of one organization who change plans, one after the other, within one transaction after another.

    Counts once per lock of the organization (2 queries) and goes on from there, for in a crowd nobody is saved before
    everybody was asked.
    """

    _org: Organization | None = None
    _taken: Counter[str] = field(default_factory=Counter)
    _bought: Mapping[str, int] = field(default_factory=dict)

    def move(self, org: Organization, before: str, after: str) -> None:
        """Somebody's seat of the plan `before` becomes one of `after`. `org` is the row that was read under the lock.

        Raises:
            Refused: all seats that were bought for `after` are held.
        """
        if org is not self._org:
            self._org, self._taken, self._bought = org, _taken(org), bought(org)
        if before == after:
            return
        if after in self._bought:
            _enough(org, self._bought[after], self._taken[after], 1, after)
        self._taken[before] -= 1
        self._taken[after] += 1


def _taken(org: Organization, *, counting_invitations: bool = False) -> Counter[str]:
    return held(org) + invited(org) if counting_invitations else held(org)


def _plans_have(org: Organization, taken: Counter[str], wanted: Mapping[str, int]) -> None:
    limits = bought(org)
    for plan, count in wanted.items():
        if count and plan in limits:
            _enough(org, limits[plan], taken[plan], count, plan)


def _enough(org: Organization, seats: int, taken: int, wanted: int, plan: str = "") -> None:
    free = max(0, seats - taken)
    if wanted <= free:
        return
    kind = f"{Plan(plan).label} " if plan else ""
    facts = {"seats": seats, "kind": kind, "org": org, "free": free, "missing": wanted - free}
    text = (
        _("%(free)s of the %(seats)s %(kind)sseats of %(org)s are free")
        if free
        else _("All %(seats)s %(kind)sseats of %(org)s are held")
    )
    more = ngettext("%(missing)s more is needed.", "%(missing)s more are needed.", wanted - free)
    way = _("An Owner buys more under Plans & billing.")
    raise Refused(f"{text}: {more} {way}" % facts, page=PAGE)
