"""Which limits hold for a member, how much of them is used, and what that means for a question (product.md 4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from orgs import months
from orgs.models import Member, Organization, Plan
from orgs.templatetags.ui import money, number
from policies.models.limits import Consumption, Limit

MESSAGES, COST, STORAGE = Limit.Kind
KINDS = tuple(Limit.Kind)


@dataclass(frozen=True, slots=True)
class Named:
    """A limit that was set: its amount, and for whom (`level`, and the name of the plan or the team)."""

    amount: int
    level: str
    name: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, as reasons say it."""
        match self.level:
            case Limit.Level.MEMBER:
                return "own limit"
            case Limit.Level.ORGANIZATION:
                return "limit of the organization"
        return f"limit of the {self.level} {self.name}"


Rules = Mapping[tuple[str, str, int | str], Named]  # kind, level, whom


@dataclass(frozen=True, slots=True)
class Held:
    """A limit as it holds for one member: what they have used of it, until when that counts, and as of when it is told.

    `until` is the end of the period in which it was used (None: it does not end by itself).
    """

    kind: str
    limit: Named
    used: int = 0
    until: datetime | None = None
    as_of: datetime | None = None

    @property
    def used_up(self) -> bool:
        """Whether nothing was left of it, be its period over or not."""
        return self.used >= self.limit.amount

    def used_at(self, now: datetime) -> int:
        """What is used at a moment: nothing once the period is over."""
        return 0 if self.until is not None and self.until <= now else self.used

    def is_full(self, now: datetime, more: int = 0) -> bool:
        used = self.used_at(now)
        return used >= self.limit.amount or used + more > self.limit.amount


def rules_of(org_id: int) -> dict[tuple[str, str, int | str], Named]:
    """Every limit of an organization. One query."""
    rows = Limit.objects.filter(org_id=org_id).select_related("team")
    return {(row.kind, row.level, whom(row)): Named(row.amount, row.level, named(row)) for row in rows}


def whom(row: Limit) -> int | str:
    return row.member_id or row.team_id or row.plan


def named(row: Limit) -> str:
    """The name of the team or plan that it is for. No query where `team` was read."""
    return str(row.team) if row.team is not None else str(Plan(row.plan).label) if row.plan else ""


def plan_name(plan: int | str) -> str:
    """The name of a plan; nothing for what is none."""
    return str(Plan(str(plan)).label) if plan in Plan.values else ""


def nearest(rules: Rules, kind: str, *, member_id: int, team_id: int | None, plan: str) -> Named | None:
    """The limit of a kind that holds for somebody: the one nearest to them, also where it is the larger."""
    near: tuple[tuple[str, int | str | None], ...] = (
        (Limit.Level.MEMBER, member_id),
        (Limit.Level.TEAM, team_id),
        (Limit.Level.PLAN, plan),
        (Limit.Level.ORGANIZATION, ""),
    )
    found = (rules.get((kind, level, who)) for level, who in near if who is not None)
    return next((limit for limit in found if limit is not None), None)


def of_members(org: Organization, rules: Rules, members: Collection[Member]) -> dict[int, tuple[Held, ...]]:
    """Member id → the limits that hold for them. One query where the organization has limits, else none."""
    if not rules:
        return {}
    rows = Consumption.objects.in_bulk([member.pk for member in members])
    return {member.pk: tuple(_held(org, rules, member, rows.get(member.pk))) for member in members}


def as_used(org: Organization, known: Mapping[int, Iterable[Held]]) -> dict[int, tuple[Held, ...]]:
    """Member id → the same limits, with what is used of them by now. One query."""
    rows = Consumption.objects.in_bulk(list(known))
    return {pk: tuple(held(org, one.kind, one.limit, rows.get(pk)) for one in of) for pk, of in known.items()}


def _held(org: Organization, rules: Rules, member: Member, row: Consumption | None) -> Iterable[Held]:
    for kind in KINDS:
        limit = nearest(rules, kind, member_id=member.pk, team_id=member.team_id, plan=member.plan)
        if limit is not None:
            yield held(org, kind, limit, row)


def held(org: Organization, kind: str, limit: Named, row: Consumption | None) -> Held:
    """A limit, and what a member's row says of it. Days and months are those of the organization's clock."""
    if row is None:
        return Held(kind, limit)
    used, until = {
        MESSAGES: (row.messages, _end_of(org, row.day)),
        COST: (row.cost_nanos, months.end_of(org, row.month)),
        STORAGE: (row.stored_bytes, None),
    }[Limit.Kind(kind)]
    return Held(kind, limit, used, until, row.as_of.astimezone(org.zone))


def _end_of(org: Organization, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, org.zone)


def mark(kind: str, used: int, amount: int) -> int:
    """How far a limit is used, as coarsely as answers must know: two marks are one as long as no answer differs.

    80 and 100 % for what is counted; each byte for storage, where a question brings bytes of its own.
    """
    if kind == STORAGE:
        return used
    return 100 if used >= amount else 80 if used * 5 >= amount * 4 else 0


def measured(kind: str, amount: int) -> str:
    """An amount of a kind as people read it: `500`, `5.00 USD`, `1.2 GB`."""
    if kind == COST:
        return money(amount)
    return number(amount) if kind == MESSAGES else size(amount)


def size(amount: int) -> str:
    """Bytes as people read them, in the largest unit of a thousand that fits."""
    for unit, worth in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if amount >= worth:
            return f"{number(amount / worth, 1)} {unit}"
    return f"{number(amount)} B"


def reason(who: str, one: Held, now: datetime, more: int = 0) -> str:
    """Why a limit refuses, with both numbers, where it comes from, as of when, and when it begins anew."""
    used, of = measured(one.kind, one.used_at(now) + more), measured(one.kind, one.limit.amount)
    said = {
        MESSAGES: f"{who} has sent {used} of {of} messages today",
        COST: f"{who} has spent {used} of {of} this month",
        STORAGE: f"{who} {'would keep' if more else 'keeps'} {used} of {of}",
    }[Limit.Kind(one.kind)]
    return f"{said} ({one.limit.source}){_as_of(one, now)}.{_anew(one)}"


def passing(who: str, one: Held) -> str:
    """That a limit does not refuse: without the number that was used, which would be out of date at once."""
    left = {MESSAGES: "messages left today", COST: "money left this month", STORAGE: "room left"}[Limit.Kind(one.kind)]
    return f"{who} has {left}: at most {measured(one.kind, one.limit.amount)} ({one.limit.source})."


def _as_of(one: Held, now: datetime) -> str:
    if one.as_of is None:
        return ""
    today = now.astimezone(one.as_of.tzinfo).date() == one.as_of.date()
    return f", as of {one.as_of:%H:%M:%S}" if today else f", as of {one.as_of:%Y-%m-%d %H:%M:%S}"


def _anew(one: Held) -> str:
    if one.kind == STORAGE or one.until is None:
        return ""
    return " The count begins anew at 00:00." if one.kind == MESSAGES else f" It begins anew on {one.until:%Y-%m-%d}."
