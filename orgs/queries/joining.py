"""Who waits to be let in by a domain."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from orgs import adapter
from orgs.models import JoinRequest, Member, User
from orgs.queries import pages
from orgs.queries.pages import Edge

WAITING, DECIDED = "waiting", "decided"
STATES = ((WAITING, gettext_lazy("Waiting")), (DECIDED, gettext_lazy("Decided")))


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who asks, or asked. `closed`: they have closed their account since."""

    id: int
    name: str
    email: str
    closed: bool
    asked_at: datetime
    decided_at: datetime | None
    accepted: bool
    by: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of those who wait, the longest first, or of those who were answered, the last first.

    `previous` and `next` are places to page to (empty: nothing there).
    """

    rows: tuple[Row, ...]
    state: str
    total: int
    more_than_counted: bool
    previous: str
    next: str


def queue(actor: Member, *, state: str = WAITING, after: Edge | None = None, before: Edge | None = None) -> Queue:
    """2 queries, at any size."""
    found, name = JoinRequest.objects.visible_to(actor).filter(decided_at__isnull=state == WAITING), _SORT[state]
    total, more = pages.count(found)
    edge, backwards = before or after, before is not None
    start = (edge.moment, edge.id) if edge else ()
    stretch = pages.Stretch(found.select_related("user", "decided_by__user"), (name, "id"), start)
    falling = (state == DECIDED) != backwards
    rows, earlier, later = pages.page([stretch], falling=falling, backwards=backwards)
    return Queue(
        rows=tuple(map(_row, rows)),
        state=state,
        total=total,
        more_than_counted=more,
        previous=str(Edge.at(getattr(rows[0], name), rows[0].pk)) if earlier else "",
        next=str(Edge.at(getattr(rows[-1], name), rows[-1].pk)) if later else "",
    )


_SORT = {WAITING: "created_at", DECIDED: "decided_at"}


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address, or did until they closed their account. At most 2 queries."""
    person = User.objects.filter(email__iexact=email).first()
    return person is not None and (adapter.is_in_use(person) or not person.is_active)


def _row(request: JoinRequest) -> Row:
    return Row(
        id=request.pk,
        name=str(request.user),
        email=request.user.email,
        closed=not request.user.is_active,
        asked_at=request.created_at,
        decided_at=request.decided_at,
        accepted=request.accepted,
        by=str(request.decided_by or ""),
    )
