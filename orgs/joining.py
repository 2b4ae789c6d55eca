"""Joining by an address in a verified domain: whom a domain takes in, and the link that proves an address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from orgs import mails
from orgs.models import Admission, Domain, JoinRequest, Mail, Member, User
from orgs.queries import sso

LINK_HOURS: Final = 24
MAILS_A_DAY: Final = 3  # to one address
MAILS_AN_HOUR: Final = 50  # for one organization
ASKING: Final = "joiners"  # the kind of mail that tells those who answer of those who ask
APART: Final = timedelta(hours=1)  # one such mail and the next
NAMED: Final = 20  # in one of them
READ: Final = "mail_read"  # in a session: the address whose link was opened in it
_SALT: Final = "joining by a domain"


def open_domain(email: str) -> Domain | None:
    """The domain that lets somebody with this address join or ask; none where single sign-on is the way. 3 queries."""
    found = Domain.objects.of_address(email).exclude(admission=Admission.NONE).filter(org__suspended_at=None)
    domain = found.select_related("org").first()
    return None if domain is None or sso.binding_of_invited(email, domain.org) is not None else domain


@dataclass(frozen=True, slots=True)
class Offer:
    """What a domain offers to somebody signed in: to join at once or to ask; `waiting` when they have asked."""

    domain: Domain
    org: str
    joins: bool
    waiting: bool


def offer(user: User) -> Offer | None:
    """What the domain of this person's address offers them; nothing to who is, or was, a member. At most 4 queries."""
    domain = open_domain(user.email)
    if domain is None or Member.objects.filter(org=domain.org_id, user=user).exists():
        return None
    waiting = JoinRequest.objects.filter(org=domain.org_id, user=user, decided_at=None).exists()
    return Offer(domain, domain.org.name, domain.admission == Admission.JOIN, waiting)


def send_link(email: str) -> None:
    """Mail a link to whoever may join or ask by this address; to everybody else, nothing. Nobody is told which it was.

    At most three a day to an address, and fifty an hour for an organization. At most 5 queries.
    """
    domain = open_domain(email)
    if domain is not None and _within_the_pace(domain, email):
        with transaction.atomic():
            mails.queue("joining", [email.lower()], domain.org, joins=domain.pk)


def _within_the_pace(domain: Domain, email: str) -> bool:
    now, sent = timezone.now(), Mail.objects.filter(kind="joining", org=domain.org_id)
    today = sent.filter(to__iexact=email, created_at__gt=now - timedelta(days=1)).count()
    return today < MAILS_A_DAY and sent.filter(created_at__gt=now - timedelta(hours=1)).count() < MAILS_AN_HOUR


def tell(request: JoinRequest, now: datetime) -> None:
    """Mail the Owners and Admins that somebody asks: at once, or an hour after such a mail, of all who asked since.

    Call it while the organization is locked. A mail that still waits tells of this request as well. At most 4 queries.
    """
    told = Mail.objects.filter(kind=ASKING, org=request.org_id).exclude(state=Mail.State.FAILED).order_by()
    if list(told.select_for_update().filter(state=Mail.State.QUEUED, attempts=0).values_list("pk", flat=True)):
        return
    last: datetime | None = told.aggregate(last=Max(Coalesce("sent_at", "due_at")))["last"]
    due_at = now if last is None else max(now, last + APART)
    to = Member.objects.filter(org=request.org_id).administrators(now).values_list("user__email", flat=True)
    mail = partial(Mail, kind=ASKING, org=request.org, created_at=now, due_at=due_at)
    mails.put([mail(to=email, params={"asked_since": request.created_at.isoformat()}) for email in to])


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and was not told of before: the first twenty, and how many more."""

    people: tuple[User, ...]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.people)


def asking(mail: Mail) -> Asking | None:
    """What such a mail tells as it goes out; None where nobody waits, or its reader does not answer. 2 queries."""
    since = datetime.fromisoformat(mail.params["asked_since"])
    waiting = JoinRequest.objects.filter(org=mail.org_id, decided_at=None, created_at__gte=since)
    found = list(waiting.select_related("user").order_by("created_at"))
    answers = Member.objects.filter(org=mail.org_id, user__email__iexact=mail.to).administrators(timezone.now())
    if not found or not answers.exists():
        return None
    return Asking(tuple(request.user for request in found[:NAMED]), len(found))


def url(domain: Domain, email: str) -> str:
    """The link that proves `email`, and leads to what the domain offers."""
    secret = signing.dumps({"domain": domain.pk, "token": domain.token, "email": email.lower()}, salt=_SALT)
    return f"{settings.PUBLIC_BASE_URL}{reverse('joining_here', args=[secret])}"


def proven(secret: str) -> tuple[Domain, str] | None:
    """The domain and address of a link; None for an old or forged one, or where the domain is closed. 2 queries."""
    try:
        facts: Any = signing.loads(secret, salt=_SALT, max_age=LINK_HOURS * 3600)
    except signing.BadSignature:
        return None
    domain = open_domain(facts["email"])
    if domain is None or (domain.pk, domain.token) != (facts["domain"], facts["token"]):
        return None
    return domain, facts["email"]
