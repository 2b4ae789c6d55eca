"""Deeds on limits: what an organization, a plan, a team or one member may use at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orgs.access import Action
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Member, Organization, Plan, Team
from policies import limits
from policies.models import Limit


@dataclass(frozen=True, slots=True)
class Target:
    """Whom limits are for: everybody of an organization, a plan, a team, or one member."""

    org: Organization
    level: str = Limit.Level.ORGANIZATION
    plan: str = ""
    team: Team | None = None
    member: Member | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {"org": self.org, "level": self.level, "plan": self.plan, "team": self.team, "member": self.member}

    @property
    def whom(self) -> int | str:
        return self.member.pk if self.member else self.team.pk if self.team else self.plan

    @property
    def name(self) -> str:
        return str(self.member or self.team or (Plan(self.plan).label if self.plan else self.org))


def set_limits(actor: Actor, target: Target, *, amounts: Mapping[str, int | None]) -> None:
    """Set or clear (None) limits of `target`, by kind; kinds that are not named stay as they are.

    They hold from the next question on, for whoever has none that is nearer.

    Raises:
        Denied: the actor may not set limits.
    """
    row = target.member or target.team or target.org
    with act(actor, Action.LIMIT_SET, row) as entry:
        stored = Limit.objects.filter(**target.values)
        before = dict(stored.values_list("kind", "amount"))
        changed = {kind: amount for kind, amount in amounts.items() if before.get(kind) != amount}
        stored.filter(kind__in=changed).delete()
        Limit.objects.bulk_create(
            Limit(**target.values, kind=kind, amount=amount) for kind, amount in changed.items() if amount is not None
        )
        entry.also = {f"limit_{kind}": (_told(kind, before.get(kind)), _told(kind, changed[kind])) for kind in changed}
        entry.detail = {"level": str(target.level), "whom": target.name} if changed else {}


def _told(kind: str, amount: int | None) -> str | None:
    return None if amount is None else limits.measured(kind, amount)
