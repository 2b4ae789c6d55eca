"""What pages show of limits: what is set for whom, and how much of it a member has used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import hooks
from orgs.access import Action, check
from orgs.models import Member, Organization, Plan
from policies import limits
from policies.actions.limits import Target
from policies.limits import COST, KINDS, MESSAGES, Held, Named
from policies.models import Limit

BEHIND = timedelta(seconds=5)  # an answer about a limit is at most that late
SETS = 200  # teams and members whose own limits the page shows


@dataclass(frozen=True, slots=True)
class Gauge:
    """A limit as one member has it: used and of in words, `share` of 1, and where it comes from.

    `as_of` is until when all that was sent is counted; `is_now` that this is as good as now.
    `used` and `share` are kept back (`hidden`) where the reader does not see cost; `tone` still says how near it is.
    """

    kind: str
    label: str
    used: str
    of: str
    share: float
    tone: str
    source: str
    as_of: datetime | None
    is_now: bool = False
    hidden: bool = False

    @property
    def percent(self) -> int:
        return min(100, round(self.share * 100))

    @property
    def state(self) -> str:
        return {"red": _("Used up"), "yellow": _("Over 80 %")}.get(self.tone, _("Below 80 %"))


def counted(org: Organization, now: datetime) -> datetime:
    """Until when all that was sent is counted, which the floor of usage knows. One query."""
    return min(hooks.call("counted_until", org, now), default=now)


def gauge(one: Held, now: datetime, until: datetime, *, hidden: bool = False) -> Gauge:
    """A limit that holds for somebody, as pages show it; `until` as `counted` tells it. No query."""
    as_of = max(until, one.as_of or until)
    used, of = one.used_at(now), one.limit.amount
    mark = limits.mark(MESSAGES, used, of)
    share = used / of if of else 1.0
    return Gauge(
        kind=one.kind,
        label=str(Limit.Kind(one.kind).label),
        used="" if hidden else limits.measured(one.kind, used),
        of=limits.measured(one.kind, of),
        share=0.0 if hidden else share,
        tone={100: "red", 80: "yellow"}.get(mark, ""),
        source=source(one.limit),
        as_of=as_of,
        is_now=now - as_of <= BEHIND,
        hidden=hidden,
    )


def source(limit: Named) -> str:
    """Where a limit comes from, in the reader's language."""
    match limit.level:
        case Limit.Level.MEMBER:
            return _("their own limit")
        case Limit.Level.TEAM:
            return _("limit of the team %(name)s") % {"name": limit.name}
        case Limit.Level.PLAN:
            return _("limit of the plan %(name)s") % {"name": limit.name}
    return _("limit of the organization")


def of_member(actor: Member, member: Member, now: datetime) -> tuple[Gauge, ...]:
    """The limits of one member, with what is used of them. At most 3 queries."""
    held = limits.of_members(member.org, limits.rules_of(member.org_id), [member]).get(member.pk, ())
    cost = member.pk == actor.pk or check(actor, Action.USAGE_COST, member).allowed
    until = counted(member.org, now) if held else now
    return tuple(gauge(one, now, until, hidden=one.kind == COST and not cost) for one in held)


def shown(actor: Member, member: Member) -> tuple[Gauge, ...]:
    """The same now, for a member's page. At most 3 queries."""
    return of_member(actor, member, timezone.now())


# ---------------------------------------------------------------- what is set


@dataclass(frozen=True, slots=True)
class Set:
    """What is set for one target, by kind in the order of KINDS."""

    label: str
    name: str
    url: str
    amounts: tuple[tuple[str, str], ...]  # the kind's name, and the amount in words (empty: none)


@dataclass(frozen=True, slots=True)
class Overview:
    sets: tuple[Set, ...]
    more: bool
    any: bool


def overview(actor: Member) -> Overview:
    """Every limit that is set, the widest first; of teams and members the first 200. 2 queries."""
    rows = Limit.objects.visible_to(actor).select_related("team", "member__user")
    wide = list(rows.filter(level__in=("organization", "plan")))
    near = list(
        rows.filter(level__in=("team", "member")).order_by("-level", "team__name", "member__user__name", "pk")[
            : SETS * 3 + 1
        ]
    )
    found: dict[tuple[str, Any], dict[str, Limit]] = {("organization", ""): {}}
    found |= {("plan", plan): {} for plan in Plan.values}
    for row in (*wide, *near):
        found.setdefault((row.level, limits.whom(row)), {})[row.kind] = row
    sets = tuple(_set(actor.org, level, whom, kinds) for (level, whom), kinds in found.items())
    return Overview(sets, len(near) > SETS * 3, bool(wide or near))


def _set(org: Organization, level: str, whom: int | str, kinds: Mapping[str, Limit]) -> Set:
    row = next(iter(kinds.values()), None)
    name = {"organization": org.name, "plan": limits.plan_name(whom)}.get(level)
    if name is None and row is not None:
        name = str(row.member or row.team)
    amounts = tuple(
        (str(kind.label), limits.measured(kind, kinds[kind].amount) if kind in kinds else "") for kind in KINDS
    )
    return Set(str(Limit.Level(level).label), name or "", address(org, level, whom), amounts)


def address(org: Organization, level: str, whom: int | str) -> str:
    """The page where a target's limits are set."""
    return reverse(f"limits_{level}", args=[org.slug, *([whom] if whom else [])])


def amounts_of(target: Target) -> dict[str, int]:
    """What is set for a target now, by kind. One query."""
    return dict(Limit.objects.filter(**target.values).values_list("kind", "amount"))
