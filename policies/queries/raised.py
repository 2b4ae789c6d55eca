"""What a draft that raises the monitoring level means for people, told before it is published (product.md 4)."""

from dataclasses import dataclass
from datetime import datetime

from orgs.models import Member, Role
from policies import watching
from policies.engine import LEVELS
from policies.levels import KEEPS, LABELS
from policies.queries import monitoring
from policies.queries.policy import Writing

NAMED = 5


@dataclass(frozen=True, slots=True)
class Raised:
    """From which level to which; what is kept then, of how many people, and who can read it."""

    before: str
    after: str
    keeps: str
    people: int
    readers: tuple[str, ...]
    more_readers: int


def raised(at: Writing, now: datetime) -> Raised | None:
    """Nothing where the draft raises no level. Else 2 queries."""
    before = at.version.document["monitoring_level"] if at.version else watching.MINIMAL
    after = at.document["monitoring_level"]
    if at.department or LEVELS.index(after) <= LEVELS.index(before):
        return None
    readers = [str(who) for who in monitoring.readers(at.org, now)]
    return Raised(
        before=str(LABELS[before]),
        after=str(LABELS[after]),
        keeps=str(KEEPS[after]),
        people=Member.objects.filter(org=at.org).active(now).exclude(role=Role.VIEWER).count(),
        readers=tuple(readers[:NAMED]),
        more_readers=max(len(readers) - NAMED, 0),
    )
