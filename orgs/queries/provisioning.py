"""What the provisioning board shows: newcomers in the step they are in, how long they are stuck, what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from orgs import subjects
from orgs.access import Action, check, require
from orgs.models import STEP_OF, Item, Member, ProvisioningItem, ProvisioningStep, Team
from orgs.provisioning import DEFINITIONS

STEPS = tuple(ProvisioningStep.values)
PAGE = 50
IN_A_LANE = 20
STUCK = (("3", _("Stuck for 3 days")), ("7", _("Stuck for a week")), ("14", _("Stuck for two weeks")))


@dataclass(frozen=True, slots=True)
class Filters:
    q: str = ""
    stuck: str = ""  # at least so many days without a tick
    overdue: str = ""  # "yes": something is
    step: str = ""
    team: int = 0
    owner: str = ""  # "me": the reader looks after something that is open

    def said(self) -> dict[str, Any]:
        """The filters that are set, under their names in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Card:
    """A newcomer: where they are, how far, since when nothing happened, and what is open in their step."""

    id: int
    name: str
    email: str
    team: str
    joined_at: datetime
    step: str
    step_label: str
    done: int
    total: int
    overdue: int
    stuck_days: int
    due_day: date
    open: tuple[str, ...]

    @property
    def is_stuck(self) -> bool:
        return self.stuck_days >= int(STUCK[0][0])


@dataclass(frozen=True, slots=True)
class Lane:
    """A step with those who are in it, who is stuck longest first."""

    step: str
    label: str
    total: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    lanes: tuple[Lane, ...]
    total: int
    administers: bool


@dataclass(frozen=True, slots=True)
class Listing:
    cards: tuple[Card, ...]
    total: int
    first: int
    previous: int
    next: int
    administers: bool

    @property
    def last(self) -> int:
        return self.first + len(self.cards) - 1


def may_open(actor: Member) -> bool:
    """Whether the board is anything to `actor`: an Owner, an Admin, a lead, whoever looks after an item. 1 query."""
    if check(actor, Action.PROVISIONING_VIEW, actor.org).allowed or "lead" in subjects.of(actor).grants.values():
        return True
    return ProvisioningItem.objects.filter(org_id=actor.org_id, owner=actor).exists()


def board(actor: Member, filters: Filters, now: datetime) -> Board:
    """The four steps with the newcomers `actor` may see. 11 queries beside the actor's subject, at any size.

    Raises:
        Denied: the board is nothing to them.
    """
    _comes_in(actor)
    rows = _matching(actor, filters, now)
    lanes = []
    for rank, step in enumerate(STEPS):
        here = rows.filter(rank=rank)
        lanes.append((step, here.count(), list(here[:IN_A_LANE])))
    cards = {card.id: card for card in _cards(actor, [row for *_lane, found in lanes for row in found], now)}
    shown = tuple(
        Lane(step, str(ProvisioningStep(step).label), total, tuple(cards[row["member_id"]] for row in found))
        for step, total, found in lanes
    )
    return Board(shown, sum(lane.total for lane in shown), actor.administers)


def listing(actor: Member, filters: Filters, now: datetime, *, page: int = 1) -> Listing:
    """The same as a list, a page of it. 5 queries beside the actor's subject, at any size.

    Raises:
        Denied: the board is nothing to them.
    """
    _comes_in(actor)
    rows = _matching(actor, filters, now)
    if filters.step:
        rows = rows.filter(rank=STEPS.index(filters.step))
    total, start = rows.count(), (page - 1) * PAGE
    found = list(rows[start : start + PAGE])
    following = page + 1 if start + len(found) < total and found else 0
    return Listing(tuple(_cards(actor, found, now)), total, start + 1, page - 1, following, actor.administers)


def _comes_in(actor: Member) -> None:
    if not may_open(actor):
        require(actor, Action.PROVISIONING_VIEW, actor.org)


def _matching(actor: Member, filters: Filters, now: datetime) -> Any:
    """A row a newcomer: how many items, done, overdue; since when nothing happened; the first step with open ones."""
    seen = ProvisioningItem.objects.open().visible_to(actor)
    if not actor.administers:
        seen = seen.exclude(member=actor)
    if filters.owner:
        seen = seen.filter(owner=actor)
    today = now.astimezone(actor.org.zone).date()
    is_open = Q(done_at=None)
    ranks = [When(item__in=[i for i in Item.values if STEP_OF[i] == s], then=Value(n)) for n, s in enumerate(STEPS)]
    rows: Any = ProvisioningItem.objects.filter(member__in=seen.values("member"))
    if filters.team:
        rows = rows.filter(member__team_id=filters.team)
    for word in filters.q.lower().split():
        rows = rows.filter(member__listed_as__contains=word)
    rows = rows.values("member_id", joined=F("member__joined_at")).annotate(
        total=Count("pk"),
        done=Count("done_at"),
        overdue=Count("pk", filter=is_open & Q(due_day__lt=today)),
        since=Coalesce(Max("done_at"), F("member__joined_at")),
        due=Min("due_day", filter=is_open),
        rank=Min(Case(*ranks), filter=is_open),
    )
    if filters.stuck:
        rows = rows.filter(since__lte=now - timedelta(days=int(filters.stuck)))
    if filters.overdue:
        rows = rows.filter(overdue__gt=0)
    return rows.order_by("since", "member_id")


def _cards(actor: Member, rows: list[dict[str, Any]], now: datetime) -> Iterable[Card]:
    """The newcomers of these rows, in their order. 2 queries."""
    ids = [row["member_id"] for row in rows]
    members = Member.objects.select_related("user", "team").in_bulk(ids)
    waiting: dict[tuple[int, str], list[str]] = {}
    for member_id, item in ProvisioningItem.objects.open().filter(member__in=ids).values_list("member_id", "item"):
        waiting.setdefault((member_id, STEP_OF[item]), []).append(item)
    for row in rows:
        member, step = members[row["member_id"]], STEPS[row["rank"]]
        names = sorted(waiting.get((member.pk, step), []), key=list(DEFINITIONS).index)
        yield Card(
            id=member.pk,
            name=str(member),
            email=member.user.email,
            team=str(member.team or ""),
            joined_at=member.joined_at,
            step=step,
            step_label=str(ProvisioningStep(step).label),
            done=row["done"],
            total=row["total"],
            overdue=row["overdue"],
            stuck_days=(now - row["since"]).days,
            due_day=row["due"],
            open=tuple(str(DEFINITIONS[name].label) for name in names),
        )


def teams(actor: Member) -> list[tuple[str, str]]:
    """The teams that the board can be narrowed to. One query."""
    return [(str(pk), name) for pk, name in Team.objects.visible_to(actor).values_list("pk", "name")]
