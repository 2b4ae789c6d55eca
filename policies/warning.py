"""Who comes near a limit: told once a period by mail at 80 % and at 100 %, and shown under Needs you."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import mails, months
from orgs.models import Member, Organization
from orgs.queries.needs import Need, Source
from policies import facts, limits
from policies.limits import MESSAGES, Held
from policies.models import LimitWarning
from policies.queries.limits_near import FULL, NEAR, near

_AT_ONCE = 500


def watch(org: Organization, now: datetime) -> int:
    """Tell those of `org` who crossed 80 or 100 % of a limit and were not told; how many mails that makes.

    Twice changes nothing. 2 queries, 2 for every 500 members who are near, and a transaction for each who is told.
    """
    rules = limits.rules_of(org.pk)
    if not rules:
        return 0
    active = Member.objects.filter(org=org).active(now)
    ids = list(near(active, org, rules, now).filter(nearness__gte=NEAR).values_list("pk", flat=True))
    told = 0
    for start in range(0, len(ids), _AT_ONCE):
        some = Member.objects.filter(pk__in=ids[start : start + _AT_ONCE]).select_related("user")
        members = {member.pk: member for member in some}
        known = _known(org, list(members), now)
        for pk, held in limits.of_members(org, rules, list(members.values())).items():
            told += sum(_tell(org, members[pk], one, known, now) for one in held)
    return told


def _known(org: Organization, members: list[int], now: datetime) -> set[tuple[int, str, int, date]]:
    rows = LimitWarning.objects.filter(org=org, member__in=members, period__gte=months.month_of(org, now))
    return set(rows.values_list("member", "kind", "share", "period"))


def _tell(org: Organization, member: Member, one: Held, known: set[tuple[int, str, int, date]], now: datetime) -> bool:
    """Note what a member reaches of a limit, and mail the gravest of it that they were not told."""
    period, amount, used = period_of(org, one.kind, now), one.limit.amount, one.used_at(now)
    mark = limits.mark(MESSAGES, used, amount) if amount else 0
    reached = [share for share in LimitWarning.SHARES if share <= mark]
    if all((member.pk, one.kind, share, period) in known for share in reached):
        return False
    made = {}
    with transaction.atomic():
        for share in reached:
            _row, made[share] = LimitWarning.objects.get_or_create(
                member=member, kind=one.kind, share=share, period=period, defaults={"org": org, "at": now}
            )
        if made[reached[-1]]:
            words = {"used": limits.measured(one.kind, used), "of": limits.measured(one.kind, amount)}
            more = {"limit": str(one.kind), "source": one.limit.source, "member": member.pk, "slug": org.slug}
            mails.queue(
                "limit_used" if mark == LimitWarning.SHARES[-1] else "limit_near",
                [member.user.email],
                org,
                **words,
                **more,
            )
    return made[reached[-1]]


def period_of(org: Organization, kind: str, now: datetime) -> date:
    """The day of messages; the month of cost, and of warnings about storage, by the organization's clock."""
    return now.astimezone(org.zone).date() if kind == MESSAGES else months.month_of(org, now)


def needs(member: Member, now: datetime) -> Iterator[Source]:
    """Who is near a limit: everybody for Owners and Admins, oneself for the rest. No query beyond what is kept."""
    rules = facts.limits_set(member.org)
    if not rules:
        return
    org, slug = member.org, member.org.slug

    def tell(row: Member) -> Need:
        full = getattr(row, "nearness", 0) >= FULL
        page = reverse("member", args=[slug, row.pk])
        if row.pk == member.pk:
            text = _("You have used up a limit.") if full else _("You have used over 80 % of a limit.")
        else:
            words = {"name": row}
            used = _("%(name)s has used up a limit.") if full else _("%(name)s has used over 80 %% of a limit.")
            text = used % words
        return Need("chart-line", text, _("It is refused beyond 100 %."), page, tone="red" if full else "yellow")

    periods = Q(period=period_of(org, MESSAGES, now)) | Q(period=months.month_of(org, now))
    warned = Exists(LimitWarning.objects.filter(periods, member=OuterRef("pk")))
    whose = Member.objects.filter(org=org) if member.administers else Member.objects.filter(pk=member.pk)
    rows = near(whose.active(now).filter(warned), org, rules, now).filter(nearness__gte=NEAR)
    url = reverse("limits", args=[slug]) if member.administers else ""
    yield Source(_("Limits"), rows.select_related("user").order_by("-nearness", "pk"), tell, url)
