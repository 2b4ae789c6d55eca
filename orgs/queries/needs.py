"""What waits for a person: of everything, what they can act on now (look.md, "Needs you")."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import asking, budgets, guests, hooks, jobs
from orgs.access import Action, check
from orgs.models import (
    AccessRequest,
    Invitation,
    Job,
    JoinRequest,
    Mail,
    Member,
    OwnershipTransfer,
    ProvisioningItem,
    Recovery,
    TrainingModule,
)
from orgs.templatetags.ui import money, number, to_come

SHOWN = 20  # of each kind; the list that it comes from shows the rest
FAILED_FOR = timedelta(days=7)  # how long a job that failed is told of


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits: what it is in a sentence, what more there is to know, and where one acts on it."""

    icon: str
    text: str
    more: str
    url: str
    since: datetime | None = None
    tone: str = ""
    stop: str = ""  # where a click stops it, for what goes on by itself


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind that wait for somebody, and how each is told. `rows` is not yet read, and counts as it is."""

    title: str
    rows: QuerySet[Any]
    tell: Callable[[Any], Need]
    url: str = ""  # the list where all of them stand


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    needs: tuple[Need, ...]
    url: str
    more: bool


@dataclass(frozen=True, slots=True)
class Needs:
    groups: tuple[Group, ...]
    total: int


def needs(member: Member, now: datetime) -> Needs:
    """Everything that waits for `member`. One query to count, and one a kind: 11 for an Owner, and those of hooks."""
    plain = tuple(_plain(member, now))
    budget = [Group(_("Budget"), plain, "", more=False)] if plain else []
    groups = (*_read(_pressing(member, now)), *budget, *_read(_others(member, now)))
    return Needs(groups, count(member, now))


def _read(sources: Iterable[Source]) -> Iterator[Group]:
    """What stands in each that holds anything. One query each."""
    for source in sources:
        rows = list(source.rows[: SHOWN + 1])
        if rows:
            told = tuple(source.tell(row) for row in rows[:SHOWN])
            yield Group(source.title, told, source.url, more=len(rows) > SHOWN)


def count(member: Member, now: datetime) -> int:
    """How many things wait for `member`. One query, whatever the kinds."""
    sources = [*_pressing(member, now), *_others(member, now)]
    first, *rest = (source.rows.order_by().values("pk") for source in sources)
    return first.union(*rest, all=True).count() + len(_plain(member, now))


def _plain(member: Member, now: datetime) -> list[Need]:
    """What the organization's own row says. No query."""
    org = member.org
    near, stopped = budgets.is_near(org, now), budgets.is_stopped(org, now)
    if not (near or stopped) or not check(member, Action.BILLING_VIEW, org).allowed:
        return []
    text = (
        _("This month's budget of %(n)s is used up.")
        if stopped
        else _("Over 80 %% of this month's budget of %(n)s is spent.")
    )
    more = _("Messages and models are refused.") if stopped else ""
    url = reverse("billing", args=[org.slug])
    return [Need("credit-card", text % {"n": money(org.budget_nanos)}, more, url, tone="red" if stopped else "yellow")]


def _pressing(member: Member, now: datetime) -> Iterator[Source]:
    """What cannot wait long: it is about who owns the organization. No query."""
    yield from _offers(member, now)
    if member.administers:
        yield from _recoveries(member)


def _others(member: Member, now: datetime) -> Iterator[Source]:
    """No query."""
    if member.administers:
        yield from _to_decide(member)
        yield from _mails(member, now)
    for found in (_guests(member, now), _items(member, now), _training(member), _jobs(member, now)):
        yield from found
    for named in hooks.call("needs", member, now):
        yield from named


def _offers(member: Member, now: datetime) -> Iterator[Source]:
    slug = member.org.slug

    def tell(offer: OwnershipTransfer) -> Need:
        text = _("%(name)s offers you to become Owner in their place.") % {"name": offer.offered_by}
        left = _("The offer ends %(when)s.") % {"when": to_come(offer.expires_at, now, member.org.zone)}
        return Need("crown", text, left, reverse("ownership", args=[slug, offer.pk]), offer.created_at, "blue")

    rows = OwnershipTransfer.objects.unanswered().filter(offered_to=member, expires_at__gt=now)
    yield Source(_("Ownership"), rows.select_related("offered_by__user"), tell)


def _recoveries(member: Member) -> Iterator[Source]:
    slug = member.org.slug

    def tell(recovery: Recovery) -> Need:
        text = _("Support is about to take the second factor of %(name)s away.") % {"name": recovery.user}
        when = _("It waits for a second member of support.")
        if recovery.ready_at is not None:
            moment = date_format(recovery.ready_at.astimezone(member.org.zone), "j M Y, H:i")
            when = _("It takes effect on %(moment)s. If nobody asked for this, stop it.") % {"moment": moment}
        more = f"{when} {_('The reason given: %(reason)s') % {'reason': recovery.reason}}"
        stop = reverse("recovery_stop", args=[slug, recovery.pk])
        return Need("shield-off", text, more, reverse("needs", args=[slug]), recovery.asked_at, "red", stop)

    rows = Recovery.objects.visible_to(member).open().select_related("user").order_by("asked_at")
    yield Source(_("Recovery by support"), rows, tell)


def _to_decide(member: Member) -> Iterator[Source]:
    slug = member.org.slug
    queue, joiners = reverse("requests", args=[slug]), reverse("joiners", args=[slug])

    def tell(request: AccessRequest) -> Need:
        text = _("%(name)s asks for %(what)s.") % {"name": request.member, "what": request.what}
        return Need(
            "user-plus", text, request.reason, reverse("requests_grant", args=[slug, request.pk]), request.created_at
        )

    def joins(request: JoinRequest) -> Need:
        text = _("%(name)s asks to join.") % {"name": request.user}
        return Need("login", text, request.user.email, joiners, request.created_at)

    waiting = AccessRequest.objects.visible_to(member).open().filter(asking.grantable_by(member))
    waiting = waiting.filter(member__removed_at=None).exclude(member=member)
    yield Source(
        _("Requests"), waiting.select_related("member__user").order_by("created_at"), tell, f"{queue}?state=open"
    )
    joining = JoinRequest.objects.visible_to(member).filter(decided_at=None)
    yield Source(_("Asking to join"), joining.select_related("user").order_by("created_at"), joins, joiners)


def _mails(member: Member, now: datetime) -> Iterator[Source]:
    slug = member.org.slug
    listed = reverse("invitations", args=[slug])

    def tell(invitation: Invitation) -> Need:
        text = _("The invitation of %(email)s could not be sent.") % {"email": invitation.email}
        url = f"{listed}?q={invitation.email}"
        return Need("mail", text, invitation.mail.error if invitation.mail else "", url, invitation.created_at, "red")

    rows = Invitation.objects.visible_to(member).open().filter(expires_at__gt=now, mail__state=Mail.State.FAILED)
    yield Source(_("Invitations"), rows.select_related("mail").order_by("created_at"), tell, listed)


def _guests(member: Member, now: datetime) -> Iterator[Source]:
    slug = member.org.slug

    def tell(guest: Member) -> Need:
        day = date_format(guests.last_day(guest), "j M Y")
        text = _("The last day of %(name)s, a guest, is %(day)s.") % {"name": guest, "day": day}
        if member.administers:
            return Need(
                "clock", text, _("Extend the stay, or let it end."), reverse("guests_extend", args=[slug, guest.pk])
            )
        more = _("You vouch for them. An Owner or Admin can extend the stay.")
        return Need("clock", text, more, reverse("member", args=[slug, member.pk]))

    rows = guests.ending(now).filter(org_id=member.org_id)
    if not member.administers:
        rows = rows.filter(sponsor=member)
    url = f"{reverse('guests', args=[slug])}?ends=7" if member.administers else ""
    yield Source(_("Guests"), rows.select_related("user", "org").order_by("ends_at"), tell, url)


def _items(member: Member, now: datetime) -> Iterator[Source]:
    url = f"{reverse('provisioning', args=[member.org.slug])}?owner=me&view=list"

    def tell(item: ProvisioningItem) -> Need:
        text = _("%(item)s of %(name)s is overdue.") % {"item": item.get_item_display(), "name": item.member}
        due = _("It was due on %(day)s.") % {"day": date_format(item.due_day, "j M Y")}
        return Need("checklist", text, due, url, tone="yellow")

    today = now.astimezone(member.org.zone).date()
    rows = ProvisioningItem.objects.open().filter(org_id=member.org_id, owner=member, due_day__lt=today)
    yield Source(_("Newcomers"), rows.select_related("member__user").order_by("due_day"), tell, url)


def _training(member: Member) -> Iterator[Source]:
    slug = member.org.slug

    def tell(module: TrainingModule) -> Need:
        text = _("Read and confirm the training module “%(title)s”.") % {"title": module.title}
        n = len(module.features)
        waits = (
            ngettext("%(n)s feature waits for it.", "%(n)s features wait for it.", n) % {"n": number(n)} if n else ""
        )
        return Need("list-check", text, waits, reverse("first_days_module", args=[slug, module.pk]))

    rows = TrainingModule.objects.for_member(member).filter(required=True).exclude(passes__member=member)
    yield Source(_("Training"), rows.order_by("position", "created_at"), tell)


def _jobs(member: Member, now: datetime) -> Iterator[Source]:
    def tell(job: Job) -> Need:
        text = _("A job of yours stopped after three failures: %(done)s of %(total)s done.")
        told = text % {"done": number(job.done), "total": number(job.total)}
        kind = jobs.kind_of(job)
        more = f"{kind.title(job)}. {_('Support can let it go on.')}"
        return Need("alert-triangle", told, more, kind.page(job), job.ended_at or job.created_at, "red")

    late = Q(created_at__gt=now - FAILED_FOR)
    rows = Job.objects.filter(late, org_id=member.org_id, started_by=member, state=Job.State.PARKED)
    yield Source(_("Failed tasks"), rows.select_related("org").order_by("-created_at"), tell)
