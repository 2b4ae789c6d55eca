"""How fast invitations go out: so many an hour from an organization, so few a day to an address (security.md B8)."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet

from orgs import mails
from orgs.models import Domain, Invitation, Mail, Organization

AN_HOUR = 50  # mails from an organization to addresses outside its verified domains; more wait for their turn
A_DAY = 3  # mails to one address, whoever invites it
KIND = "invitation"


def waits(addresses: Iterable[str], now: datetime) -> set[str]:
    """The addresses that had their mails of a day, whoever invited them: nobody learns when, or that somebody else did.

    Mails that wait for their turn, or were taken back for another one, count as well; those that failed do not. One
    query.
    """
    day = timedelta(days=1)
    had = Mail.objects.filter(kind=KIND, to__in=list(addresses), due_at__gt=now - day)
    had = had.exclude(state=Mail.State.FAILED, attempts__gt=0).order_by()
    count: Counter[str] = Counter()
    for mail in had.only("to", "state", "created_at", "sent_at", "due_at"):
        at = mail.created_at if mail.state == Mail.State.FAILED else mail.sent_at or mail.due_at
        count[mail.to] += at > now - day
    return {address for address, mails_of_a_day in count.items() if mails_of_a_day >= A_DAY}


def mail_out(org: Organization, invitations: Sequence[Invitation], now: datetime) -> None:
    """Queue the mail of each of these and name it on the row, which the caller saves. 3 queries.

    Call it while the organization is locked. Beyond the pace mails wait, in the order given; addresses in the
    organization's verified domains wait for nobody.
    """
    known = set(Domain.objects.filter(org=org).counting(now).values_list("name", flat=True))
    paced = [i for i in invitations if i.email.rpartition("@")[2].lower() not in known]
    turns = dict(zip((i.pk for i in paced), _turns(org, len(paced), now), strict=True))
    for invitation in invitations:
        params = {"invitation": invitation.pk, "paced": invitation.pk in turns}
        due_at = turns.get(invitation.pk, now)
        to = invitation.email
        invitation.mail = Mail(kind=KIND, to=to, org=org, params=params, created_at=now, due_at=due_at)
    mails.put([i.mail for i in invitations if i.mail is not None])


def _turns(org: Organization, count: int, now: datetime) -> list[datetime]:
    """When each of `count` more mails may go out: never more than the pace in any hour. At most one query."""
    if not count:
        return []
    hour = timedelta(hours=1)
    rows = _going_out(now - hour).filter(org=org, params__paced=True).values_list("sent_at", "due_at")
    times = sorted(at for at in (sent_at or due_at for sent_at, due_at in rows) if at > now - hour)
    turns = []
    for _ in range(count):
        turns.append(now if len(times) < AN_HOUR else max(now, times[-AN_HOUR] + hour))
        insort(times, turns[-1])
    return turns


def _going_out(since: datetime) -> QuerySet[Mail]:
    """Mails with invitations that were sent since then or still wait. A mail is claimed until after it was sent."""
    return Mail.objects.filter(kind=KIND, due_at__gt=since).exclude(state=Mail.State.FAILED).order_by()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the mails of an organization are that wait for their turn; `until` is about when the last goes out."""

    sent: int
    total: int
    until: datetime


def progress(org: Organization, now: datetime) -> Progress | None:
    """Of the mails that were queued together with those that still wait: how many are out. None: no mail waits.

    At most 2 queries.
    """
    paced = Mail.objects.filter(org=org, kind=KIND, params__paced=True).order_by()
    waiting = paced.filter(state=Mail.State.QUEUED, attempts=0, due_at__gt=now)
    found = waiting.aggregate(n=Count("pk"), since=Min("created_at"), until=Max("due_at"))
    if not found["n"]:
        return None
    sent = paced.filter(state=Mail.State.SENT, due_at__gte=found["since"], created_at__gte=found["since"]).count()
    return Progress(sent, sent + found["n"], found["until"])
