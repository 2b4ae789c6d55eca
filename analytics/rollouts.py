"""What rollouts ask of usage: who the power users are, and what reached members did (product.md 4)."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from math import ceil

import msgspec
from django.db.models import Count, Q, Sum

from analytics.models import MemberDay, book_of
from analytics.models.totals import MemberSplit
from analytics.queries.periods import DEFAULT_DAYS, full_days
from orgs.models import Kind, Member, Organization
from policies.rollouts import power

_split = msgspec.msgpack.Decoder(MemberSplit).decode
_AT_ONCE = 1_000
SHARE = 10  # one in ten


def power_users(org: Organization, now: datetime) -> list[power.Ranked]:
    """The top tenth, by active days and then messages of the last 30 full days, of whoever sent a message then.

    Guests are left out: a stage names them by themselves. 2 queries.
    """
    period = full_days(DEFAULT_DAYS, now=now, zone=org.zone)
    days = MemberDay.objects.filter(org_id=book_of(org.pk), day__range=(period.first, period.last), messages__gt=0)
    found = days.values_list("member").annotate(days=Count("day", distinct=True), sent=Sum("messages"))
    here = Member.objects.filter(org=org).holding_a_seat().exclude(kind=Kind.GUEST)
    known = set(here.values_list("pk", flat=True))
    ranked = sorted((-active, -sent, member) for member, active, sent in found if member in known)
    return [(member, -active, -sent) for active, sent, member in ranked[: ceil(len(ranked) / SHARE)]]


def push_power_users(org: Organization, now: datetime) -> bool:
    """Tell the floor below who the power users are; whether they are others than before. About 5 queries."""
    return power.keep(org, power_users(org, now), now)


def used(
    org: Organization, kind: str, names: Collection[str], member_ids: Sequence[int], since: datetime
) -> tuple[int, int, int]:
    """What these members did on the full days since a moment: how many used it, their messages, their refusals.

    A model or a tool is used by whoever has a response or a call of one of `names`; a feature or a policy by whoever
    sent anything. The day on which it began counts only where it began at midnight: before that moment others were
    refused what they have now. One query and another per thousand members.
    """
    local = since.astimezone(org.zone)
    first = local.date() + timedelta(days=local.time() > time.min)
    days = MemberDay.objects.filter(org_id=book_of(org.pk), day__gte=first)
    people: set[int] = set()
    messages = refusals = 0
    for start in range(0, len(member_ids), _AT_ONCE):
        mine = days.filter(member__in=member_ids[start : start + _AT_ONCE])
        sums = mine.aggregate(m=Sum("messages"), r=Sum("refusals"))
        messages, refusals = messages + (sums["m"] or 0), refusals + (sums["r"] or 0)
        if kind not in ("model", "tool"):
            people.update(mine.filter(Q(messages__gt=0) | Q(files__gt=0)).values_list("member", flat=True))
            continue
        for member, detail in mine.values_list("member", "detail"):
            if detail and _named(bytes(detail), kind, names):
                people.add(member)
    return len(people), messages, refusals


def _named(detail: bytes, kind: str, names: Collection[str]) -> bool:
    split = _split(detail)
    counted = split.models if kind == "model" else split.integrations
    return any(counted.get(name) for name in names)
