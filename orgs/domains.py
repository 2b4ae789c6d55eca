"""E-mail domains: their names, which belong to everybody, and the two ways of proving one (DNS, postmaster)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import dns.exception
import dns.resolver
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from orgs.models import Domain

# Where anybody can have an address: proving such a domain would be proving nothing.
PUBLIC: Final = frozenset(
    "aol.com fastmail.com gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com "
    "hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com mac.com "
    "mail.com mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de pm.me "
    "posteo.de proton.me protonmail.com qq.com t-online.de tuta.com tutanota.com web.de yahoo.co.jp "
    "yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com 126.com 163.com".split()
)
LABEL: Final = "_steward"  # `_steward.example.com`; the domain itself will do as well
KEY: Final = "steward-verification="
PROOF_DAYS: Final = 7  # for which the link to a postmaster is good
_NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_SALT: Final = "a domain's postmaster"
PATIENCE: Final = 4.0  # seconds that all answers together may take

Resolver = Callable[[str], Iterable[str]]


def normal(text: str) -> str:
    """A domain as it is kept: lower case, international names in ASCII. An address gives what stands behind its @.

    Raises:
        ValueError: it is none, or one in which anybody can have an address. In words.
    """
    name = text.strip().rpartition("@")[2].rstrip(".").lower()
    try:
        name = name.encode("idna").decode()
    except UnicodeError as error:
        raise ValueError(_("This is no domain. It looks like example.com.")) from error
    if not _NAME.fullmatch(name):
        raise ValueError(_("This is no domain. It looks like example.com."))
    if name in PUBLIC:
        raise ValueError(_("Anybody can have an address in %(name)s: no organization can claim it.") % {"name": name})
    return name


# ---------------------------------------------------------------- by DNS


@dataclass(frozen=True, slots=True)
class Answer:
    """What DNS said: whether the record is there, else in words what was found, and whether anybody answered."""

    found: bool
    words: str = ""
    heard: bool = True


def host(domain: Domain) -> str:
    """Where the TXT record stands."""
    return f"{LABEL}.{domain.name}"


def record(domain: Domain) -> str:
    """What the TXT record says."""
    return f"{KEY}{domain.token}"


def look_up(domain: Domain, resolve: Resolver | None = None) -> Answer:
    """Ask DNS for the domain's TXT record, at `_steward.<domain>` and at the domain itself. At most 8 seconds."""
    ask: Resolver = resolve or import_string(settings.DNS_TEXTS)
    wanted, troubles, seen, heard = record(domain), [], 0, True
    for name in (host(domain), domain.name):
        try:
            texts = [text.strip() for text in ask(name)]
        except Exception as error:  # whatever a resolver or the wire does, it is told in words
            troubles.append(_trouble(name, error))
            heard = heard and isinstance(error, dns.resolver.NXDOMAIN | dns.resolver.NoAnswer)
            continue
        if wanted in texts:
            return Answer(True)
        seen += sum(text.startswith(KEY) for text in texts)
    if seen:
        return Answer(False, _("There is a Steward record, but with another value. Copy the one above."))
    words = troubles[0] if troubles else _("%(name)s has no such TXT record yet.") % {"name": domain.name}
    return Answer(False, words, heard)


def texts_at(name: str) -> list[str]:
    """The TXT records of a name, asked of the machine's own resolvers.

    Raises:
        dns.exception.DNSException: there are none, or nobody answered.
    """
    found = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE, search=False)
    return [b"".join(part.strings).decode("utf-8", "replace") for part in found]


def _trouble(name: str, error: Exception) -> str:
    match error:
        case dns.resolver.NXDOMAIN() | dns.resolver.NoAnswer():
            text = _("%(name)s has no TXT record yet. New records take minutes, sometimes hours, to be seen.")
        case dns.exception.Timeout():
            text = _("DNS did not answer for %(name)s within a few seconds. Try again in a minute.")
        case dns.resolver.NoNameservers():
            text = _("The name servers of %(name)s refuse to answer. Look at the domain's DNS, then try again.")
        case _:
            text = _("DNS could not be asked for %(name)s. Try again in a minute.")
    return text % {"name": name}


# ---------------------------------------------------------------- by mail to the postmaster


def postmaster(domain: Domain) -> str:
    return f"postmaster@{domain.name}"


def proof_url(domain: Domain) -> str:
    """Where a domain's postmaster confirms the claim. Another claim of the same domain has another link."""
    secret = signing.dumps({"domain": domain.pk, "token": domain.token}, salt=_SALT)
    return f"{settings.PUBLIC_BASE_URL}{reverse('domain_proof', args=[secret])}"


def claimed_by(secret: str) -> Domain | None:
    """The unproven claim that a postmaster's link belongs to; None for a dead, old or forged link. One query."""
    try:
        facts: Any = signing.loads(secret, salt=_SALT, max_age=PROOF_DAYS * 86_400)
    except signing.BadSignature:
        return None
    claims = Domain.objects.filter(pk=facts["domain"], token=facts["token"], verified_at=None)
    return claims.select_related("org").first()
