"""Who comes near a limit: members by how much they have used of the one that they have used most of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from orgs import months
from orgs.access import Action, check, require
from orgs.ids import LARGEST
from orgs.models import Member, Organization, Plan, Team
from orgs.queries import members as listed
from orgs.queries import pages
from policies import limits
from policies.limits import COST, KINDS, MESSAGES, Rules
from policies.models import Limit
from policies.queries.limits import Gauge, counted, gauge

MOST_NAMED = 20  # of a team
NEAR, FULL = 800, 1000  # per mille of a limit
MOST = 10**12  # what a share is worked out of at most: no product outgrows 64 bits
COLUMNS = ("member", "name", "email", "plan", "team", "limit", "used", "of", "state", "source", "as_of")
_BIG = BigIntegerField()


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    email: str
    plan: str
    team: str
    gauges: tuple[Gauge, ...]
    own: bool

    @property
    def by_kind(self) -> tuple[tuple[str, Gauge | None], ...]:
        """Every kind's name, and its limit where one holds: a cell of the table each."""
        found = {one.kind: one for one in self.gauges}
        return tuple((str(kind.label), found.get(kind)) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str


def listing(actor: Member, asked: Mapping[str, str], now: datetime, *, before: str = "", after: str = "") -> Listing:
    """Members by how much of a limit they have used, who has used most first. 5 queries, at any size."""
    rules = limits.rules_of(actor.org_id)
    found = matching(actor, asked, rules, now)
    total, more = pages.count(found)
    place = _place(before or after)
    beyond = _beyond(found, place, falling=not before) if place else found
    order = ("nearness", "pk") if before and place else ("-nearness", "-pk")
    members = list(beyond.select_related("user", "team").order_by(*order)[: pages.PAGE + 1])
    overflow, members = len(members) > pages.PAGE, members[: pages.PAGE]
    backwards = bool(before and place)
    members = members[::-1] if backwards else members
    earlier, later = (overflow, bool(members)) if backwards else (bool(place and members), overflow)
    return Listing(
        rows=tuple(rows_of(actor, members, rules, now)),
        total=total,
        more_than_counted=more,
        previous=_edge(members[0]) if earlier else "",
        next=_edge(members[-1]) if later else "",
    )


def rows_of(
    actor: Member, members: Iterable[Member], rules: Rules, now: datetime, *, team: Team | None = None
) -> Iterator[Row]:
    """The members of a page, or some of a team, with what they have used. Two queries, and those of a subject."""
    members = list(members)
    held = limits.of_members(actor.org, rules, members)
    sees, until = check(actor, Action.USAGE_COST, team or actor.org).allowed, counted(actor.org, now)
    for member in members:
        gauges = tuple(gauge(one, now, until, hidden=one.kind == COST and not sees) for one in held.get(member.pk, ()))
        own = any(one.limit.level == Limit.Level.MEMBER for one in held.get(member.pk, ()))
        place = str(member.team) if member.team else ""
        yield Row(member.pk, str(member), member.user.email, str(Plan(member.plan).label), place, gauges, own)


def _place(said: str) -> tuple[int, int] | None:
    """The row that a page begins beside: its nearness and id. None, the first page, for what no row can be."""
    share, _dash, pk = said.partition("-")
    if not (share.isdecimal() and pk.isdecimal()) or len(said) >= 40:
        return None
    found = int(share), int(pk)
    return found if max(found) <= LARGEST else None


def _edge(member: Any) -> str:
    return f"{member.nearness}-{member.pk}"


def _beyond(found: Any, place: tuple[int, int], *, falling: bool) -> Any:
    here = Func(F("nearness"), F("pk"), template="(%(expressions)s)")
    there = Func(Value(place[0]), Value(place[1]), template="(%(expressions)s)")
    sign = " < " if falling else " > "
    beyond = Func(here, there, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())
    return found.filter(beyond)


def matching(actor: Member, asked: Mapping[str, str], rules: Rules, now: datetime) -> Any:
    """The members whom a filter finds, with their `nearness` in per mille of a limit. Not yet read."""
    found = near(listed.matching(actor, listed.Filters(q=asked.get("q", ""))), actor.org, rules, now)
    least = {"near": NEAR, "full": FULL}.get(asked.get("show", ""), 0)
    own = Exists(Limit.objects.filter(member=OuterRef("pk")))
    return found.filter(own) if asked.get("show") == "own" else found.filter(nearness__gte=least)


def of_team(actor: Member, team_id: int, now: datetime) -> tuple[Row, ...]:
    """Those of a team who have used 80 % of a limit, who has used most first; 20 at most. 4 queries where any is set.

    Raises:
        Denied: the actor may not see the team.
    """
    rules = limits.rules_of(actor.org_id)
    if not rules:
        return ()
    team = Team.objects.visible_to(actor).get(pk=team_id)
    require(actor, Action.TEAM_VIEW, team)
    people = Member.objects.filter(org=actor.org_id, team=team).active(now)
    found = near(people, actor.org, rules, now).filter(nearness__gte=NEAR).select_related("user", "team")
    return tuple(rows_of(actor, found.order_by("-nearness", "-pk")[:MOST_NAMED], rules, now, team=team))


def cells(actor: Member, asked: Mapping[str, str], now: datetime) -> Iterator[tuple[Any, ...]]:
    """The same as a table: a line for each limit that holds for them, 500 members at a time."""
    rules = limits.rules_of(actor.org_id)
    found = matching(actor, asked, rules, now).select_related("user", "team").order_by("-nearness", "-pk")
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        members = found.in_bulk(ids[start : start + 500])
        for row in rows_of(actor, [members[pk] for pk in ids[start : start + 500] if pk in members], rules, now):
            about = (row.id, row.name, row.email, row.plan, row.team)
            for one in row.gauges:
                yield (*about, one.label, one.used, one.of, one.state, one.source, one.as_of)


def near(members: Any, org: Organization, rules: Rules, now: datetime) -> Any:
    """`members` with `nearness`: how much of the limit that they used most of, in per mille; -1 without any."""
    kinds = [kind for kind in KINDS if any(key[0] == kind for key in rules)]
    for kind in kinds:
        members = members.alias(**{f"{kind}_of": _limit(kind, rules), f"{kind}_used": _used(kind, org, now)})
        members = members.alias(**{f"{kind}_share": _share(f"{kind}_used", f"{kind}_of")})
    none = Value(-1, output_field=_BIG)
    return members.annotate(nearness=Greatest(none, none, *(F(f"{kind}_share") for kind in kinds), output_field=_BIG))


def _share(used: str, of: str) -> Case:
    return Case(
        When(**{f"{of}__isnull": True}, then=Value(-1)),
        When(**{of: 0}, then=Value(0)),  # there is nothing to come near to
        When(**{f"{of}__gte": MOST // 1000}, then=F(used) / (F(of) / Value(1000))),
        When(**{f"{used}__gte": MOST}, then=Value(MOST)),
        default=F(used) * Value(1000) / F(of),
        output_field=_BIG,
    )


def _limit(kind: str, rules: Rules) -> Coalesce:
    """The limit of a kind that is nearest to each member, as part of a query."""
    rows = Limit.objects.filter(kind=kind)
    own = rows.filter(level="member", member=OuterRef("pk")).values("amount")[:1]
    team = rows.filter(level="team", team=OuterRef("team")).values("amount")[:1]
    plans = [When(plan=key[2], then=Value(r.amount)) for key, r in rules.items() if key[:2] == (kind, "plan")]
    whole = rules.get((kind, "organization", ""))
    return Coalesce(
        Subquery(own),
        Subquery(team),
        Case(*plans, default=Value(whole.amount if whole else None), output_field=_BIG),
        output_field=_BIG,
    )


def _used(kind: str, org: Organization, now: datetime) -> Case | Greatest:
    if kind == MESSAGES:
        today = now.astimezone(org.zone).date()
        return _since({"consumption__day__gte": today}, F("consumption__messages"))
    if kind == COST:
        return _since({"consumption__month__gte": months.month_of(org, now)}, F("consumption__cost_nanos"))
    kept = Coalesce(F("consumption__uploaded_bytes") - F("consumption__freed_bytes"), Value(0), output_field=_BIG)
    return Greatest(kept, Value(0, output_field=_BIG), output_field=_BIG)


def _since(period: dict[str, Any], used: F) -> Case:
    return Case(When(**period, then=used), default=Value(0), output_field=_BIG)
