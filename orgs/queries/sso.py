"""Single sign-on: whom an identity provider may sign in, who must come by it, and what the security page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import adapter, links
from orgs.models import Domain, IdentityProvider, Invitation, Member, Organization, Plan, Role, User

NAMED = 20


# ---------------------------------------------------------------- which provider, and for whom


def for_address(email: str) -> IdentityProvider | None:
    """The tested provider of the organization that an address' domain belongs to. At most 2 queries."""
    domain = Domain.objects.of_address(email).filter(org__suspended_at=None).first()
    found = IdentityProvider.objects.filter(org=domain.org_id, tested_at__isnull=False) if domain else None
    return found.select_related("org", "app").first() if found is not None else None


def binding(user: User) -> IdentityProvider | None:
    """The provider by which alone this person signs in: enforced by an organization of theirs, for their domain.

    Support staff are bound in that organization's console and nowhere else: their doors are not a tenant's to shut.
    At most 2 queries.
    """
    return None if user.is_staff else _enforced(user.email, org__members__user=user, org__members__removed_at=None)


def binding_of_invited(email: str, org: Organization) -> IdentityProvider | None:
    """The provider by which alone whoever has this address can come into `org`. At most 2 queries."""
    found = _enforced(email)
    return found if found is not None and found.org_id == org.pk else None


def _enforced(email: str, **whose: Any) -> IdentityProvider | None:
    domain = Domain.objects.of_address(email).first()
    if domain is None:
        return None
    found = IdentityProvider.objects.filter(org=domain.org_id, enforced_at__lte=timezone.now(), **whose)
    return found.select_related("org", "app").first()


# ---------------------------------------------------------------- who may come in


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a provider says of who stands before it, and the account that this `sub` came to before."""

    email: str
    verified: bool
    name: str
    known: User | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refusal` is a stable word and `words` why; else `user` signs in, or (None) a new account is made.

    `joins` says that they become a member, `url` where an open invitation waits for them.
    """

    refusal: str = ""
    words: str = ""
    user: User | None = None
    joins: bool = False
    url: str = ""


def asserts(provider: IdentityProvider, who: Asserted) -> Verdict:
    """Whether what `provider` says is to be believed at all: a proven address in a proven domain of ours. One query."""
    if not who.email:
        return Verdict("no_address", _("It told no e-mail address of you. It has to send the claim email."))
    if not who.verified:
        return Verdict("unverified_address", _("It does not say that your e-mail address is verified."))
    domain = Domain.objects.of_address(who.email).first()
    if domain is None or domain.org_id != provider.org_id:
        text = _("%(email)s is in no domain that its organization has verified.")
        return Verdict("foreign_domain", text % {"email": who.email})
    return Verdict()


def judge(provider: IdentityProvider, who: Asserted) -> Verdict:
    """Whom this sign-in is of, or why it is refused. At most 5 queries."""
    if provider.tested_at is None or provider.org.suspended_at is not None:
        return Verdict("not_in_use", _("Single sign-on is not in use there."))
    believed = asserts(provider, who)
    if believed.refusal:
        return believed
    user = who.known or User.objects.filter(email__iexact=who.email).first()
    if user is None:
        return _stranger(provider, who)
    if not user.is_active:
        return Verdict("closed", _("Your account is closed. An invitation opens it again."))
    if user.is_staff:
        return Verdict("staff", _("Support staff sign in with their own password and second factor."))
    return _known(provider, who, user)


def _stranger(provider: IdentityProvider, who: Asserted) -> Verdict:
    url = _invited(provider.org, who.email)
    if url:
        return Verdict(url=url)
    return Verdict(joins=True) if provider.just_in_time else _no_member()


def _known(provider: IdentityProvider, who: Asserted, user: User) -> Verdict:
    """An account is signed in where it is a member's, or its own address is in a domain of this very organization."""
    member = Member.objects.filter(org=provider.org_id, user=user).first()
    if member is not None and member.removed_at is None:
        return Verdict(user=user)
    if user.email.lower() != who.email:
        return Verdict("no_longer_ours", _("Your account has another address now, and is no member's any more."))
    url = _invited(provider.org, who.email)
    if url:
        return Verdict(user=user, url=url)
    if member is not None:
        return Verdict("removed", _("Your membership has ended. An Owner or Admin can invite you again."))
    return Verdict(user=user, joins=True) if provider.just_in_time else _no_member()


def _no_member() -> Verdict:
    return Verdict("no_member", _("You are no member yet. An Owner or Admin can invite you."))


def _invited(org: Organization, email: str) -> str:
    waiting = Invitation.objects.open().filter(org=org, email__iexact=email, expires_at__gt=timezone.now()).first()
    return reverse("join", args=[links.token(waiting)]) if waiting is not None else ""


# ---------------------------------------------------------------- the security page


@dataclass(frozen=True, slots=True)
class Shown:
    """An organization's provider; never its secret."""

    issuer: str
    host: str
    client_id: str
    trusts_addresses: bool
    tested_at: datetime | None
    enforced_at: datetime | None
    admits: str
    linked: int


@dataclass(frozen=True, slots=True)
class Page:
    """`callback` is the address that the provider has to know; `domains` are the verified ones.

    `lapsed` are those of them that count no more, for want of their DNS record.
    """

    provider: Shown | None
    callback: str
    domains: tuple[str, ...]
    lapsed: tuple[str, ...]


def page(actor: Member) -> Page:
    """3 queries."""
    org = actor.org
    proven, now = Domain.objects.verified().filter(org=org), timezone.now()
    counting = {domain.name: domain.counts(now) for domain in proven}
    provider = of(org)
    return Page(
        provider=_shown(provider) if provider else None,
        callback=callback(org),
        domains=tuple(name for name, counts in counting.items() if counts),
        lapsed=tuple(name for name, counts in counting.items() if not counts),
    )


def of(org: Organization) -> IdentityProvider | None:
    """One query."""
    return IdentityProvider.objects.select_related("org", "app").filter(org=org).first()


def callback(org: Organization) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('openid_connect_callback', args=[org.pk])}"


def in_use(org_id: int) -> IdentityProvider | None:
    """The provider of an organization, where people sign in by it. One query."""
    live = IdentityProvider.objects.filter(org=org_id, tested_at__isnull=False, org__suspended_at=None)
    return live.select_related("org", "app").first()


def typed(shown: Page) -> dict[str, Any]:
    """What a form of the provider starts from."""
    if shown.provider is None:
        return {}
    known = {"issuer": shown.provider.issuer, "client_id": shown.provider.client_id}
    return known | {"initial": known | {"trusts_addresses": shown.provider.trusts_addresses}}


def admission(provider: IdentityProvider) -> dict[str, Any]:
    return {"just_in_time": provider.just_in_time, "role": provider.role, "plan": provider.plan}


def _shown(provider: IdentityProvider) -> Shown:
    app: Any = provider.app
    members = Member.objects.filter(org=provider.org_id, removed_at=None).values_list("user_id", flat=True)
    facts = {"role": Role(provider.role).label, "plan": Plan(provider.plan).label}
    joins = _("New people become members: %(role)s, %(plan)s") % facts
    return Shown(
        issuer=app.settings["server_url"],
        host=urlsplit(app.settings["discovered"]["authorization_endpoint"]).netloc,
        client_id=app.client_id,
        trusts_addresses=app.settings["trusts_addresses"],
        tested_at=provider.tested_at,
        enforced_at=provider.enforced_at,
        admits=joins if provider.just_in_time else _("Members and invited people alone"),
        linked=len(adapter.came_by_single_sign_on(provider.org_id, members)),
    )


@dataclass(frozen=True, slots=True)
class Bound:
    """Whom enforcing would bind: how many, the first twenty names, how many of them have never come by it."""

    count: int
    names: tuple[str, ...]
    more: int
    never: int
    oneself: bool
    way_back: bool


def bound(actor: Member, now: datetime) -> Bound:
    """The active members with an address in a verified domain. 5 queries."""
    domains = set(Domain.objects.counting(now).filter(org=actor.org).values_list("name", flat=True))
    active = Member.objects.filter(org=actor.org).active(now).select_related("user").order_by("listed_as", "id")
    found = [member for member in active if member.user.email.rpartition("@")[2].lower() in domains]
    known = adapter.came_by_single_sign_on(actor.org_id, (member.user_id for member in found))
    names = tuple(str(member) for member in found[:NAMED])
    return Bound(
        count=len(found),
        names=names,
        more=max(0, len(found) - NAMED),
        never=sum(member.user_id not in known for member in found),
        oneself=any(member.user_id == actor.user_id for member in found),
        way_back=adapter.has_way_back(actor.user),
    )
