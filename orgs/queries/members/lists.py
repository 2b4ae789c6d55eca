"""The list of members: filtered, sorted, 50 a page by the place of its rows, and one row of it after a deed."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery

from orgs import adapter
from orgs.forms.days import EARLIEST, LATEST
from orgs.ids import LARGEST
from orgs.models import Member, Team
from orgs.queries import pages
from orgs.queries.members.filters import Filters, matching
from orgs.queries.members.rows import Row, rows

# What a row and the engine read of a member; the rest stays in the database.
READ = (
    *("org", "role", "plan", "kind", "team__name", "ends_at", "joined_at", "listed_as", "suspended_at"),
    *("suspension_reason", "removed_at", "user__email", "user__name", "user__last_login", "user__is_active"),
)
# What each sort reads, in the order of an index; the last one tells equals apart.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("listed_as", "id"),
    "role": ("role", "listed_as", "id"),
    "plan": ("plan", "listed_as", "id"),
    "team": ("team__name", "listed_as", "id"),
    "joined": ("joined_at", "id"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins: how it is sorted, and the row that it comes after or before (as texts)."""

    sort: str = "name"
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list. `previous` and `next` are places to page to (empty: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    sort: str


def listing(actor: Member, filters: Filters, place: Place) -> Listing:
    """The members that `actor` may see, from `place` on. 4 queries at most beside the actor's subject, at any size."""
    found = matching(actor, filters)
    total, more = pages.count(found)
    members, earlier, later = _page(found.select_related("user", "team").only(*READ), place, actor.org_id)
    return Listing(
        rows=_rows(actor, members),
        total=total,
        more_than_counted=more,
        previous=_cursor(members[0], place) if earlier else "",
        next=_cursor(members[-1], place) if later else "",
        sort=place.sort,
    )


def row(actor: Member, member: Member) -> Row:
    """One row of the list. 1 query beside the actor's subject and the member."""
    return _rows(actor, [member])[0]


def _rows(actor: Member, members: list[Member]) -> tuple[Row, ...]:
    return rows(actor, members, adapter.with_second_factor([member.user_id for member in members]))


def _page(found: QuerySet[Member], place: Place, org_id: int) -> tuple[list[Member], bool, bool]:
    """The members of a page, and whether there are some before and after it. One query a stretch."""
    backwards = bool(place.before)
    edge = place.before or place.after
    falling = place.falling != backwards
    stretches = _stretches(found, SORTS[place.by], edge, org_id, falling=falling)
    return pages.page(stretches, falling=falling, backwards=backwards)


def _stretches(
    found: QuerySet[Member], names: tuple[str, ...], edge: tuple[str, ...], org_id: int, *, falling: bool
) -> list[pages.Stretch[Member]]:
    """What a list is read from, piece by piece from `edge` on: all at once, or by team and then those without one."""
    if names[0] != "team__name":
        return [pages.Stretch(found, names, edge)]
    alone = pages.Stretch(found.filter(team=None), names[1:])
    with_team = pages.Stretch(_by_team(found, edge[0] if edge else "", org_id, falling=falling), names)
    way = [alone, with_team] if falling else [with_team, alone]
    if edge and (edge[0] == "") != falling:
        way = way[1:]  # the edge lies in the second stretch
    return [replace(way[0], start=edge[-len(way[0].names) :]), *way[1:]]


def _by_team(found: QuerySet[Member], name: str, org_id: int, *, falling: bool) -> QuerySet[Member]:
    """Members of teams from `name` on. Both ends are said, so that SQLite reads team by team, statistics or none."""
    last = Subquery(Team.objects.filter(org=org_id).order_by("-name").values("name")[:1])
    low, high = ("", name or last) if falling else (name, last)
    return found.filter(team__org=org_id, team__name__gte=low, team__name__lte=high)


def _cursor(member: Member, place: Place) -> str:
    """A row's place in the URL. It holds the values it was sorted by, so that a change of the row moves no page."""
    values = [_value(member, name) for name in SORTS[place.by]]
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts, ensure_ascii=False).encode()).decode().rstrip("=")


def _value(member: Member, name: str) -> Any:
    if name == "team__name":
        return member.team.name if member.team else ""
    return getattr(member, name)


def read_cursor(text: str, sort: str) -> tuple[str, ...]:
    """The place that a URL names.

    Raises:
        ValueError: it is none, or none of this sort.
    """
    names = SORTS[sort.removeprefix("-")]
    values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(values, list) or len(values) != len(names) or not all(isinstance(v, str) for v in values):
        raise ValueError(text)
    if not 0 < int(values[-1]) <= LARGEST or "\0" in "".join(values).encode().decode():
        raise ValueError(text)
    if names[0] == "joined_at":
        joined = datetime.fromisoformat(values[0])
        if joined.tzinfo is None or not EARLIEST <= joined.date() <= LATEST:
            raise ValueError(text)
    return tuple(values)
