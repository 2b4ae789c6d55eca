"""What somebody may do with a member, and why not: asked of the engine, from memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from orgs.access import Action, ask
from orgs.actions.members import RESTORABLE
from orgs.models import Kind, Member, Role, Status
from orgs.subjects import Subject

Choices = tuple[tuple[str, str], ...]
FOR_GUESTS = (Role.USER, Role.VIEWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Deeds that are open to the reader on one member. `roles` are those they may hand out here, by value."""

    mine: bool
    roles: tuple[str, ...]
    why_not_role: str
    may_plan: bool
    why_not_plan: str
    may_suspend: bool
    may_reactivate: bool
    may_remove: bool
    may_restore: bool
    may_end_sessions: bool

    @property
    def may_anything(self) -> bool:
        return self.may_suspend or self.may_reactivate or self.may_remove or self.may_restore or self.may_end_sessions


def standings(subject: Subject, members: Iterable[Member], now: datetime) -> Iterator[dict[str, Any]]:
    """The facts of `Standing` for each of `members`. The engine is asked once for those whom it cannot tell apart.

    What it reads of a member who is acted on is their role, kind, status and team, and whether they are the reader.
    """
    known: dict[Any, dict[str, Any]] = {}
    for member in members:
        kind, me = (member.role, member.kind, member.status, member.team_id), member.pk == subject.member_id
        key = (*kind, me, _recently_removed(member, now))
        if key not in known:
            known[key] = standing(subject, member, now)
        yield known[key]


def standing(subject: Subject, member: Member, now: datetime) -> dict[str, Any]:
    """The facts of `Standing`, as its fields. No query: `member` brings what the layers read of it."""

    def may(action: Action, **context: str) -> bool:
        return ask(subject, action, member, now, context).allowed

    me, here = member.pk == subject.member_id, member.removed_at is None
    roles, why_not_role = _roles(subject, member, now)
    plan = ask(subject, Action.MEMBER_PLAN, member, now, {})
    return {
        "mine": me,
        "roles": roles,
        "why_not_role": why_not_role,
        "may_plan": plan.allowed and here,
        "why_not_plan": "" if plan.allowed else plan.reason,
        "may_suspend": not me and member.status == Status.ACTIVE and may(Action.MEMBER_SUSPEND),
        "may_reactivate": member.status == Status.SUSPENDED and may(Action.MEMBER_REACTIVATE),
        "may_remove": not me and here and may(Action.MEMBER_REMOVE),
        "may_restore": _recently_removed(member, now) and may(Action.MEMBER_RESTORE),
        "may_end_sessions": here and may(Action.SESSION_END),
    }


def _roles(subject: Subject, member: Member, now: datetime) -> tuple[tuple[str, ...], str]:
    decision = ask(subject, Action.MEMBER_ROLE, member, now, {})
    if not decision.allowed or member.removed_at is not None:
        return (), "" if decision.allowed else decision.reason
    thinkable = FOR_GUESTS if member.kind == Kind.GUEST else tuple(Role)
    given = (r for r in thinkable if ask(subject, Action.MEMBER_ROLE, member, now, {"role": r}).allowed)
    return tuple(str(r) for r in given), ""


def _recently_removed(member: Member, now: datetime) -> bool:
    return member.removed_at is not None and now - member.removed_at <= RESTORABLE


@lru_cache(maxsize=64)
def choices(values: tuple[str, ...], labels: Choices) -> Choices:
    """The (value, label) pairs of `values`, the same object each time: what is drawn from it can be kept."""
    return tuple(pair for pair in labels if pair[0] in values)


def days_left(member: Member, now: datetime) -> int:
    """Days in which a removed member can still be restored."""
    gone: timedelta = now - (member.removed_at or now)
    return max(0, (RESTORABLE - gone).days)
