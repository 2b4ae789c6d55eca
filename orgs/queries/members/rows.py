"""One member as the list shows them: in the reader's words, by the reader's clock, with what the reader may do."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.models import Kind, Member, Plan, Role, Status
from orgs.queries.members.standing import Choices, Standing, choices, standings
from orgs.templatetags import ui

_TICK = timedelta(microseconds=1)  # an end at midnight is told as the day before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Standing):
    """A member as the list shows them, with what the reader may do with them.

    `url` is their page, `hue` the colour of their initials; days are the reader's, as texts. What is in `OWN` is a
    text of one person's own; everything else they share with those who are drawn alike.
    """

    id: str
    url: str
    name: str
    initials: str
    hue: str
    email: str
    role: str
    role_label: str
    role_choices: Choices
    plan: str
    plan_label: str
    team: str
    guest: bool
    suspended: bool
    removed: bool
    suspension_reason: str
    until: str
    joined: str
    last_sign_in: str
    last_sign_in_at: str
    last_sign_in_exact: str
    second_factor: bool

    OWN: ClassVar[tuple[str, ...]] = (
        *("id", "url", "name", "initials", "hue", "email", "team", "suspension_reason", "until", "joined"),
        *("last_sign_in", "last_sign_in_at", "last_sign_in_exact"),
    )


SHARED = tuple(field.name for field in dataclasses.fields(Row) if field.name not in Row.OWN)
own_of = attrgetter(*Row.OWN)
shared_of = attrgetter(*SHARED)


@dataclass(frozen=True, slots=True)
class Seen:
    """What all rows of a page share: words and clock of the reader, the address of the list."""

    language: str | None
    zone: tzinfo
    today: date
    base: str
    roles: dict[str, str]
    plans: dict[str, str]
    role_choices: Choices


def rows(actor: Member, members: Sequence[Member], safe: set[int]) -> tuple[Row, ...]:
    """The rows of `members`, of whom `safe` (ids of people) have a second factor. No query beside the subject's."""
    language, zone, now = get_language(), timezone.get_current_timezone(), timezone.now()
    roles, plans = _labels(language)
    today, base = now.astimezone(zone).date(), reverse("members", args=[actor.org.slug])
    seen = Seen(language, zone, today, base, roles, plans, tuple(roles.items()))
    may = standings(subjects.of(actor), members, now)
    return tuple(
        _row(seen, member, facts, safe=member.user_id in safe) for member, facts in zip(members, may, strict=True)
    )


@lru_cache(maxsize=16)
def _labels(language: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Roles and plans by their names in the reader's language."""
    return tuple({str(value): str(label) for value, label in kind.choices} for kind in (Role, Plan))  # type: ignore[return-value]


def _row(seen: Seen, member: Member, facts: dict[str, Any], *, safe: bool) -> Row:
    user, name, status, team = member.user, str(member.user), member.status, member.team
    last, role, plan = user.last_login, str(member.role), str(member.plan)
    return Row(
        **facts,
        id=str(member.pk),
        url=f"{seen.base}{member.pk}/",
        name=name,
        initials=ui.initials(name),
        hue=str(ui.hue(name)),
        email=user.email,
        role=role,
        role_label=seen.roles[role],
        role_choices=choices(facts["roles"], seen.role_choices),
        plan=plan,
        plan_label=seen.plans[plan],
        team=team.name if team else "",
        guest=member.kind == Kind.GUEST,
        suspended=status == Status.SUSPENDED,
        removed=status == Status.REMOVED,
        suspension_reason=member.suspension_reason,
        until=_day((member.ends_at - _TICK).astimezone(seen.zone).date(), seen.language) if member.ends_at else "",
        joined=_day(member.joined_at.astimezone(seen.zone).date(), seen.language),
        last_sign_in=_days_ago(last.astimezone(seen.zone).date(), seen) if last else _("never"),
        last_sign_in_at=last.isoformat(timespec="minutes") if last else "",
        last_sign_in_exact=_exact(last.astimezone(seen.zone), seen.language) if last else "",
        second_factor=safe,
    )


@lru_cache(maxsize=4096)
def _day(day: date, language: str | None) -> str:
    """A day in words; a list shows few days many times."""
    return ui.day(day)


def _days_ago(day: date, seen: Seen) -> str:
    """A day as today, yesterday, 12 days ago, else the day itself."""
    gone = (seen.today - day).days
    return _gone(gone, seen.language) if 0 <= gone < 30 else _day(day, seen.language)


def _exact(local: datetime, language: str | None) -> str:
    """A time to the minute by the reader's clock, and which clock that is."""
    return f"{_day(local.date(), language)}, {local.hour:02}:{local.minute:02} {local.tzname()}"


@lru_cache(maxsize=512)
def _gone(days: int, language: str | None) -> str:
    if days < 2:
        return _("yesterday") if days else _("today")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
