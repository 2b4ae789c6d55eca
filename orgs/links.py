"""Links that let somebody in: made from the row and the installation's secret, so the database holds none."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from orgs import domains
from orgs.models import Domain, Invitation, Mail, User

_PROOF: Final = 32  # characters of what a mail alone says


class Withdrawn(Exception):
    """A mail has nothing left to say: it is not sent, and not tried again."""


class Nobody(Exception):
    """A mail was asked for by an address that nobody has: nothing of it stays."""


def token(invitation: Invitation) -> str:
    """The secret part of an invitation's link. Another `issue` of the same invitation has another one.

    It stays the one that was mailed when SECRET_KEY changes, for as long as the key before is among the fallbacks.
    """
    made = [f"{invitation.pk}-{signed}" for signed in _signed("invitation", invitation)]
    return next((one for one in made if constant_time_compare(digest(one), invitation.digest)), made[0])


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def join_url(invitation: Invitation) -> str:
    """Where an invitation is accepted. The host comes from PUBLIC_BASE_URL alone, never from a request."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('join', args=[token(invitation)])}"


def mailed_url(invitation: Invitation) -> str:
    """The same as it stands in the mail: whoever comes by it reads the mail of that address."""
    return f"{join_url(invitation)}?mail={_of_mail(invitation)}"


def is_mailed(invitation: Invitation, proof: str) -> bool:
    """Whether `proof` is what the invitation's mail alone says, and no list shows."""
    same = [constant_time_compare(proof, signed[:_PROOF]) for signed in _signed("invitation mail", invitation)]
    return any(same)  # each is compared: how long it takes says nothing of which key it was


def _of_mail(invitation: Invitation) -> str:
    return _signed("invitation mail", invitation)[0][:_PROOF]


def _signed(purpose: str, invitation: Invitation) -> list[str]:
    """An issue of an invitation, signed with SECRET_KEY and then with each of the keys before it."""
    keys, value = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), f"{invitation.pk}:{invitation.issue}"
    return [salted_hmac(purpose, value, secret=key, algorithm="sha256").hexdigest() for key in keys]


def renew(invitation: Invitation, at: datetime) -> None:
    """Give an invitation, which the caller saves, a new link and its days anew. The link before opens nothing more."""
    invitation.issue += 1
    invitation.digest = digest(token(invitation))
    invitation.expires_at = at + timedelta(days=invitation.org.invitation_days)


def is_here(request: HttpRequest, url: str) -> bool:
    """Whether `url` leads to a page of the host that was asked."""
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


def asked_from(request: HttpRequest) -> str:
    """Path and query of the page that the browser showed when it asked; `/` where it names none of ours."""
    url = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url or not is_here(request, url):
        return "/"
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return path if is_here(request, path) else "/"


def for_mail(mail: Mail) -> dict[str, Any]:
    """What a mail's template needs beyond its parameters: the row it is about and the link to it. At most 4 queries.

    Raises:
        Withdrawn: the link opens nothing any more.
        Nobody: nobody has the address.
    """
    if mail.kind.startswith(("account/", "mfa/")):
        return _of_an_account(mail)
    if "domain" in mail.params:
        return _to_postmaster(mail)
    if "asked_since" in mail.params:
        return _to_those_who_answer(mail)
    if "joins" in mail.params:
        return _to_joiner(mail)
    if mail.kind == "password_reset":
        return _to_choose_a_password(mail)
    if "invitation" not in mail.params:
        return {}
    invitation = Invitation.objects.select_related("org", "invited_by__user").get(pk=mail.params["invitation"])
    if not invitation.is_open(timezone.now()):
        raise Withdrawn(_("The invitation was over before this mail went out."))
    return {"invitation": invitation, "link": mailed_url(invitation)}


def _to_postmaster(mail: Mail) -> dict[str, Any]:
    claim = Domain.objects.filter(pk=mail.params["domain"], verified_at=None).first()
    if claim is None:
        raise Withdrawn(_("The domain was verified or given up before this mail went out."))
    return {"domain": claim, "link": domains.proof_url(claim), "days": domains.PROOF_DAYS}


def _of_an_account(mail: Mail) -> dict[str, Any]:
    from orgs import adapter  # allauth's door asks this module

    return adapter.said_in(mail)


def _to_choose_a_password(mail: Mail) -> dict[str, Any]:
    from orgs import adapter  # allauth's door asks this module

    user = User.objects.filter(pk=mail.params["user"], is_active=True, email__iexact=mail.to).first()
    if user is None:
        raise Withdrawn(_("The account was closed, or its address changed, before this mail went out."))
    return {"link": f"{settings.PUBLIC_BASE_URL}{adapter.password_path(user)}"}


def _to_those_who_answer(mail: Mail) -> dict[str, Any]:
    from orgs import joining  # it asks who may sign in how, and allauth's door asks this module

    asking = joining.asking(mail)
    if asking is None:
        raise Withdrawn(_("Everybody was answered before this mail went out."))
    return {"asking": asking}


def _to_joiner(mail: Mail) -> dict[str, Any]:
    from orgs import joining  # it asks who may sign in how, and allauth's door asks this module

    domain = joining.open_domain(mail.to)
    if domain is None or domain.pk != mail.params["joins"]:
        raise Withdrawn(_("The domain took in nobody any more before this mail went out."))
    return {"domain": domain, "link": joining.url(domain, mail.to), "hours": joining.LINK_HOURS}
