"""The daily mail of what waits for somebody: asked for by themselves, sent at about seven by the organization's clock.

Wanting it is no more governed than how a screen is liked: it is kept with the membership and leaves no entry.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from orgs import mails
from orgs.access import Action, check
from orgs.models import Member
from orgs.models.members import MemberQuerySet
from orgs.queries import needs

AT, UNTIL = time(7), time(12)  # what was missed until noon is left for the next day
AT_A_TIME = 1000
TOLD = 10


def switch(member: Member, *, wanted: bool, at: datetime) -> None:
    """Begin or end the daily mail; the first goes out the next morning. One query."""
    today = at.astimezone(member.org.zone).date()
    Member.objects.filter(pk=member.pk).update(digest_from=at if wanted else None, digest_day=today)


def send(at: datetime) -> int:
    """Put the mail of this morning into the outbox for whom something waits, once a day; how many mails."""
    wanting = Member.objects.active(at).filter(digest_from__isnull=False, org__suspended_at=None)
    sent = 0
    for zone in wanting.order_by().values_list("org__timezone", flat=True).distinct():
        here = at.astimezone(ZoneInfo(zone))
        if AT <= here.time() < UNTIL:
            due = wanting.filter(Q(digest_day=None) | Q(digest_day__lt=here.date()), org__timezone=zone)
            sent += sum(_send(due.filter(pk=pk), here) for pk in due.values_list("pk", flat=True)[:AT_A_TIME])
    return sent


def _send(due: MemberQuerySet, here: datetime) -> bool:
    """One mail, if something waits. That it was looked at today is kept with it: asking twice sends nothing twice."""
    with transaction.atomic():
        locked = due.select_for_update(of=("self",), skip_locked=True)
        member = locked.select_related("org", "user").first()
        if member is None:
            return False
        Member.objects.filter(pk=member.pk).update(digest_day=here.date())
        waiting = needs.needs(member, here)
        told = [need for group in waiting.groups for need in group.needs][:TOLD]
        lines = [(need.text, f"{settings.PUBLIC_BASE_URL}{need.url}") for need in told]
        if lines and check(member, Action.CONSOLE_OPEN, member.org).allowed:
            mails.queue("needs", [member.user.email], member.org, lines=lines, total=waiting.total)
    return bool(lines)
