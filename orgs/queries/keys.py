"""What the keys page shows: which machines may speak for the organization, and which keys want a second look."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from orgs import access
from orgs.access import Action
from orgs.models import Member, Scope, ServiceKey, Status


@dataclass(frozen=True, slots=True)
class Row:
    """A key. `review` says why its maker is a reason to look at it again; empty where they are none."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    shared: bool
    made_by: str
    review: str
    created_at: datetime
    last_used_at: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None
    alive: bool


@dataclass(frozen=True, slots=True)
class Keys:
    alive: tuple[Row, ...]
    gone: tuple[Row, ...]
    to_review: int


def keys(actor: Member, now: datetime) -> Keys:
    """The keys that `actor` may see, the living ones and the others. One query."""
    found = ServiceKey.objects.visible_to(actor).select_related("made_by__user")
    rows = [row(key, now) for key in found]
    alive = tuple(row for row in rows if row.alive)
    return Keys(alive, tuple(row for row in rows if not row.alive), sum(bool(row.review) for row in alive))


def withheld(actor: Member) -> dict[str, str]:
    """Scopes that `actor` may not give a key, with the reason: nobody makes a key that may more than they. No query."""
    cost = access.check(actor, Action.USAGE_COST, actor.org)
    return {} if cost.allowed else {Scope.USAGE_READ: cost.reason}


def row(key: ServiceKey, now: datetime) -> Row:
    """One key as the list shows it. No query where `made_by` and its person were read with it."""
    labels = dict(Scope.choices)
    return Row(
        id=key.pk,
        name=key.name,
        prefix=key.prefix,
        scopes=tuple(str(labels.get(scope, scope)) for scope in key.scopes),
        shared=key.shared,
        made_by=str(key.made_by) if key.made_by else "",
        review=_review(key.made_by),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        ends_at=key.ends_at,
        revoked_at=key.revoked_at,
        alive=key.is_alive(now),
    )


def _review(maker: Member | None) -> str:
    """A key belongs to the organization and lives on when its maker goes; somebody should look at it (product.md 1)."""
    if maker is None:
        return ""
    if maker.status == Status.REMOVED:
        return _("%(name)s, who made it, was removed.") % {"name": maker}
    if maker.status == Status.SUSPENDED:
        return _("%(name)s, who made it, is suspended.") % {"name": maker}
    if not maker.administers:
        return _("%(name)s, who made it, administers no longer.") % {"name": maker}
    return ""
